"""Moyin's workshop: text to readings to shards to a decoder, and its evaluation and export.

Makes what the engine runs; nothing at run time depends on it.
"""
