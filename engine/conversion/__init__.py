"""Convert letters to candidates: beams over a syllable graph, scores, and the order of the menu.

Enter at `Converter` in converter.py: `convert(keys, fixed)` is a pure function of its input, the text before
the caret and what is known of the user. It touches no database. The factory, commands, evaluation,
serving and training import it; the session knows it only by the protocol in `engine.session.menu_builder`.
"""
