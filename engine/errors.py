"""Define the base class of every error about a user's input or a resource."""

from __future__ import annotations


class MoyinError(ValueError):
    """An error whose sentence a user can act on."""
