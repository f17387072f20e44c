"""Guess how words are read where nobody says so."""

from __future__ import annotations

from engine.arrays import FloatArray
from engine.lexicon.lexicon import Lexicon
from engine.lexicon.text_tokenizer import TextTokenizer
from engine.lexicon.vocabulary import Vocabulary
from engine.spelling.syllable import SYLLABLE_INDEX, SYLLABLES


class KnownReadings:
    """The `engine.interchange.word_lines.Readings` of one vocabulary.

    A hanzi in the longest lexicon word around it has that word's reading, otherwise its commonest.
    """

    def __init__(
        self, vocabulary: Vocabulary, lexicon: Lexicon, reading_prior: FloatArray | None = None
    ) -> None:
        self._vocabulary = vocabulary
        self._reader = TextTokenizer(vocabulary, lexicon, reading_prior)

    def knows(self, hanzi: str, syllable: str) -> bool:
        return (hanzi, SYLLABLE_INDEX.get(syllable, -1)) in self._vocabulary.id_of_reading

    def read(self, text: str) -> tuple[str, ...] | None:
        """Return the reading of a word; None where some hanzi is not in the vocabulary."""
        single = [self._vocabulary.ids_of_hanzi.get(hanzi, ()) for hanzi in text]
        if not all(single):
            return None
        if all(len(ids) == 1 for ids in single):  # most words; a look at the lexicon costs the more
            tokens = [ids[0] for ids in single]
        else:
            tokens = list(self._reader.tokens(text, len(text))[1:])
        return tuple(SYLLABLES[self._vocabulary.syllable_of_token(token)] for token in tokens)
