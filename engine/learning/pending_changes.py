"""What the user says of candidates and the database does not hold: forgotten, restored, pinned and unpinned.

Knows texts and pins; knows nothing of menus. It lies over what is stored. What was said in private mode
lasts as long as that and is gone with it: what is typed there leaves no trace. What could not be written
waits here until it can be.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from engine.storage.word_store import Pin, WordStore


@dataclass
class PendingChanges:
    """By text, whether it is forgotten; by letters, their pin, or None where it is taken back."""

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
        """The texts that are forgotten now, `stored` being those of the database."""
        said = self._is_forgotten
        return frozenset(stored).difference(said) | {text for text, forgotten in said.items() if forgotten}

    def pins_over(self, stored: Iterable[Pin]) -> list[Pin]:
        """The pins that hold now, `stored` being those of the database."""
        pins = {pin.keys: pin for pin in stored} | self._pins
        return [pin for pin in pins.values() if pin is not None]

    def write(self, words: WordStore) -> None:
        """Raises StoreError; it can then be tried again."""
        words.forget(text for text, forgotten in self._is_forgotten.items() if forgotten)
        words.restore(text for text, forgotten in self._is_forgotten.items() if not forgotten)
        for keys, pin in self._pins.items():
            words.unpin(keys) if pin is None else words.pin(pin)
