"""Decide what a key does: composition, menu, modes, commit.

Enter at `Session.process_key` in session.py, a synchronous function from a `KeyEvent` to an `Output`;
keymap.py says what each key means. The session knows the converter and the learner only by protocols. Front
ends import it.
"""
