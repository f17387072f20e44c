"""Hold the composition with what is offered for it: candidates, highlight, the page shown."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from typing import Final

from engine.lexicon.latin_words import has_latin, latin_token
from engine.protocol import Candidate, Menu, Preedit, Segment, Source
from engine.rewriters.candidate_filter import FILTER_KEY, CandidateFilter, with_key, without_last
from engine.rewriters.rewriter import Candidates
from engine.session.composition import Composition
from engine.session.keymap import Action
from engine.session.menu_builder import MenuBuilder, Offer
from engine.session.options import SessionOptions
from engine.spelling.double_pinyin import load_scheme
from engine.spelling.spelling_table import is_pinyin
from engine.spelling.syllable import NO_READING
from engine.spelling.syllable_graph import FULL_PINYIN

MIN_LATIN: Final[int] = 3  # letters of a Latin word that is learnt from a pick
MAX_PHRASE: Final[int] = 7  # characters of the longest phrase that one may be taken of
_CAPITAL_WITH_HANZI: Final = re.compile(r"(?<![A-Za-z])[A-Z][^\x00-\x7f]+$")


# What each key does to the conditions on the candidates.
NARROWING: Final[dict[Action, Callable[[str | None, str], str | None]]] = {
    Action.NARROW: lambda conditions, _: "" if conditions is None else conditions + FILTER_KEY,
    Action.NARROW_BY: lambda conditions, key: with_key(conditions or "", key),
    Action.NARROW_LESS: lambda conditions, _: without_last(conditions or ""),
    Action.NARROW_END: lambda _, __: None,
}


class CompositionContext:
    """A composition that changes only through `set`, so that the offer is always that of the letters.

    `conditions`: what narrows the offer (`engine.rewriters.candidate_filter`), None where nothing does.
    Another letter, choice or place of the caret ends it.
    """

    def __init__(
        self, menu_maker: MenuBuilder, options: SessionOptions, narrowing: CandidateFilter | None = None
    ) -> None:
        self._menu_maker = menu_maker
        self._options = options
        self._filter = narrowing
        self._narrowed: Offer | None = None
        self.conditions: str | None = None
        self._composition = Composition()
        self._known_offer: Offer | None = Offer()
        self._known_boundaries: tuple[int, ...] | None = None
        self._highlighted = 0
        self.literal: frozenset[str] = frozenset()  # letters that are as typed behind what stands there

    @property
    def composition(self) -> Composition:
        return self._composition

    @property
    def _offer(self) -> Offer:
        """What is offered, less what the conditions exclude."""
        whole = self._whole_offer
        if self._filter is None or not self.conditions:
            return whole
        if self._narrowed is None:
            narrowed = self._filter.narrowed(whole.candidates, self.conditions)
            self._narrowed = replace(whole, candidates=narrowed)
        return self._narrowed

    @property
    def _whole_offer(self) -> Offer:
        """What is offered, made when it is first asked for: keys that are overtaken by others need none."""
        if self._known_offer is None:
            boundaries = self._known_boundaries
            self._known_offer = self._menu_maker.offer(
                self._composition, self._options, boundaries, literal=self.literal
            )
        return self._known_offer

    @property
    def boundaries(self) -> tuple[int, ...]:
        """The ends of the syllables of the unconverted letters."""
        return self._offer.boundaries

    @property
    def last_piece(self) -> str:
        """The letters between the last end of a syllable and the caret."""
        composition = self._composition
        ends = [end for end in self.boundaries if end < composition.caret] if composition.keys else []
        return composition.keys[max(ends, default=0) : composition.caret]

    @property
    def candidates(self) -> Candidates:
        return self._offer.candidates

    @property
    def highlighted(self) -> int:
        """The index of the highlighted candidate."""
        return self._highlighted

    @property
    def menu(self) -> Menu:
        return Menu(self._offer.candidates, self._highlighted, self._options.page_size)

    @property
    def is_read(self) -> bool:
        """Whether a candidate other than the letters themselves stands for all of them."""
        first = self.candidate(0)
        return first.span[1] == len(self._composition.leading) and first.source is not Source.RAW

    @property
    def ends_in_word(self) -> bool:
        """True where the first candidate stands for all of the letters offered and ends in a Latin word."""
        first = self.candidate(0)
        return first.span[1] == len(self._composition.leading) and has_latin(first.tokens[-1:])

    @property
    def latin(self) -> tuple[Candidate, bool]:
        """The first candidate, and whether a Latin word stands on the page for all of the letters."""
        return self.candidate(0), self.is_word

    @property
    def is_word(self) -> bool:
        """True where a candidate of the page shown stands for all of the letters as a Latin word."""
        n_letter = len(self._composition.leading)
        return any(
            each.span[1] == n_letter and len(each.tokens) == 1 and has_latin(each.tokens)
            for each in self.menu.page_candidates
        )

    def is_capital_with_hanzi(self, place: int) -> bool:
        """Return whether a capital and hanzi stand at that place of the page for all of the letters: T恤."""
        index = self.index_on_page(place) if place >= 0 else None
        if index is None:
            return False
        candidate = self.candidate(index)
        is_whole = candidate.span[1] == len(self._composition.leading)
        return is_whole and _CAPITAL_WITH_HANZI.search(candidate.text) is not None

    def set(self, composition: Composition) -> None:
        """Offer anew where letters, choices or the letters before the caret changed."""
        before, self._composition = self._composition, composition
        same = (before.keys, before.tokens) == (composition.keys, composition.tokens)
        if same and before.leading == composition.leading:
            return
        self.narrow(None)
        known, self._known_offer = self._known_offer, None
        self._known_boundaries = known.boundaries if same and known is not None else None

    def read_again(self, options: SessionOptions | None = None) -> None:
        """Rebuild the offer after a change other than a letter (options, something forgotten).

        The highlight stays if it can.
        """
        self._options = options or self._options
        self._known_offer = self._known_boundaries = self._narrowed = None
        self._highlighted = min(self._highlighted, max(0, len(self._offer.candidates) - 1))

    @property
    def can_narrow(self) -> bool:
        """Whether there is something to narrow down, and something known of hanzi to do it by."""
        return self._filter is not None and bool(self._composition.keys)

    def narrow(self, conditions: str | None) -> None:
        """Offer only what meets these conditions; None: everything again."""
        self._narrowed, self._highlighted, self.conditions = None, 0, conditions

    @property
    def fits_nothing(self) -> bool:
        """Whether the conditions leave no candidate."""
        return self.conditions is not None and not self._offer.candidates

    def preedit(self, boundaries: tuple[int, ...], show: Callable[[Segment], str]) -> Preedit:
        """Return the preedit, with the conditions that narrow the offer behind the letters."""
        preedit = self._composition.preedit(boundaries, show, self._spell())
        if self.conditions is None:
            return preedit
        text = preedit.text + FILTER_KEY + self.conditions
        return replace(preedit, text=text, caret=len(text))

    def _spell(self) -> Callable[[str, int], str]:
        """Return how the keys of a syllable are shown: as typed, or by the pinyin that they stand for."""
        if not (self._options.show_full_pinyin and self._options.scheme):
            return lambda keys, _: keys
        scheme, reading = load_scheme(self._options.scheme), self._first_reading()
        return lambda keys, number: scheme.in_full(keys, reading[number] if number < len(reading) else "")

    def _first_reading(self) -> tuple[str, ...]:
        offer = self._known_offer
        return offer.candidates[0].reading if offer is not None and offer.candidates else ()

    def highlight(self, index: int) -> None:
        """Move the highlight; it stops at both ends of the menu."""
        self._highlighted = max(0, min(index, len(self._offer.candidates) - 1))

    def index_on_page(self, place: int) -> int | None:
        """Return the index of that place on the page shown; None if nothing stands there."""
        menu = self.menu
        return menu.page_start + place if place < len(menu.page_candidates) else None

    def picks(self, place: int) -> bool:
        """Return whether a digit picks the candidate of that place on the page.

        Of a Latin word that pinyin does not spell only a candidate for all of its letters: the 3 of `python3`
        does not pick 朋友 for `py`. The 3 of `release` picks what stands there, as in any sentence.
        """
        index, letters = self.index_on_page(place), self._composition.leading
        first = self.candidate(0)
        if index is None or first.source is not Source.ENGLISH or first.span[1] < len(letters):
            return index is not None
        return self.candidate(index).span[1] == len(letters) or is_pinyin(letters, FULL_PINYIN)

    def candidate(self, index: int) -> Candidate:
        """Return the candidate of that index; the letters as typed if the menu is empty, as for `'` alone."""
        if self._offer.candidates:
            return self._offer.candidates[index]
        letters = self._composition.leading
        return Candidate(letters, (0, len(letters)), (), (), 0.0, Source.RAW)

    def word(self, index: int) -> Candidate:
        """Return the candidate of that index; the letters as typed, behind other candidates, as a Latin word.

        Whoever picks them there wants them as a word, which is learnt like any other: `runestone`.
        """
        candidate = self.candidate(index)
        letters = candidate.text
        is_word = letters.isascii() and letters.isalpha() and len(letters) >= MIN_LATIN
        if candidate.source is not Source.RAW or not index or not is_word:
            return candidate
        reading = (NO_READING,) * len(letters)
        return replace(candidate, reading=reading, tokens=(latin_token(letters),), source=Source.ENGLISH)

    def choose(self, index: int) -> None:
        """Fix that candidate; do nothing if all is chosen."""
        if self._composition.keys:
            offered = self._whole_offer.candidates
            rank = offered.index(self.candidate(index)) if self.conditions else index
            self.set(self._composition.choose(self.word(index), rank))

    def choose_beginning(self, n_kept: int) -> None:
        """Fix the beginning of the best text, so that `n_kept` letters stay or a few less.

        More stay where the beginning would end inside a word (散步). A text that holds a Latin word is fixed
        whole, as its syllables cannot be told apart.
        """
        best, ends = self.candidate(0), self.boundaries
        sure = [i for i, end in enumerate(ends, start=1) if end <= len(self._composition.keys) - n_kept]
        is_plain = len(best.text) == len(best.tokens) == len(best.reading) == len(ends)
        if not sure or not is_plain:
            self.choose(0)
            return
        n = self._menu_maker.word_start(best.tokens, sure[-1])
        span = 0, ends[n - 1]
        text, reading, tokens = best.text[:n], best.reading[:n], best.tokens[:n]
        part = replace(best, text=text, span=span, reading=reading, tokens=tokens, source=Source.PHRASE)
        self.set(self._composition.choose(part))

    def take(self, place: int) -> bool:
        """Fix one character of the highlighted phrase in place of all its letters.

        Return False, changing nothing, if it is no phrase: a single hanzi, a number, a whole sentence.
        """
        phrase = self.candidate(self._highlighted)
        if not 2 <= len(phrase.tokens) <= MAX_PHRASE or len(phrase.text) != len(phrase.tokens):
            return False
        text, reading, tokens = phrase.text[place], (phrase.reading[place],), (phrase.tokens[place],)
        written = phrase.written[place] if len(phrase.written) == len(phrase.text) else ""
        taken = replace(
            phrase, text=text, reading=reading, tokens=tokens, source=Source.CHARACTER, written=written
        )
        self.set(self._composition.choose(taken, self._highlighted))
        return True
