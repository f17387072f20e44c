"""Read and write files of other programs: word lists, cell dictionaries, running text, archives.

Enter at `read_words` in word_lists.py and `archive_lines` in archive.py. Files in, values and named bad lines
out; what is kept, `engine.storage` keeps. The commands and the window's imports use it.
"""
