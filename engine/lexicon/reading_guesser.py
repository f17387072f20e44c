"""Guess the reading of a word whose reading nobody gives."""

from __future__ import annotations

from engine.hanzi.rare_readings import RareReadings
from engine.lexicon.lexicon import Lexicon
from engine.lexicon.text_tokenizer import TextTokenizer
from engine.lexicon.vocabulary import Vocabulary
from engine.spelling.syllable import SYLLABLE_INDEX, SYLLABLES


class KnownReadings:
    """The `engine.interchange.word_lines.Readings` of one vocabulary.

    A hanzi in the longest lexicon word around it has that word's reading, otherwise its commonest.
    """

    def __init__(
        self,
        vocabulary: Vocabulary,
        lexicon: Lexicon,
        rare: RareReadings | None = None,
    ) -> None:
        self._vocabulary = vocabulary
        self._reader = TextTokenizer(vocabulary, lexicon)
        self._rare = rare or RareReadings()

    def knows(self, hanzi: str, syllable: str) -> bool:
        index = SYLLABLE_INDEX.get(syllable, -1)
        return (hanzi, index) in self._vocabulary.id_of_reading or self._rare.knows(hanzi, index)

    def read(self, text: str) -> tuple[str, ...] | None:
        """Return the reading of a word; None where some hanzi has none that is known."""
        single = [self._vocabulary.ids_of_hanzi.get(hanzi, ()) for hanzi in text]
        if all(len(ids) == 1 for ids in single):  # most words; a look at the lexicon costs the more
            tokens = [ids[0] for ids in single]
        else:
            tokens = self._reader.read_hanzi(text)
        syllables = list(map(self._syllable_of, tokens, text))
        return None if None in syllables else tuple(SYLLABLES[s] for s in syllables if s is not None)

    def _syllable_of(self, token: int, hanzi: str) -> int | None:
        if self._vocabulary.is_reading(token):
            return self._vocabulary.syllable_of_token(token)
        return self._rare.syllable_of(hanzi)
