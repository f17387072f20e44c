"""Run 墨音 in fcitx5: an addon in C++, and the process that it asks.

The addon (folder `addon`) is loaded into fcitx5, starts `python -m ime_app.fcitx5 run` and sends it keys
through a socket; what a key does there is `ime_app.field`'s. Never imports PySide6. Nothing else imports it.
"""
