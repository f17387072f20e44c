"""Keep the user's words in the database in a form that loads in milliseconds.

Besides the word list it holds what the log says of words typed too long ago to be read at every start.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from typing import Final

from engine.lexicon.word_arrays import MAX_WORD_LENGTH, WordArrays
from engine.storage.phrase_log import PhraseLog
from engine.storage.user_store import UserStore
from engine.storage.word_store import UserWord, WordStore
from engine.user_model.user_lexicon import arrays_of, from_bytes, to_bytes

LOG_WINDOW: Final[int] = 6000  # phrases that are read at every start
_NAME: Final[str] = "words"


def cached_words(store: UserStore) -> WordArrays | None:
    """Return the words as they were built last; None if they have changed since, or the form has."""
    words = WordStore(store)
    block = words.derived(_NAME, words.edition())
    with suppress(ValueError):  # of an older version, or changed on the disk
        return None if block is None else from_bytes(block)
    return None


def build_words(store: UserStore) -> WordArrays:
    """Build the cache anew: some seconds for 100,000 words. To be called after words were added."""
    words = WordStore(store)
    edition = words.edition()
    arrays = arrays_of((word.text, word.reading, word.count) for word in _all_words(store, words))
    words.keep_derived(_NAME, edition, to_bytes(arrays))
    return arrays


def long_words(store: UserStore) -> list[UserWord]:
    """Return the words too long for the flat form, the commonest first."""
    return WordStore(store).longer_than(MAX_WORD_LENGTH)


def _all_words(store: UserStore, words: WordStore) -> Iterator[UserWord]:
    for text, reading, count in PhraseLog(store).old_words(LOG_WINDOW, MAX_WORD_LENGTH):
        yield UserWord(text, reading, count)
    yield from words.words()
