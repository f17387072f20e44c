"""Parts of the menu beside sentences, words and single hanzi.

Entered by `engine.conversion.candidate_list`, and by nobody else.
"""
