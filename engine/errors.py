"""Define the base class of every error about a user's input or a resource."""

from __future__ import annotations


class MoyinError(ValueError):
    """An error whose sentence a user can act on."""


def shown(value: object, length: int = 80) -> str:
    """Return a value of a file as a sentence can hold it, cut to so many characters."""
    try:
        text = repr(value)
    except (ValueError, RecursionError):  # a number of thousands of digits; lists in lists in lists
        return "…"
    return text if len(text) <= length else text[: length - 1] + "…"
