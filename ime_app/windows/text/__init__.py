"""What the main window does with its text: keep it, take it elsewhere, share the engine with search boxes.

`windows.main_window` imports these and puts them together; each stands alone.
"""
