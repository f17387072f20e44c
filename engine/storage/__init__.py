"""Keep the user's data on disk: one SQLite database with phrase log, words, pins; backups and repair.

Enter at `UserStore` in user_store.py and `PhraseLog` in phrase_log.py. A commit survives kill -9; a damaged
file is replaced by a backup and what can still be read of it. Learning, interchange, the commands and the
windows of the app import it; conversion never does.
"""
