"""Convert simplified hanzi to traditional and back, by OpenCC.

OpenCC is loaded on first use, so that users of simplified characters pay nothing at start.
"""

from __future__ import annotations

from dataclasses import replace
from itertools import islice
from typing import Final, Protocol

from engine.error_kinds import Kind
from engine.errors import MoyinError, says, short_repr
from engine.hanzi.traditional_forms import TraditionalForms
from engine.protocol import Candidate, Source

VARIANTS: Final[dict[str, str]] = {  # to traditional: back to simplified
    "s2t": "t2s",  # OpenCC's own standard
    "s2tw": "tw2s",  # Taiwan
    "s2twp": "tw2sp",  # Taiwan, with its words (软件 is 軟體)
    "s2hk": "hk2s",  # Hong Kong
}
TRADITIONAL: Final[dict[str, str]] = {"s2tw": "t2tw", "s2twp": "t2tw", "s2hk": "t2hk"}  # from OpenCC's own

_MAX_FORMS: Final[int] = 2  # further forms of a phrase that are offered
_MAX_PHRASE: Final[int] = 4  # hanzi of a phrase whose further forms are offered
_N_PHRASES: Final[int] = 5  # candidates at the top of a menu whose further forms are offered


class Script(Protocol):
    """A converter of text between simplified and traditional characters."""

    def traditional(self, text: str) -> str: ...
    def regional(self, text: str) -> str:
        """Return traditional text in the forms of the script's region."""
        ...

    def simplified(self, text: str) -> str: ...


class ScriptError(MoyinError):
    """Traditional output that is not available; the message says what to do."""


class OpenccScript:
    """The script of one of `VARIANTS`; loads its tables. Raises ScriptError."""

    def __init__(self, variant: str) -> None:
        if variant not in VARIANTS:
            raise ScriptError.of(says(Kind.SCRIPT_NAMES, names=", ".join(VARIANTS)), short_repr(variant))
        try:
            from opencc import OpenCC  # 0.15 s and 44 MB that most users never need
        except ImportError as error:
            raise ScriptError(says(Kind.NEEDS_OPENCC)) from error
        self._there = OpenCC(variant)
        self._back = OpenCC(VARIANTS[variant])
        self._regional = OpenCC(TRADITIONAL[variant]) if variant in TRADITIONAL else None

    def traditional(self, text: str) -> str:
        return str(self._there.convert(text))

    def regional(self, text: str) -> str:
        return text if self._regional is None else str(self._regional.convert(text))

    def simplified(self, text: str) -> str:
        return str(self._back.convert(text))


def with_forms(
    candidates: tuple[Candidate, ...], script: Script, forms: TraditionalForms
) -> tuple[Candidate, ...]:
    """Return the candidates, each with the further traditional forms of its text behind it: 后 behind 後.

    Of phrases these are offered for the first rows alone. No hanzi is offered twice for the same letters: 後
    is a rare hanzi of its own as well.
    """
    singles = [candidate for candidate in candidates if _is_single(candidate)]
    usual = iter(script.traditional("\n".join(single.text for single in singles)).split("\n"))
    found: list[Candidate] = []
    seen: set[tuple[str, tuple[int, int]]] = set()
    for place, candidate in enumerate(candidates):
        if not _is_single(candidate):
            found.append(candidate)
            others = _forms_of_phrase(candidate.text, script, forms) if place < _N_PHRASES else []
            found += [replace(candidate, written=other) for other in others]
            continue
        first = next(usual)
        for form in dict.fromkeys([first, *map(script.regional, forms.of(candidate.text))]):
            if (form, candidate.span) not in seen:
                seen.add((form, candidate.span))
                found.append(candidate if form == first else replace(candidate, written=form))
    return tuple(found)


def _is_single(candidate: Candidate) -> bool:
    return len(candidate.text) == 1 and candidate.source not in (Source.CUSTOM, Source.RAW, Source.SYMBOL)


def _forms_of_phrase(text: str, script: Script, forms: TraditionalForms) -> list[str]:
    """Return the further forms of a short phrase: 余先生 of 余先生, which is usually 餘先生.

    A phrase that OpenCC knows has those it lists, mostly none; one that it does not know may have any forms
    of its hanzi, one changed at a time.
    """
    usual = script.traditional(text)
    if forms.of(text):
        listed = dict.fromkeys(map(script.regional, forms.of(text)))
        return [form for form in listed if form != usual]
    if not 2 <= len(text) <= _MAX_PHRASE or len(usual) != len(text) or forms.is_certain(text):
        return []
    changed = (
        usual[:place] + form + usual[place + 1 :]
        for place, hanzi in enumerate(text)
        for form in map(script.regional, forms.of(hanzi))
        if form != usual[place] and usual[place] == script.traditional(hanzi)
    )
    return list(islice(dict.fromkeys(changed), _MAX_FORMS))
