"""The base of every error that the engine raises about its user's input or a resource."""

from __future__ import annotations


class MoyinError(ValueError):
    """An error whose sentence a user can act on."""
