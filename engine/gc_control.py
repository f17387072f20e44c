"""Garbage is collected in the pauses between keys, never while one waits.

Knows Python's collector; knows nothing of keys. Looking through everything that is alive takes 20 ms and
more, as long as six keys, and it is a key's allocations that set it off.
"""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def gc_disabled() -> Iterator[None]:
    """No automatic collection in here; what has become due comes with the allocations behind it."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()
