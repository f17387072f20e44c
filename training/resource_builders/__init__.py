"""Build the word lists and tables of `resources/` from open sources.

Enter at the module of a command of `training.commands.resources`, which alone imports it.
"""
