"""Turn text into training data: paragraphs, pinyin, shards, windows, cases.

Enter at prepare.py (a folder of text to shards) and `WindowSampler` in shards.py (batches). Everything above
in the training package imports it.
"""
