"""Hold in memory what is known of one user: counts, words, choices, pins, accent.

Enter at `UserModel` in model.py. It is a function of the phrase log and can be rebuilt from it at any time;
it touches no database. `engine.learning` fills it, `engine.conversion` asks it; commands and the engine's
loader import it to put them together.
"""
