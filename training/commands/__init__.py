"""Run `python -m training COMMAND`.

Enter at main.py, which lists the commands; a command's work is imported only when it runs, so that `--help`
needs no torch. Only `training.__main__` imports it.
"""
