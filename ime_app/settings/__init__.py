"""Define, keep and apply the user's settings.

Enter at schema.py (names, defaults, limits), settings_store.py (what is in effect) and engine_options.py
(what they mean to the engine). The windows and the front ends import it.
"""
