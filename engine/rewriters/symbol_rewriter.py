"""Offer emoji and symbols by their meaning: 😂 for 笑, → for 箭头.

The table is `resources/symbols`; the candidates are its keywords. The first word of all letters has one
symbol on the first page, in its last place; all others stand behind that page.
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

_N_FIRST: Final[int] = 3  # symbols of the first candidate
_N_OTHER: Final[int] = 1  # of each other candidate
_LETTERS_A_HANZI: Final[int] = 2  # on average; fewer are an abbreviation
_LAST_OF_PAGE: Final[int] = 8  # place of the first candidate's symbol; no page is longer
_LONGEST_LABEL: Final[int] = 4  # characters of a name that is shown; of a longer one the keyword is


class SymbolError(MoyinError):
    """A table of symbols that is missing or not one; the message says what to do."""


class SymbolRewriter:
    """A rewriter with a `table` of keywords to symbols, the fittest first."""

    def __init__(self, table: Mapping[str, tuple[Symbol, ...]]) -> None:
        self._table = table

    @classmethod
    def load(cls, path: Path) -> SymbolRewriter:
        """Read the file that `python -m training symbols` writes. Raises SymbolError."""
        return cls(load_table(path))

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
        first = self._symbols(whole[0], _N_FIRST) if whole[0] is candidates[0] else []
        others = [row for c in whole if c is not candidates[0] for row in self._symbols(c, _N_OTHER)]
        menu = inserted(candidates, first[:1], _LAST_OF_PAGE)
        return inserted(menu, [*first[1:], *others], _LAST_OF_PAGE + 1)

    def _symbols(self, word: Candidate, limit: int) -> list[Candidate]:
        found = self._table.get(word.text, ())[:limit]
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
