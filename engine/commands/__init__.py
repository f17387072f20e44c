"""Run the engine's commands: `python -m engine convert | benchmark | bundles | words | custom | move | log`.

It reads arguments, prints results and turns errors into one sentence and an exit status; the work is done in
the packages below. Enter at one module for each command, each with `add_parser`. `engine.__main__`
imports it, and `engine.serving` and `training.experiments` its arguments.
"""
