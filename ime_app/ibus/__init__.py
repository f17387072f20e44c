"""Run 墨音 as an IBus engine, which types into every application of the desktop.

Answers for the engine's process on the daemon's bus; what a key does there is `ime_app.field`'s. Entered by
`python -m ime_app.ibus`. Never imports PySide6; only `process` imports jeepney. Only its benchmark in
`ime_app.tools` imports it.
"""
