"""Show the window of the user's own data: words, custom phrases, moving to another computer.

Entered at `words_window.WordsWindow`; `windows.dialogs` imports and opens it.
"""
