"""Know hanzi, readings and words: the vocabulary of token ids, the lexicon, text as tokens.

Enter at `Vocabulary` in vocabulary.py and `Lexicon` in lexicon.py. Everything is read-only once loaded.
Models, conversion, learning and training import it.
"""
