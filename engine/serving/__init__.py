"""Serve the engine over HTTP on this machine: `python -m engine serve`.

Enter at command.py. It is the only package that opens a socket, and its libraries (the extra `serve`) are
imported only when the command runs. Only `engine.__main__` imports it.
"""
