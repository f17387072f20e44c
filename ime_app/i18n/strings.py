"""Look up what the window says, in Chinese or in English.

The sentences are in `ime_app.i18n.catalogue`.
"""

from __future__ import annotations

from typing import Final

from ime_app.i18n.catalogue import Texts
from ime_app.i18n.catalogue.about import ABOUT
from ime_app.i18n.catalogue.ibus import IBUS
from ime_app.i18n.catalogue.keys import KEYS
from ime_app.i18n.catalogue.main_window import WINDOW
from ime_app.i18n.catalogue.phrase_log import LOG
from ime_app.i18n.catalogue.retraining import RETRAINING
from ime_app.i18n.catalogue.settings import SETTINGS
from ime_app.i18n.catalogue.words import WORDS
from ime_app.i18n.error_messages import in_chinese

_TEXTS: Final[Texts] = WINDOW | SETTINGS | KEYS | LOG | RETRAINING | WORDS | IBUS | ABOUT


class Strings:
    """The texts in one language, `zh` or `en`. All parts of a window share one."""

    def __init__(self, language: str = "zh") -> None:
        self.switch(language)

    def switch(self, language: str) -> None:
        """Speak that language from now on; what is shown already has to be shown anew."""
        self._column = 1 if language == "en" else 0

    def __call__(self, key: str, /, **values: object) -> str:
        """Return the text of `key` with its values filled in."""
        return _TEXTS[key][self._column].format(**self._said(values))

    def _said(self, values: dict[str, object]) -> dict[str, object]:
        is_chinese = self._column == 0
        if is_chinese and "reason" in values:
            return {**values, "reason": in_chinese(str(values["reason"]))}
        return values

    def both(self, key: str, /, **values: object) -> str:
        """Return both languages, this one first: for what everybody has to understand."""
        first, second = _TEXTS[key][self._column], _TEXTS[key][1 - self._column]
        if "reason" in values:
            english, own = str(values["reason"]), str(self._said(values)["reason"])
            values["reason"] = own if own == english else f"{own}\n{english}"
        if "\n{reason}" in first:  # the reason below both
            head = f"{first.partition(chr(10))[0]}\n{second}"
            return head.format(**values)
        return f"{first}\n{second}".format(**values)
