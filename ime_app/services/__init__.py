"""Do what is neither input nor window: keep the draft, run retraining, import and export.

Enter at draft_store.py, retraining_process.py and user_data.py. The
windows, `ime_app.field` and the installations import it.
"""
