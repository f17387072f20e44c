"""Define the models in PyTorch: decoder, losses, ways to adapt and to grow them.

Enter at decoder.py. Training, export and fine-tuning import it.
"""
