"""Hold in memory what is known of one user: counts, words, choices, pins, accent.

Enter at `UserModel` in model.py. It is a function of the phrase log and can be rebuilt from it at any time;
it touches no database. Learning fills it, conversion asks it.
"""
