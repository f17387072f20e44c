"""Run `python -m engine convert | benchmark | bundles | words | custom | move | log | serve`.

An error of the user's or of a resource is one sentence on stderr and the status 2.
"""

from __future__ import annotations

import argparse
import io
import os
import sys
from collections.abc import Sequence

from engine.commands import benchmark, bundles, convert, custom_phrases, moving, user_data
from engine.errors import MoyinError
from engine.resource_check import resource_notices
from engine.serving import command as serving


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; returns the exit status."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):  # hanzi on a terminal that says it is ASCII (LC_ALL=C)
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")
    parser = argparse.ArgumentParser(prog="python -m engine", description="Moyin's engine, without a window.")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    convert.add_parser(commands)
    benchmark.add_parser(commands)
    bundles.add_parser(commands)
    user_data.add_parser(commands)
    custom_phrases.add_parser(commands)
    moving.add_parser(commands)
    serving.add_parser(commands)
    options = parser.parse_args(arguments)
    try:
        return int(options.run(options) or 0)
    except BrokenPipeError:  # `| head` has read enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except (MoyinError, OSError, UnicodeDecodeError) as error:
        print(f"{type(error).__name__}: {error}", file=sys.stderr)
        return 2
    finally:
        for notice in resource_notices():
            print(notice, file=sys.stderr)


if __name__ == "__main__":
    raise SystemExit(main())
