"""Show the window, an editor with an inline composition, and type into other applications.

Enter at `run` in app.py; `python -m ime_app` does so. Nothing imports it: it stands on the headless engine.
"""
