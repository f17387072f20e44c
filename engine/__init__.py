"""Moyin's engine: from keystrokes to ranked hanzi, headless and local.

Works on keys, syllables and token ids; knows nothing of windows or of training.
"""
