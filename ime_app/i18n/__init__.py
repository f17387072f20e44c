"""Hold every sentence that the window shows, in Chinese and English.

Enter at `Strings` in strings.py; the sentences are in `catalogue`, one module for each area. Everything above
in the app imports it. Errors have their words in `engine.error_kinds`.
"""
