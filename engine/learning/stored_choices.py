"""Load from the database what the user decided for good: forgotten texts, pins, own words."""

from __future__ import annotations

from collections.abc import Callable

from engine.learning.pending_changes import PendingChanges
from engine.learning.phrase_tokenizer import PhraseTokenizer
from engine.learning.user_lexicon_cache import cached_words, long_words
from engine.lexicon.word_arrays import MAX_WORD_LENGTH
from engine.spelling.syllable import NO_READING
from engine.storage.user_store import UserStore
from engine.storage.word_store import Pin, UserWord, WordStore
from engine.user_model.model import UserModel
from engine.user_model.ranking import Choice
from engine.user_model.user_lexicon import arrays_of


class StoredChoices:
    """The user's choices as read last, and what was said since over them."""

    def __init__(self, personal: UserModel, reader: PhraseTokenizer) -> None:
        self._personal = personal
        self._reader = reader
        self._forgotten: list[str] = []
        self._pins: list[Pin] = []
        self._own_words: list[UserWord] = []
        self._words_edition: int | None = None

    @property
    def forgotten(self) -> list[str]:
        """The forgotten texts of the database."""
        return self._forgotten

    @property
    def has_words(self) -> bool:
        """Whether the word list was loaded once."""
        return self._words_edition is not None

    def load(self, open_words: Callable[[], WordStore], *changes: PendingChanges) -> None:
        """Read anew, and apply the changes in their order; what cannot be read stays as read last.

        Raises StoreError, when all that could be done is done.
        """
        try:
            words = open_words()
            self._forgotten, self._pins = words.forgotten(), words.pins()
            self._own_words = words.words_by_hand()
        finally:
            self.apply(*changes)

    def apply(self, *changes: PendingChanges) -> None:
        """Tell the user model what was read, with the changes over it."""
        forgotten, pins, own = frozenset(self._forgotten), self._pins, self._own_words
        for change in changes:
            forgotten, pins, own = (
                change.forgotten_over(forgotten),
                change.pins_over(pins),
                change.words_over(own),
            )
        self._personal.set_forgotten(forgotten)
        self._personal.set_pins(self._choice(pin.keys, pin.text, pin.reading) for pin in pins)
        arrays = arrays_of((word.text, word.reading, word.count) for word in own)
        self._personal.set_own(arrays, [self._long_choice(word) for word in own if _is_long(word)])

    def load_words(self, store: UserStore, *, anew: bool = False) -> None:
        """Load the imported words, unless another process is still importing.

        In that case they are loaded when the import has ended, as building their cache here would keep a key
        waiting. `anew`: although the words are the same.
        """
        edition = WordStore(store).edition()
        words = cached_words(store) if anew or edition != self._words_edition else None
        if words is None:
            return
        self._words_edition = edition
        long = [self._long_choice(word) for word in long_words(store)]
        self._personal.set_imported(words.imported, long, words.old)

    def _long_choice(self, word: UserWord) -> Choice:
        return self._choice(keys_of(word), word.text, word.reading)

    def _choice(self, keys: str, text: str, reading: tuple[str, ...]) -> Choice:
        return Choice(keys, text, reading, self._reader.tokens_of(text, reading))


def _is_long(word: UserWord) -> bool:
    return len(word.text) > MAX_WORD_LENGTH or NO_READING in word.reading


def keys_of(word: UserWord) -> str:
    """Return the letters that type a word; letters and digits in it stand for themselves: qqyinyue."""
    pairs = zip(word.text, word.reading, strict=False)
    return "".join(letter.lower() if syllable == NO_READING else syllable for letter, syllable in pairs)
