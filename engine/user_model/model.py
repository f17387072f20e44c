"""Hold what is known of one user, in memory: counts, words, choices, pins and what is forgotten.

The scorer mixes `counts` in, the second pass `word_uses`; the candidate list offers `words` and has its menu
arranged here.

The rule of evidence for a text of two hanzi or more that was picked for exactly these letters
(docs/learning.md states it for users): every pick weighs 1 and reduces the weight of the earlier picks for
these letters, of whatever text, to four fifths. From the first pick on the text stands second at least; and
no better if it was picked once, as a whole, against another that stood first, which may have been a slip. It
stands first once it weighs FIRST_PLACE, two picks, and more than what the engine would put first; unless the
engine, which knows the text before, finds that likelier by DOUBT nats for each unit of weight. Single hanzi
are ranked by the counts alone.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from engine.lexicon.latin_words import has_latin
from engine.lexicon.vocabulary import Vocabulary
from engine.lexicon.word_arrays import Word, WordArrays
from engine.protocol import Candidate, Mark
from engine.user_model.accent import Accent, Reading
from engine.user_model.cache_lm import NO_TOKEN, CacheCounts, MixOptions, Undo
from engine.user_model.ranking import (
    FIRST_PLACE,
    Choice,
    Picks,
    candidate_of,
    is_doubted,
    is_word,
    with_first,
    with_pick,
    with_proven_first,
)
from engine.user_model.rare_uses import RareUses
from engine.user_model.user_lexicon import UserWords
from engine.user_model.word_cache import WordCache, WordUndo


@dataclass(frozen=True)
class Observation:
    """The content of a commit that can be learnt.

    `tokens` stand behind `n_history` tokens of the text before; further its choices, and the letters that
    were typed with the syllables they were read as. `rare`: tokens outside the vocabulary, for which NO_TOKEN
    stands in `tokens`.
    """

    tokens: tuple[int, ...]
    n_history: int = 0
    choices: tuple[Choice, ...] = ()
    typed: tuple[tuple[str, Reading], ...] = ()
    rare: tuple[int, ...] = ()


@dataclass
class _Memory:
    """The values that one `learn` changed."""

    counts: Undo
    word_uses: WordUndo | None
    words: list[tuple[int, ...]] = field(default_factory=list)
    choices: list[tuple[str, Picks | None]] = field(default_factory=list)
    n_typed: int = 0
    rare: tuple[int, ...] = ()


class UserModel:
    """One user's model; it changes only by its methods."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        options = MixOptions()
        self.counts = CacheCounts(vocabulary, options)
        self.word_uses = WordCache(vocabulary, options.half_life)
        self.words = UserWords(vocabulary)
        self.accent = Accent()
        self.rare = RareUses()
        self.n_learnt = 0  # observations since `load`, which puts a log into flat arrays
        self._version = 0
        self._finish: Callable[[], None] | None = None
        self._is_muted = False
        self._characters = [text if len(text) == 1 else "\0" for text in vocabulary.texts]
        self._choices: dict[str, Picks] = {}
        self._unread: dict[str, list[Choice]] = {}  # loaded, and not asked for yet
        self._forgotten: frozenset[str] = frozenset()
        self._long_words: dict[str, Picks] = {}
        self._own_long_words: dict[str, Picks] = {}
        self._pins: dict[str, list[Choice]] = {}

    @property
    def version(self) -> int:
        """A number that differs after each change. What was not read yet is read first."""
        finish, self._finish = self._finish, None
        if finish is not None:
            finish()
        return self._version

    @property
    def is_read(self) -> bool:
        """Whether what is known of the user has been read for the first time."""
        return self._finish is None

    def defer(self, finish: Callable[[], None]) -> None:
        """Register `finish`, which reads what is left before the first question is answered."""
        self._finish = finish

    @property
    def is_active(self) -> bool:
        """Whether there is anything to mix into a score."""
        return not self._is_muted and not self.counts.is_empty

    def active_word_uses(self) -> WordCache | None:
        """Return how often the user wrote words, None where there is nothing to mix into a score."""
        return None if self._is_muted or self.word_uses.is_empty else self.word_uses

    def mute(self, muted: bool) -> None:
        """Hide what was learnt, in private mode; pins and forgotten texts stay as set."""
        if muted != self._is_muted:
            self._is_muted = muted
            self._version += 1

    def words_of(self, path: Sequence[tuple[int, int]], limit: int) -> tuple[Word, ...]:
        """Return the user's words with a syllable of each half-open range in turn."""
        if self._is_muted:
            return ()
        if all(last == first + 1 for first, last in path):
            return self.words.lookup([first for first, _ in path])
        return self.words.lookup_ranges(path, limit)

    def is_word(self, tokens: tuple[int, ...]) -> bool:
        """Return whether these readings are one of the user's words, which have no Latin ones in them."""
        return not self._is_muted and not has_latin(tokens) and self.words.contains(tokens)

    def rare_log_shares(self, syllable: int) -> Mapping[int, float]:
        """Return the user's readings outside the vocabulary, each with the logarithm of its share."""
        return {} if self._is_muted else self.rare.log_shares(syllable)

    def fuzzy_prices(
        self, pairs: Iterable[str], first: Mapping[str, float], scheme: str
    ) -> Mapping[str, float]:
        """Return the price of each fuzzy sound for this user, in nats; `first` where nothing is known."""
        return first if self._is_muted else self.accent.prices(pairs, first, scheme)

    @property
    def forgotten(self) -> frozenset[str]:
        return self._forgotten

    def learn(self, observation: Observation) -> _Memory:
        """Learn an observation. Return what `unlearn` takes; only the last one can be taken back."""
        tokens, n_history = self.masked(observation), observation.n_history
        seen = self.counts.observe(tokens, n_history), self.word_uses.learn(tokens, n_history)
        memory = _Memory(*seen, n_typed=len(observation.typed), rare=observation.rare)
        for choice in observation.choices:
            self._learn_choice(choice, memory)
        self.accent.learn(observation.typed)
        self.rare.learn(observation.rare)
        self.n_learnt += 1
        self._version += 1
        return memory

    def unlearn(self, memory: _Memory) -> None:
        """Restore everything as it was before the last `learn`."""
        self.counts.undo(memory.counts)
        self.word_uses.unlearn(memory.word_uses)
        self.accent.unlearn(memory.n_typed)
        self.rare.unlearn(memory.rare)
        for tokens in reversed(memory.words):
            self.words.unlearn(tokens)
        for keys, picks in reversed(memory.choices):
            if picks is None:
                del self._choices[keys]
            else:
                self._choices[keys] = picks
        self.n_learnt -= 1
        self._version += 1

    def load(self, observations: Sequence[Observation]) -> None:
        """Learn a whole log, oldest first, in place of all that was learnt before."""
        tokens: list[int] = []
        commits: list[int] = []
        self._choices.clear()
        self._unread.clear()
        self.words.clear_learnt()
        words: Counter[tuple[int, ...]] = Counter()
        self.accent.clear()
        self.rare.clear()
        seen: list[tuple[Sequence[int], int]] = []
        for number, observation in enumerate(observations):
            n_new = len(observation.tokens) - observation.n_history
            masked = self.masked(observation) if self._forgotten else observation.tokens
            seen.append((masked, observation.n_history))
            tokens += [*masked, NO_TOKEN]
            commits += [-1] * observation.n_history + [number] * n_new + [-1]
            for choice in observation.choices:
                if choice.text not in self._forgotten:
                    self._unread.setdefault(choice.keys, []).append(choice)
                    if is_word(choice):
                        words[choice.tokens] += 1
            self.accent.learn(observation.typed)
            self.rare.learn(observation.rare)
        for word, times in words.items():
            self.words.learn(word, times)
        self.counts.load(np.array(tokens, np.int64), np.array(commits, np.int64), len(observations))
        self.word_uses.load(seen)
        self.n_learnt = 0
        self._finish = None
        self._version += 1

    def set_forgotten(self, texts: Iterable[str]) -> None:
        self._forgotten = frozenset(texts) - {""}  # which stands everywhere
        self._version += 1

    def set_imported(
        self, arrays: WordArrays, long_words: Iterable[Choice] = (), old: WordArrays | None = None
    ) -> None:
        """Set the user's word list, in place of the one before.

        A word too long for a lexicon is offered for all its letters, as if picked once.
        """
        self.words.set_imported(arrays, old)
        self._long_words = _by_keys(long_words)
        self._version += 1

    def set_own(self, arrays: WordArrays, long_words: Iterable[Choice] = ()) -> None:
        """Take the words that the user added by hand, in place of those before."""
        self.words.set_own(arrays)
        self._own_long_words = _by_keys(long_words)
        self._version += 1

    @property
    def has_brought_in(self) -> bool:
        """Whether the user has imported or added a word, and it may show."""
        return not self._is_muted and self.words.has_brought_in

    def brought_in(self, syllables: tuple[int, ...]) -> tuple[Word, ...]:
        """Return the imported and added words of exactly these syllables, but for the forgotten ones."""
        if self._is_muted:
            return ()
        found = self.words.brought_in(syllables)
        return tuple(word for word in found if word.text not in self._forgotten) if found else ()

    def is_brought_in(self, tokens: tuple[int, ...]) -> bool:
        """Return whether these readings are a word that the user has imported or added."""
        return not self._is_muted and self.words.is_brought_in(tokens)

    def pinned(self, keys: str) -> tuple[str, ...]:
        """Return the texts that are pinned for exactly these letters, in their order."""
        return tuple(pin.text for pin in self._pins.get(keys, ()))

    def set_pins(self, pins: Iterable[Choice]) -> None:
        """Take the pins; of those for the same letters the first stands first."""
        self._pins = {}
        for pin in pins:
            self._pins.setdefault(pin.keys, []).append(pin)
        self._version += 1

    def masked(self, observation: Observation) -> list[int]:
        """Return the tokens, with NO_TOKEN in place of a forgotten text, which no old log must bring back."""
        tokens = list(observation.tokens)
        text = "".join(self._characters[token] if token >= 0 else "\0" for token in tokens)
        for forgotten in self._forgotten:
            start = text.find(forgotten)
            while start >= 0:
                end = start + len(forgotten)
                tokens[start:end] = [NO_TOKEN] * len(forgotten)
                start = text.find(forgotten, end)
        return tokens

    def arrange(self, menu: Sequence[Candidate], keys: str) -> list[Candidate]:
        """Return the menu without forgotten texts, with picks for `keys` and pins in their places."""
        arranged = self._with_choices(self._without_forgotten(menu), keys)
        pins = self._pins.get(keys)
        if pins is None:
            return arranged
        pinned = [candidate_of(pin, arranged) for pin in pins]
        marked = [replace(candidate, mark=Mark.PINNED) for candidate in pinned]
        return [*marked, *(other for other in arranged if other not in pinned)]

    # Internals.

    def _without_forgotten(self, menu: Sequence[Candidate]) -> list[Candidate]:
        """Return the menu without forgotten texts; a forgotten single hanzi goes behind all others."""
        if not self._forgotten:
            return list(menu)
        kept = [candidate for candidate in menu if candidate.text not in self._forgotten]
        return kept + [c for c in menu if len(c.text) == 1 and c.text in self._forgotten]

    def _learn_choice(self, choice: Choice, memory: _Memory) -> None:
        if choice.text in self._forgotten:
            return
        picks = self._picks_of(choice.keys)
        memory.choices.append((choice.keys, picks))
        self._choices[choice.keys] = with_pick(picks or {}, choice)
        if is_word(choice):
            self.words.learn(choice.tokens)
            memory.words.append(choice.tokens)

    def _picks_of(self, keys: str) -> Picks | None:
        """Return what was picked for these letters, None if nothing was."""
        picks = self._choices.get(keys)
        for choice in self._unread.pop(keys, ()):
            picks = self._choices[keys] = with_pick(picks or {}, choice)
        return picks

    def _long_words_of(self, keys: str) -> Picks:
        """Return the words brought in for these letters: AA制 of `AAzhi` too, whose capitals are its own."""
        small = keys.lower()
        found = self._long_words.get(small, {}) | self._own_long_words.get(small, {})
        if keys == small:
            return found
        return {choice: pick for choice, pick in found.items() if _capitals(choice.text) == _capitals(keys)}

    def _with_choices(self, menu: list[Candidate], keys: str) -> list[Candidate]:
        """Put what was picked for these very letters in first or second place, by the rule of evidence."""
        known = self._long_words_of(keys) | (self._picks_of(keys) or {})
        picks = {choice: pick for choice, pick in known.items() if choice.text not in self._forgotten}
        if not picks or not menu or self._is_muted:
            return menu
        best, *rest = with_proven_first(menu, picks)
        rival = sum(weight for choice, (weight, _) in picks.items() if choice.text == best.text)
        others = [(weight, choice) for choice, (weight, _) in picks.items() if choice.text != best.text]
        if not others:
            return [best, *rest]
        weight, choice = max(others, key=lambda pick: (pick[0], pick[1].tokens))
        candidate = candidate_of(choice, menu)
        if weight >= FIRST_PLACE and weight > rival and not is_doubted(candidate, best, weight):
            return with_first([best, *rest], candidate)
        return [best, *with_first(rest, candidate)]


def _capitals(text: str) -> list[str]:
    return [letter for letter in text if letter.isupper()]


def _by_keys(words: Iterable[Choice]) -> dict[str, Picks]:
    """Return the words by their letters, each as if picked once."""
    found: dict[str, Picks] = {}
    for word in words:
        found.setdefault(word.keys, {})[word] = 1.0, False
    return found
