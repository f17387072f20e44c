"""Changes of the user's words: each opens the database for itself, so that it can run beside the window.

After a change of imported words the form in which they are loaded is built anew, some seconds for 100,000.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from engine.errors import Said
from engine.interchange.reading_store import StoreCopy, store_to_read
from engine.storage.phrase_log import PhraseLog
from engine.storage.user_store import UserStore
from engine.storage.word_listing import WordOrigin, WordRow, taught_by, word_rows
from engine.storage.word_store import Pin, UserWord, WordStore

if TYPE_CHECKING:
    from engine.lexicon.reading_guesser import KnownReadings

T = TypeVar("T")


class OwnWords:
    """The words in one data directory. Every method raises StoreError."""

    def __init__(self, data_directory: Path) -> None:
        self._data_directory = data_directory

    def rows(self) -> tuple[list[WordRow], Said]:
        """Return all of them, and why none can be changed: nothing where they can."""
        with store_to_read(self._data_directory, or_empty=True) as store:
            reason = store.reason if isinstance(store, StoreCopy) else ""
            return store.mending(lambda: word_rows(store)), reason

    def add(self, text: str, reading: Sequence[str]) -> None:
        """Add a word by hand; if it was forgotten, it is offered again."""

        def add(store: UserStore) -> None:
            words = WordStore(store)
            words.restore([text])
            words.add_words([UserWord(text, tuple(reading))])

        self._with_store(add)

    def change_reading(self, row: WordRow, reading: Sequence[str]) -> None:
        """Give a word another reading; a learnt one becomes a word added by hand."""
        if row.origin not in (WordOrigin.BY_HAND, WordOrigin.LIST):
            self.add(row.text, reading)
            return
        self._with_store(lambda store: WordStore(store).change_reading(_word_of(row), reading))
        if row.origin is WordOrigin.LIST:
            self._build()

    def delete(self, rows: Sequence[WordRow]) -> None:
        """Delete words, take pins and forgotten texts back, and phrases that taught a learnt word."""

        def delete(store: UserStore) -> None:
            words = WordStore(store)
            listed = [_word_of(row) for row in rows if row.origin in (WordOrigin.BY_HAND, WordOrigin.LIST)]
            if listed:
                words.remove_words(listed)
            forgotten = [row.text for row in rows if row.origin is WordOrigin.FORGOTTEN]
            if forgotten:
                words.restore(forgotten)
            for row in rows:
                if row.origin is WordOrigin.PINNED:
                    words.unpin(row.keys, row.text)
            _delete_learnt(
                store, {(row.text, row.reading) for row in rows if row.origin is WordOrigin.LEARNT}
            )

        self._with_store(delete)
        if any(row.origin is WordOrigin.LIST for row in rows):
            self._build()

    def delete_list(self, name: str) -> int:
        """Delete an imported list; return how many words went."""
        n_word = self._with_store(lambda store: WordStore(store).remove_list(name))
        self._build()
        return n_word

    def pin(self, rows: Sequence[WordRow]) -> None:
        """Pin words for the letters of their reading, the first of the rows first."""

        def pin(store: UserStore) -> None:
            for row in reversed(rows):
                if row.reading:
                    WordStore(store).pin(Pin(row.keys or "".join(row.reading), row.text, row.reading))

        self._with_store(pin)

    def move_pin(self, row: WordRow, step: int) -> None:
        """Exchange a pin with the one before (-1) or behind it (1) that is for the same letters."""

        def move(store: UserStore) -> None:
            words = WordStore(store)
            pins = [pin for pin in words.pins() if pin.keys == row.keys]
            here = next((i for i, pin in enumerate(pins) if pin.text == row.text), None)
            if here is not None and 0 <= here + step < len(pins):
                pins[here], pins[here + step] = pins[here + step], pins[here]
                words.order_pins(pins)

        self._with_store(move)

    def forget(self, rows: Sequence[WordRow]) -> None:
        """Do not offer these words any more."""
        self._with_store(lambda store: WordStore(store).forget(row.text for row in rows))

    def _build(self) -> None:
        from engine.learning.user_lexicon_cache import build_words

        self._with_store(build_words)

    def _with_store(self, act: Callable[[UserStore], T]) -> T:
        with closing(UserStore(self._data_directory)) as store:
            return store.mending(lambda: act(store))


def word_of_fields(readings: KnownReadings, text: str, typed: str) -> UserWord:
    """Return the word with the reading that was typed for it. Raises LineError."""
    from engine.interchange.word_lines import word_of_line

    return replace(word_of_line(f"{text} {typed}", readings), count=1.0)


def _word_of(row: WordRow) -> UserWord:
    return UserWord(row.text, row.reading, row.times, row.list_name)


def _delete_learnt(store: UserStore, words: set[tuple[str, tuple[str, ...]]]) -> None:
    if not words:
        return
    log = PhraseLog(store)
    log.remove([(phrase.id, phrase.text) for phrase in log if words.intersection(taught_by(phrase))])
    store.purge()
