"""Drive the window and the engine of the desktop from outside: screenshots, start, echo, typing over the bus.

Each module is a command. Nothing imports it.
"""
