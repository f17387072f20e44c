"""Offer emoji and symbols by their meaning: 😂 for 笑, → for 箭头.

The tables are those of `resources/symbols`; the candidates are their keywords. One symbol stands on the first
page: in its last place an emoji of the first word, or among the first five the sign that a word names (℃,
摄氏度). All others stand behind that page; of emoji a few, of signs all: 希腊字母 has 34.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Final

from engine.error_kinds import Kind
from engine.errors import MoyinError, reason_of, says
from engine.protocol import Candidate, Source
from engine.rewriters.rewriter import Candidates, RewriterOptions, inserted

Symbol = tuple[str, str]  # what is offered, its name

_N_FIRST: Final[int] = 3  # symbols of the first candidate that are no signs
_N_OTHER: Final[int] = 1  # of each other candidate
_LETTERS_A_HANZI: Final[int] = 2  # on average; fewer are an abbreviation
_LAST_OF_PAGE: Final[int] = 8  # place of the first candidate's emoji; no page is longer
_PLACE_OF_SIGN: Final[int] = 4  # the last of a page of five
_LONGEST_LABEL: Final[int] = 4  # characters of a name that is shown; of a longer one the keyword is


class SymbolError(MoyinError):
    """A table of symbols that is missing or not one; the message says what to do."""


SymbolTable = Mapping[str, tuple[Symbol, ...]]  # by keyword, the fittest first


class SymbolRewriter:
    """A rewriter with a `table` of emoji and symbols, and one of the `signs` that are offered before them."""

    def __init__(self, table: SymbolTable, signs: SymbolTable | None = None) -> None:
        self._table = table
        self._signs = signs or {}

    def is_on(self, options: RewriterOptions) -> bool:
        return options.symbols

    def rewrite(self, letters: str, candidates: Candidates) -> Candidates:
        """Add the symbols of words for all of the letters, spelt out: `mao`, not `m` or `maoduo`."""
        whole = [
            c
            for c in candidates[: _LAST_OF_PAGE + 1]
            if c.span == (0, len(letters)) and len(letters) >= _LETTERS_A_HANZI * len(c.tokens) > 0
        ]
        if not whole:
            return candidates
        rows = [row for word in whole for row in self._symbols(word, word is candidates[0])]
        likely = [word for word in candidates[:_PLACE_OF_SIGN] if word in whole and len(word.tokens) > 1]
        named = next((word for word in likely if word.text in self._signs), None)
        on_page, place = list[Candidate](), _LAST_OF_PAGE
        if named is not None:
            on_page, place = self._symbols(named, named is candidates[0])[:1], _PLACE_OF_SIGN
        elif whole[0] is candidates[0]:
            on_page = self._symbols(whole[0], is_first=True)[:1]
        return inserted(inserted(candidates, on_page, place), rows, _LAST_OF_PAGE + 1)

    def _symbols(self, word: Candidate, is_first: bool) -> list[Candidate]:
        others = self._table.get(word.text, ())[: _N_FIRST if is_first else _N_OTHER]
        found = dict((*self._signs.get(word.text, ()), *others)).items()
        labels = (name if len(name) <= _LONGEST_LABEL else word.text for _, name in found)
        return [
            Candidate(symbol, word.span, (), (), 0.0, Source.SYMBOL, label)
            for (symbol, _), label in zip(found, labels, strict=True)
        ]


def format_row(symbol: str, name: str, keywords: Iterable[str]) -> str:
    """Return one line of the table."""
    return f"{symbol}\t{name}\t{' '.join(keywords)}\n"


def load_table(path: Path) -> dict[str, tuple[Symbol, ...]]:
    """Return keyword to symbols: those named so first, then those with the keyword in their name.

    Otherwise in the order of the file, which is Unicode's own. A single hanzi counts only where a name begins
    or ends with it: 🫡 is listed under 是, the commonest `shi`. Raises SymbolError.
    """
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
        rows = [line.split("\t") for line in lines]
        entries = [(symbol, name, keywords.split(" ")) for symbol, name, keywords in rows]
    except (OSError, ValueError) as error:
        found = says(Kind.SOMETHING_ELSE_WHY, reason=reason_of(error))
        remedy = says(Kind.FETCH_OR_BUILD, command="symbols")
        raise SymbolError.of(says(Kind.SYMBOLS_IN, path=path), found, remedy) from error
    table: dict[str, list[Symbol]] = {}
    for symbol, name, keywords in entries:
        for keyword in (word for word in keywords if len(word) > 1 or word in (name[:1], name[-1:])):
            table.setdefault(keyword, []).append((symbol, name))
    return {keyword: _fittest_first(keyword, found) for keyword, found in table.items()}


def _fittest_first(keyword: str, symbols: list[Symbol]) -> tuple[Symbol, ...]:
    return tuple(sorted(symbols, key=lambda symbol: (symbol[1] != keyword, keyword not in symbol[1])))
