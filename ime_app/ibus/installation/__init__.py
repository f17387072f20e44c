"""Install 墨音 in IBus, remove it, and report what is there.

Answers for the files that IBus reads and for what is said of them. Entered by `command.run`, from
`python -m ime_app.ibus install | uninstall | status`. Imported by `ime_app.ibus.__main__` and
the benchmark in `ime_app.tools`.
"""
