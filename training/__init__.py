"""Make the models that the engine uses: from text to a decoder, its evaluation and export.

Enter at `training.commands`: `python -m training --help`. Nothing imports it at run time; the window
starts it as a process.
"""
