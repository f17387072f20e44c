"""Run `python -m ime_app`: open the window."""

from __future__ import annotations

import sys

from ime_app.app import run


def main() -> int:
    """Open the window; also the entry point of the command `moyin`."""
    return run()


if __name__ == "__main__":
    sys.exit(main())
