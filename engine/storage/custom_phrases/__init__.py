"""Custom phrases: the file that people read and edit, and the book that a session looks them up in.

Entered at `phrase_book.CustomPhraseBook`. The factory, the commands, `interchange` and the window import it.
"""
