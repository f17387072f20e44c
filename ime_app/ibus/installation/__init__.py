"""墨音's place in IBus: installed, removed, and told about.

Answers for the files that IBus reads and for what is said of them. Entered by `command.run`, from
`python -m ime_app.ibus install | uninstall | status`. Imported by `ime_app.ibus.__main__` alone.
"""
