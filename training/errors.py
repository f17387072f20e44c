"""Define the base of this package's errors, so that the command line can tell them from bugs."""

from __future__ import annotations

from engine.errors import MoyinError


class WorkshopError(MoyinError):
    """A mistake in what a user gave; the message is one sentence that says what to do."""
