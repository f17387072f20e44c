"""墨音 as an IBus engine: it types into every application of the desktop.

Answers for the engine's process on the daemon's bus; what a key does there is `ime_app.field`'s. Entered by
`python -m ime_app.ibus`. Never imports PySide6; only `process` imports jeepney. Nothing else imports it.
"""
