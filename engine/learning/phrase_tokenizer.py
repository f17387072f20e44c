"""Turn a phrase of the log into what it teaches: token ids, and choices by their letters."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Final

from engine.lexicon.latin_words import latin_token
from engine.lexicon.rare_tokens import is_rare
from engine.lexicon.text_tokenizer import rank_prior
from engine.lexicon.vocabulary import SPECIALS, START, Vocabulary, is_hanzi
from engine.lexicon.word_arrays import MIN_WORD_LENGTH
from engine.spelling.syllable import NO_READING, SYLLABLE_INDEX
from engine.storage.phrase import Part, Phrase
from engine.user_model.cache_lm import NO_TOKEN
from engine.user_model.model import Observation
from engine.user_model.ranking import Choice

_N_HISTORY: Final[int] = 2  # tokens before a phrase that a trigram can look back to


class PhraseTokenizer:
    """A reader of phrases for one vocabulary; a reading that it lacks has a token of `rare_tokens`."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        self._vocabulary = vocabulary
        self._n_special = vocabulary.n_special
        self._prior = rank_prior(vocabulary)
        self._commonest_ids: dict[str, int] = {}
        self._ids = vocabulary.id_of_reading

    def tokens_of(self, text: str, reading: Sequence[str]) -> tuple[int, ...]:
        """Return one token a character, but one for a run of letters or digits."""
        pairs = zip(text, reading, strict=False)
        found = [self._ids.get((hanzi, SYLLABLE_INDEX.get(syllable, -1))) for hanzi, syllable in pairs]
        tokens: list[int] = []
        for token, character, syllable in zip(found, text, reading, strict=False):
            if token is None:
                token = self._other(character, syllable)
                if token != NO_TOKEN and tokens and tokens[-1] == token and character.isalnum():
                    continue
            tokens.append(token)
        return tuple(tokens)

    def observation(self, phrase: Phrase, previous: Phrase | None = None) -> Observation:
        """Return what `phrase` teaches; `previous` is the one before it in the log.

        Text before it that was typed has the readings of the log; other text the first reading of each hanzi.
        """
        history = self._history(phrase.before, previous)
        tokens = self.tokens_of(phrase.text, phrase.reading)
        if phrase.parts:
            choices = tuple(self._choices_of_parts(phrase))
        else:
            choices = self._choice(phrase.keys, phrase.text, phrase.reading, tokens, phrase.rank > 0)
        rare = tuple(token for token in tokens if is_rare(token))
        counted = [NO_TOKEN if is_rare(token) else token for token in (*history, *tokens)]
        typed = tuple(typed_parts(phrase))
        return Observation(tuple(counted), len(history), choices, typed, rare)

    def _history(self, before: str, previous: Phrase | None) -> tuple[int, ...]:
        """Return the tokens before a phrase; nothing before it, or a new line, is START to the decoder."""
        before = before[-_N_HISTORY:].rpartition("\n")[2]
        if not before:
            return (SPECIALS.index(START),)
        if previous is not None and previous.text.endswith(before):
            return self.tokens_of(before, previous.reading[-len(before) :])
        return tuple(self._commonest(character) for character in before)

    def _commonest(self, character: str) -> int:
        token = self._commonest_ids.get(character)
        if token is None:
            ids = self._vocabulary.ids_of_hanzi.get(character, ())
            token = max(ids, key=lambda token: (float(self._prior[token]), -token), default=NO_TOKEN)
            if token == NO_TOKEN:
                token = self._other(character, NO_READING)
            self._commonest_ids[character] = token
        return token

    def _other(self, character: str, reading: str) -> int:
        if is_hanzi(character) and reading in SYLLABLE_INDEX:
            return self._vocabulary.token_of(character, SYLLABLE_INDEX[reading])
        if reading != NO_READING or is_hanzi(character):
            return NO_TOKEN
        return self._vocabulary.special_of(character)

    def _choices_of_parts(self, phrase: Phrase) -> Iterator[Choice]:
        """Yield each run of converted parts as a whole, then its parts.

        What was put together of parts was meant: it does not count as picked against another.
        """
        start = 0
        places = []
        for part in phrase.parts:
            places.append((part, phrase.reading[start : start + len(part.text)]))
            start += len(part.text)
        for converted, group in groupby(places, key=lambda place: NO_READING not in place[1]):
            if converted:
                yield from self._choices_of_run(list(group))

    def _choices_of_run(self, run: list[tuple[Part, tuple[str, ...]]]) -> Iterator[Choice]:
        if len(run) > 1:
            keys = "".join(part.keys for part, _ in run)
            text = "".join(part.text for part, _ in run)
            reading = tuple(syllable for _, of_part in run for syllable in of_part)
            yield from self._choice(keys, text, reading, self.tokens_of(text, reading), False)
        for part, reading in run:
            tokens = self.tokens_of(part.text, reading)
            yield from self._choice(part.keys, part.text, reading, tokens, part.rank > 0)

    def _choice(
        self, keys: str, text: str, reading: tuple[str, ...], tokens: tuple[int, ...], against: bool
    ) -> tuple[Choice, ...]:
        """Return the choice of a text, if it can be one.

        A single hanzi is none, nor is a text outside the vocabulary; an English word is one in its capitals.
        """
        if keys and text.isascii() and text.isalpha():
            return (Choice(keys, text, reading, (latin_token(text),), against),)
        if len(tokens) < MIN_WORD_LENGTH or not keys or min(tokens) < self._n_special:
            return ()
        return (Choice(keys, text, reading, tokens, against),)


def typed_parts(phrase: Phrase) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Yield the letters of each part of hanzi alone, with their syllables.

    Nothing of what was read from a file, as nobody typed that.
    """
    start = 0
    for part in phrase.parts or (Part(phrase.text, phrase.keys),):
        reading = phrase.reading[start : start + len(part.text)]
        start += len(part.text)
        if part.keys and NO_READING not in reading and not phrase.origin:
            yield part.keys, reading
