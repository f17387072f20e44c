"""Know single hanzi: rare readings, tones, components, traditional forms.

Enter at the class of each module; each reads its table of `resources/hanzi` when it is first asked.

The lexicon, conversion, rewriters, the session, evaluation, the commands and the window import it.
"""
