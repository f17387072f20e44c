"""Define the errors of the user's database."""

from __future__ import annotations

from engine.errors import MoyinError


class StoreError(MoyinError):
    """The user's data cannot be read or written; the message is a sentence for the user."""


class DamagedStoreError(StoreError):
    """A file that is no database any more."""


class MissingStoreError(StoreError):
    """A file that does not exist; it is made unless another process makes or replaces it."""
