"""Count, smooth, prune and store the n-gram, and fit its share in the mix.

Enter at kneser_ney.py and interpolation.py. The commands and the
resource builders import it.
"""
