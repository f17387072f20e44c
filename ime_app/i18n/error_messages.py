"""Say the engine's sentences in the window's language.

The forms of sentences are in `ime_app.i18n.catalogue.errors`.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

from ime_app.i18n.catalogue.errors import REASONS

_PLACE: Final[re.Pattern[str]] = re.compile(r"\{(\w+)\}")
_MAX_DEPTH: Final[int] = 5


def in_chinese(sentence: str, depth: int = 0) -> str:
    """Return the sentence in Chinese, part by part.

    One that is not known stays as it is, and so does one that would say in English what it is about.
    """
    for form, chinese in _forms() if depth < _MAX_DEPTH else ():
        match = form.fullmatch(sentence)
        if match is not None:
            parts = {name: in_chinese(part, depth + 1) for name, part in match.groupdict().items()}
            is_known = "wanted" not in parts or parts["wanted"] != match["wanted"]
            return chinese.format(**parts) if is_known else sentence
    return sentence


@lru_cache(maxsize=1)
def _forms() -> tuple[tuple[re.Pattern[str], str], ...]:
    return tuple((_form_of(english), chinese) for english, chinese in REASONS)


def _form_of(english: str) -> re.Pattern[str]:
    """Return the pattern of a form, in which each part is as short as it can be.

    So `expected A, found B; C` ends A at the first `, found`.
    """
    pieces = _PLACE.split(english)
    form = "".join(f"(?P<{piece}>.+?)" if i % 2 else re.escape(piece) for i, piece in enumerate(pieces))
    return re.compile(form, re.DOTALL)
