"""Make the models that the engine uses: from text to a decoder, its evaluation and export.

Nothing at run time depends on this package.
"""
