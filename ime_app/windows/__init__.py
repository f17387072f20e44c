"""Put the windows together: the main one, settings, phrase log, retraining, the page of keys.

Enter at `MainWindow` in main_window.py; the others open through dialogs.py, which imports each when it is
first asked for. Only the start of the app and the tools import it.
"""
