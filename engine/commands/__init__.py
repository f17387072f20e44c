"""Run the engine from the command line: `python -m engine convert | benchmark | words | log | bundles`.

It reads arguments, prints results and turns errors into one sentence and an exit status; the work is done in
the packages below. Enter at one module for each command, each with `add_parser`. Only `engine.__main__` and
`engine.serving` import it.
"""
