"""Build the word lists and tables of `resources/` from open sources.

Enter at lexicon.py, common_clauses.py, english_words.py and symbols.py, one command each. Nothing else
imports it.
"""
