"""What is known of single hanzi: rare readings, tones, components, traditional forms.

Tables of `resources/hanzi`, each read when it is first asked for. Knows hanzi and syllables; knows
nothing of tokens, of keys or of menus. For `engine.lexicon` and what lies above it.
"""
