"""Look up what the window says, in Chinese or in English.

The sentences are in `ime_app.i18n.catalogue`.
"""

from __future__ import annotations

from string import Formatter
from typing import Any, Final

from engine.errors import Message, MoyinError
from engine.protocol import Candidate, Mark
from ime_app.i18n.catalogue import Catalogue
from ime_app.i18n.catalogue.about import ABOUT
from ime_app.i18n.catalogue.fcitx5 import FCITX5
from ime_app.i18n.catalogue.ibus import IBUS
from ime_app.i18n.catalogue.keys import KEYS
from ime_app.i18n.catalogue.main_window import WINDOW
from ime_app.i18n.catalogue.phrase_log import LOG
from ime_app.i18n.catalogue.retraining import RETRAINING
from ime_app.i18n.catalogue.settings import SETTINGS
from ime_app.i18n.catalogue.words import WORDS

LANGUAGES: Final[tuple[str, str]] = ("zh", "en")  # in the order of the columns of the catalogues
_TEXTS: Final[Catalogue] = WINDOW | SETTINGS | KEYS | LOG | RETRAINING | WORDS | IBUS | FCITX5 | ABOUT


class _PluralFormatter(Formatter):
    """Formats as `str.format` does; `{count:word|words}` is the first of the two where `count` is 1."""

    def format_field(self, value: Any, format_spec: str) -> str:
        singular, bar, plural = format_spec.partition("|")
        if not bar:
            return str(super().format_field(value, format_spec))
        return singular if value == 1 else plural


_FORMATTER: Final = _PluralFormatter()


class Strings:
    """The texts in one language, `zh` or `en`. All parts of a window share one."""

    def __init__(self, language: str = "zh") -> None:
        self.switch(language)

    def switch(self, language: str) -> None:
        """Speak that language from now on; what is shown already has to be shown anew."""
        self._column = 1 if language == "en" else 0

    def __call__(self, key: str, /, **values: object) -> str:
        """Return the text of `key` with its values filled in; errors and messages in this language."""
        return self._filled(key, self._column, values)

    def both(self, key: str, /, **values: object) -> str:
        """Return both languages, this one first: for what everybody has to understand."""
        first, second = (self._filled(key, column, values) for column in (self._column, 1 - self._column))
        if "\n" not in first or "\n" not in second:
            return f"{first}\n{second}"
        heads, tails = zip(*(text.split("\n", 1) for text in (first, second)), strict=True)
        return "\n".join(dict.fromkeys([*heads, *tails]))  # the reason below both, once where it is the same

    def _filled(self, key: str, column: int, values: dict[str, object]) -> str:
        said = {name: _said(value, column) for name, value in values.items()}
        return _FORMATTER.vformat(_TEXTS[key][column], (), said)


def annotation_of(row: Candidate, strings: Strings) -> str:
    """Return what is shown beside a candidate: `改 xain→xian`."""
    mark = "" if row.mark is Mark.NONE else strings(f"mark.{row.mark.value}")
    return f"{mark} {row.annotation}".strip()


def _said(value: object, column: int) -> object:
    message = value.message if isinstance(value, MoyinError) else value
    return message.said(LANGUAGES[column]) if isinstance(message, Message) else value
