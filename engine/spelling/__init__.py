"""Know syllables and every way to spell them: full and double pinyin, fuzzy sounds, slips, English.

Enter at `spelling_table` in table_builder.py (letters to syllables and prices) and `SyllableGraph` in
syllable_graph.py (all readings of some keys). It knows no hanzi. Every package above imports it.
"""
