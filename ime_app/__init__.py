"""Show the window: an editor with an inline composition, on top of the headless engine."""
