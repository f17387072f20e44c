"""墨音 as an IBus engine: it types into every application of the desktop.

Answers for the engine's process: keys in from the daemon, texts, candidates and the menu out.
Entered by `python -m ime_app.ibus`. Imports the engine and the Qt-free parts of `ime_app`, never
PySide6; only `process` imports jeepney. Nothing else imports it.
"""
