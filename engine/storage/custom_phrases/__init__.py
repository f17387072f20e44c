"""Keep custom phrases: the file that people read and edit, and the book in which a session looks them up.

Entered at `phrase_book.CustomPhraseBook`. The factory, the commands, `interchange` and the window import it.
"""
