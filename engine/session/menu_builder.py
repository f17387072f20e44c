"""Build the candidates of a composition: the converter's, with what the rewriters add."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Final, Protocol

from engine.protocol import Source
from engine.rewriters.address_rewriter import letters_first
from engine.rewriters.literals import DIGITS, is_address
from engine.rewriters.rewriter import Candidates, Rewriter
from engine.session.composition import Composition
from engine.session.options import SessionOptions
from engine.spelling.numbered_names import ends_numbered

_LONGEST_CUT: Final[int] = 4  # hanzi of a word in which the beginning of a long input must not end


class ConversionLike(Protocol):
    """The part of a conversion that is read here."""

    @property
    def candidates(self) -> Candidates: ...
    @property
    def boundaries(self) -> tuple[int, ...]: ...


class Converting(Protocol):
    """What the session asks of a converter; `engine.conversion.converter.Converter` is the real one."""

    def set_surrounding_text(self, text: str) -> None: ...
    def convert(self, keys: str, fixed: tuple[int, ...] = ()) -> ConversionLike: ...
    def predict(self, limit: int) -> Candidates: ...
    def warm(self) -> None: ...
    def is_word(self, tokens: tuple[int, ...]) -> bool: ...


@dataclass(frozen=True)
class Offer:
    """The offer for a composition.

    `candidates` are for its leading letters, `boundaries` the ends of the syllables of all letters.
    """

    candidates: Candidates = ()
    boundaries: tuple[int, ...] = ()


class MenuBuilder:
    """A builder that asks the converter, then each rewriter that is on, in their order."""

    def __init__(
        self,
        converter: Converting,
        rewriters: Sequence[Rewriter] = (),
        with_forms: Callable[[Candidates], Candidates] = lambda candidates: candidates,
    ) -> None:
        self._converter = converter
        self._with_forms = with_forms
        self._rewriters = tuple(rewriters)

    def offer(
        self,
        composition: Composition,
        options: SessionOptions,
        boundaries: tuple[int, ...] | None = None,
        *,
        literal: frozenset[str] = frozenset(),
    ) -> Offer:
        """Return the offer, a pure function of the composition, the options and the surrounding text.

        `literal`: letters that come first as typed behind what stands before them.
        `boundaries` are those of all letters, if known already. With the caret inside, all letters are read
        for their boundaries and those before it for the candidates, in this order: what comes last is what
        the next letter will extend.
        """
        if not composition.keys:
            return Offer()
        letters = composition.leading
        is_whole = letters == composition.keys
        if options.addresses and is_address(composition.keys):
            boundaries = ()  # an address is shown in one piece
        if boundaries is None and not is_whole:
            boundaries = self._converter.convert(composition.keys, composition.tokens).boundaries
        otherwise = self._picked_otherwise(composition, letters, options)
        conversion = self._converter.convert(letters, composition.tokens)
        candidates = (*conversion.candidates[:1], *otherwise, *conversion.candidates[1:])
        for rewriter in self._rewriters:
            if rewriter.is_on(options):
                candidates = rewriter.rewrite(letters, candidates)
        if letters in literal and options.addresses and not composition.choices:
            candidates = letters_first(letters, candidates)
        boundaries = conversion.boundaries if boundaries is None else boundaries
        return Offer(self._with_forms(_without_repeated_letters(candidates)), boundaries)

    def _picked_otherwise(
        self, composition: Composition, letters: str, options: SessionOptions
    ) -> Candidates:
        """Return what the digit of a known name would have picked: 慢跑 behind mp3."""
        if not (
            options.addresses and options.full_pinyin and letters[-1] in DIGITS and ends_numbered(letters)
        ):
            return ()
        place, before = int(letters[-1]) - 1, letters[:-1]
        page = self._converter.convert(before, composition.tokens).candidates[: options.page_size]
        found = page[place : place + 1] if place >= 0 else ()
        return tuple(replace(each, span=(0, len(letters))) for each in found if each.span[1] == len(before))

    def word_start(self, tokens: tuple[int, ...], place: int) -> int:
        """Return the place before the word of two to four hanzi that `place` is inside, or `place`.

        Also where another word stands around that; nothing is moved to the beginning of the tokens.
        """
        found = place
        while found:
            starts = [
                start
                for start in range(max(0, found - _LONGEST_CUT + 1), found)
                for end in range(found + 1, min(len(tokens), start + _LONGEST_CUT) + 1)
                if self._converter.is_word(tokens[start:end])
            ]
            if not starts:
                return found
            found = min(starts)
        return place

    def words_of(self, letters: str) -> list[str]:
        """Return the texts that all of these letters may stand for, by themselves."""
        candidates = self._converter.convert(letters).candidates
        return [each.text for each in candidates if each.span[1] == len(letters) and each.tokens]


def _without_repeated_letters(candidates: Candidates) -> Candidates:
    """Return the candidates without the letters as typed if they are offered as a word already: `wifi`."""
    if not candidates or candidates[-1].source is not Source.RAW:
        return candidates
    *others, last = candidates
    is_repeated = any((each.text, each.span) == (last.text, last.span) for each in others)
    return tuple(others) if is_repeated else candidates
