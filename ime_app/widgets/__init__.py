"""Provide the parts of the window: editor, candidate bar, status line, banner, theme.

Enter at editor.py and candidate_bar.py. They show what they are given and report what the user does; they
know no session. The windows import them.
"""
