"""The window of what is the user's own: words, custom phrases, moving house.

Entered at `words_window.WordsWindow`; `windows.dialogs` imports and opens it.
"""
