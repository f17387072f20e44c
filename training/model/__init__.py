"""Define the models in PyTorch: decoder, pinyin encoder, losses, ways to adapt and to grow them.

Enter at decoder.py and encoder.py. Training, export and fine-tuning import it.
"""
