"""Hold what the user said of candidates and the database does not hold: forgotten, restored, pinned,
unpinned.

It is laid over what is stored. Changes made in private mode last as long as that mode and are never written.
Changes that could not be written wait here until they can be.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from engine.storage.word_store import Pin, WordStore


@dataclass
class PendingChanges:
    """Changes by text (whether it is forgotten) and by letters (their pin, or None if it was taken back)."""

    _is_forgotten: dict[str, bool] = field(default_factory=dict)
    _pins: dict[str, Pin | None] = field(default_factory=dict)

    @property
    def is_empty(self) -> bool:
        return not self._is_forgotten and not self._pins

    def forget(self, text: str) -> None:
        self._is_forgotten[text] = True

    def restore(self, text: str) -> None:
        self._is_forgotten[text] = False

    def pin(self, pin: Pin) -> None:
        self._pins[pin.keys] = pin

    def unpin(self, keys: str) -> None:
        self._pins[keys] = None

    def forgotten_over(self, stored: Iterable[str]) -> frozenset[str]:
        """Return the texts that are forgotten now; `stored` are those of the database."""
        said = self._is_forgotten
        return frozenset(stored).difference(said) | {text for text, forgotten in said.items() if forgotten}

    def pins_over(self, stored: Iterable[Pin]) -> list[Pin]:
        """Return the pins that hold now; `stored` are those of the database."""
        pins = {pin.keys: pin for pin in stored} | self._pins
        return [pin for pin in pins.values() if pin is not None]

    def write(self, words: WordStore) -> None:
        """Write the changes. Raises StoreError, after which it can be tried again."""
        words.forget(text for text, forgotten in self._is_forgotten.items() if forgotten)
        words.restore(text for text, forgotten in self._is_forgotten.items() if not forgotten)
        for keys, pin in self._pins.items():
            words.unpin(keys) if pin is None else words.pin(pin)
