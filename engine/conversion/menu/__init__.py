"""Offer what the menu holds beside sentences, words and single hanzi.

Only `engine.conversion.candidate_list` enters here and imports it.
"""
