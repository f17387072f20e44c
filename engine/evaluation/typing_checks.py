"""Measure how clean the first page is for words that are typed in full.

A page is unclean where a row reads the letters as a typing slip, though they are a word as they stand,
or where one text stands twice on it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from engine.conversion.converter import Converter
from engine.lexicon.vocabulary import Vocabulary
from engine.lexicon.word_arrays import Word
from engine.protocol import PAGE_SIZE, Mark
from engine.spelling.syllable import SYLLABLES


@dataclass(frozen=True)
class PageCounts:
    """Counts of pages one; `inputs` whose page is unclean, for a look at them."""

    pages: int = 0
    with_slip: int = 0
    with_repeat: int = 0
    inputs: tuple[str, ...] = ()

    @property
    def percent(self) -> tuple[float, float]:
        """Return the shares of pages with a slip's row and with a text twice."""
        return 100 * self.with_slip / max(self.pages, 1), 100 * self.with_repeat / max(self.pages, 1)


def common_words(words: Iterable[Word], n_short: int = 400, n_long: int = 200) -> list[Word]:
    """Return the `n_short` commonest words of two hanzi and the `n_long` commonest longer ones."""
    ranked = sorted(words, key=lambda word: (-word.log_prob, word.tokens))
    short = [word for word in ranked if len(word.tokens) == 2][:n_short]
    return [*short, *[word for word in ranked if len(word.tokens) > 2][:n_long]]


def measure_first_pages(converter: Converter, inputs: Sequence[str]) -> PageCounts:
    """Convert each input alone in an empty field and look at its first page."""
    with_slip = with_repeat = 0
    unclean: list[str] = []
    converter.set_surrounding_text("")
    for keys in inputs:
        page = converter.convert(keys).candidates[:PAGE_SIZE]
        has_slip = any(candidate.mark is Mark.CORRECTED for candidate in page)
        has_repeat = len({candidate.text for candidate in page}) < len(page)
        with_slip += has_slip
        with_repeat += has_repeat
        unclean += [keys] * (has_slip or has_repeat)
    return PageCounts(len(inputs), with_slip, with_repeat, tuple(unclean))


def typed_word(word: Word, vocabulary: Vocabulary) -> str:
    """Return the letters of a word in full pinyin."""
    return "".join(SYLLABLES[vocabulary.syllable_of_token(token)] for token in word.tokens)


def page_table(counts: PageCounts) -> str:
    """Format the counts as Markdown."""
    slips, repeats = counts.percent
    rows = [
        ("with a slip's row", counts.with_slip, slips),
        ("with a text twice", counts.with_repeat, repeats),
    ]
    lines = [f"| pages one of {counts.pages} words | pages | % |", "|---|---|---|"]
    lines += [f"| {what} | {n} | {percent:.1f} |" for what, n, percent in rows]
    return "\n".join(lines)
