"""Handle the main window's text: keep it, copy it elsewhere, share the engine with search boxes.

`windows.main_window` imports these and puts them together; each stands alone.
"""
