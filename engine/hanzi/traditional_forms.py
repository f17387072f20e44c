"""Know the traditional forms that one simplified hanzi or word may stand for: 后 is 後 and 后."""

from __future__ import annotations

from functools import cached_property
from pathlib import Path

from engine.hanzi.table_file import table_rows, table_text


class TraditionalForms:
    """The tables at two paths; without them, empty. Raises HanziTableError when first asked for damaged ones.

    forms: lines `后<TAB>後 后` and, of words, `下面<TAB>下面 下麪`, the usual form first;
    words: one a line, written in the usual form of each hanzi and in no other.
    """

    def __init__(self, forms: Path | None = None, words: Path | None = None) -> None:
        self._forms_path = forms
        self._words_path = words

    def of(self, text: str) -> list[str]:
        """Return the forms of a hanzi or a word, the usual one first; none where there is but one."""
        return self._forms.get(text, [])

    def is_certain(self, word: str) -> bool:
        """Return whether no other forms of its hanzi can be meant by the word."""
        return f"\n{word}\n" in self._words

    @cached_property
    def _forms(self) -> dict[str, list[str]]:
        rows = [] if self._forms_path is None else table_rows(self._forms_path, 2)
        return {text: forms.split(" ") for text, forms in rows}

    @cached_property
    def _words(self) -> str:
        return "" if self._words_path is None else f"\n{table_text(self._words_path)}"
