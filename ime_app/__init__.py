"""The window: an editor with an inline composition, on top of the headless engine.

Knows Qt and the engine's session; knows nothing of how letters become hanzi.
"""
