"""`python -m ime_app`: opens the window."""

from __future__ import annotations

import sys

from ime_app.app import run


def main() -> int:
    """The entry point of the command `moyin` as well."""
    return run()


if __name__ == "__main__":
    sys.exit(main())
