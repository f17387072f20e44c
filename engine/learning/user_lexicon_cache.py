"""Keep the user's words in the database in a form that loads in milliseconds.

Besides the word list it holds what the log says of words typed too long ago to be read at every start.
"""

from __future__ import annotations

from contextlib import suppress
from typing import Final, NamedTuple

from engine.lexicon.word_arrays import MAX_WORD_LENGTH, WordArrays
from engine.storage.phrase_log import PhraseLog
from engine.storage.user_store import UserStore
from engine.storage.word_store import UserWord, WordStore
from engine.user_model.user_lexicon import arrays_of, from_bytes, to_bytes

LOG_WINDOW: Final[int] = 6000  # phrases that are read at every start
_IMPORTED: Final[str] = "words"
_OLD: Final[str] = "old words"


class CachedWords(NamedTuple):
    """The imported words, and those that the log says were typed too long ago to be read at every start."""

    imported: WordArrays
    old: WordArrays


def cached_words(store: UserStore) -> CachedWords | None:
    """Return the words as they were built last; None if they have changed since, or the form has."""
    words = WordStore(store)
    edition = words.edition()
    blocks = [words.derived(name, edition) for name in (_IMPORTED, _OLD)]
    with suppress(ValueError):  # of an older version, or changed on the disk
        imported, old = (None if block is None else from_bytes(block) for block in blocks)
        return None if imported is None or old is None else CachedWords(imported, old)
    return None


def build_words(store: UserStore) -> None:
    """Build the cache anew: some seconds for 100,000 words. To be called after words were added."""
    words = WordStore(store)
    edition = words.edition()
    imported = arrays_of((word.text, word.reading, word.count) for word in words.words(imported=True))
    old = arrays_of(PhraseLog(store).old_words(LOG_WINDOW, MAX_WORD_LENGTH))
    words.keep_derived(_IMPORTED, edition, to_bytes(imported))
    words.keep_derived(_OLD, edition, to_bytes(old))


def long_words(store: UserStore) -> list[UserWord]:
    """Return the words too long for the flat form, the commonest first."""
    return WordStore(store).longer_than(MAX_WORD_LENGTH)
