"""Keep garbage collection out of a key's time.

A full collection takes 20 ms and more, as long as six keys, and it is a key's own allocations that set it
off. It therefore runs only in the pauses between keys.
"""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def gc_disabled() -> Iterator[None]:
    """Disable cyclic garbage collection in this block.

    A collection that becomes due runs at the first allocation after it.
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()
