"""Errors of the user's database."""

from __future__ import annotations

from engine.errors import MoyinError


class StoreError(MoyinError):
    """The user's data cannot be read or written; the message is a sentence for the user."""


class DamagedStoreError(StoreError):
    """The file is no database any more."""


class MissingStoreError(StoreError):
    """There is no file; it is made where nobody else makes or replaces it."""
