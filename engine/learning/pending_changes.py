"""Hold what the user said of candidates and the database does not hold: forgotten, restored, pinned,
unpinned.

It is laid over what is stored. Changes made in private mode last as long as that mode and are never written.
Changes that could not be written wait here until they can be.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from engine.storage.word_store import Pin, UserWord, WordStore


@dataclass
class PendingChanges:
    """Changes by text (whether it is forgotten) and by letters and text (the pin, None if taken back)."""

    _is_forgotten: dict[str, bool] = field(default_factory=dict)
    _pins: dict[tuple[str, str], Pin | None] = field(default_factory=dict)  # the last one said at the end
    _words: list[UserWord] = field(default_factory=list)

    @property
    def is_empty(self) -> bool:
        return not self._is_forgotten and not self._pins and not self._words

    def forget(self, text: str) -> None:
        self._is_forgotten[text] = True

    def restore(self, text: str) -> None:
        self._is_forgotten[text] = False

    def pin(self, pin: Pin) -> None:
        self._say(pin.keys, pin.text, pin)

    def unpin(self, keys: str, text: str) -> None:
        self._say(keys, text, None)

    def add_word(self, word: UserWord) -> None:
        self._words.append(word)

    def words_over(self, stored: Iterable[UserWord]) -> list[UserWord]:
        """Return the words added by hand; `stored` are those of the database."""
        return [*stored, *self._words]

    def forgotten_over(self, stored: Iterable[str]) -> frozenset[str]:
        """Return the texts that are forgotten now; `stored` are those of the database."""
        said = self._is_forgotten
        return frozenset(stored).difference(said) | {text for text, forgotten in said.items() if forgotten}

    def pins_over(self, stored: Iterable[Pin]) -> list[Pin]:
        """Return the pins that hold now, the last one first; `stored` are those of the database."""
        kept = [pin for pin in stored if (pin.keys, pin.text) not in self._pins]
        return [*(pin for pin in reversed(self._pins.values()) if pin is not None), *kept]

    def write(self, words: WordStore) -> None:
        """Write the changes. Raises StoreError, after which it can be tried again."""
        words.forget(text for text, forgotten in self._is_forgotten.items() if forgotten)
        words.restore(text for text, forgotten in self._is_forgotten.items() if not forgotten)
        for (keys, text), pin in self._pins.items():
            words.unpin(keys, text) if pin is None else words.pin(pin)
        if self._words:
            words.add_words(self._words)

    def _say(self, keys: str, text: str, pin: Pin | None) -> None:
        self._pins.pop((keys, text), None)
        self._pins[keys, text] = pin
