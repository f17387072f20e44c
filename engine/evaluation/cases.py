"""Read the cases of a development set: what is typed and what is wanted."""

from __future__ import annotations

import json
import random
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from enum import Enum
from pathlib import Path
from typing import Any, Final

from engine.error_kinds import Kind
from engine.errors import MoyinError, reason_of, says, short_repr
from engine.spelling.double_pinyin import SchemeError, load_scheme
from engine.spelling.syllable import initial_of
from engine.spelling.typing_slips import slipped

MAX_KEYS: Final[int] = 512  # eight times what a session holds; a key's time grows with those before it
_KEYS: Final = re.compile(r"[A-Za-z';]+")  # capitals begin English, `;` is a key of some double pinyin
_SYLLABLE: Final = re.compile(r"[a-z]+")


class CaseError(MoyinError):
    """A case that cannot be typed; the message says what was expected and what was found."""


@dataclass(frozen=True)
class Case:
    """One input: its name, the letters typed, the text before the caret, the text wanted.

    `pinyin` are the syllables, if given.
    """

    id: str | int
    keys: str
    pinyin: tuple[str, ...] = ()
    context: str = ""
    hanzi: str = ""

    @property
    def alone(self) -> Case:
        """The same input in an empty field."""
        return replace(self, context="")


class Typing(Enum):
    """How a case's syllables are typed."""

    FULL = "full"
    INITIALS = "initials"  # every syllable by its initial; zh, ch and sh are two letters
    MIXED = "mixed"  # the first in full, each later one by its initial with probability 1/2
    SLIPS = "slips"  # one syllable with a typing slip (`engine.spelling.typing_slips`)
    CROSSED = "crossed"  # the last letter of one syllable and the first of the next in the wrong order


# Hanzi of the cases that anybody would type so: nobody types a sentence of twenty by initials.
TYPED_LENGTHS: Final[dict[Typing, range]] = {Typing.INITIALS: range(2, 5), Typing.MIXED: range(5, 13)}


def case_of(values: Any, scheme: str = "") -> Case:
    """Return the case of a JSON object with `id` and `keys` or `pinyin`. Raises CaseError.

    Its pinyin is typed in a `scheme` of double pinyin if one is named.
    """
    if not isinstance(values, dict):
        raise CaseError.of(says(Kind.JSON_OBJECT), short_repr(values))
    name_of_case = _id_of(values)
    texts = {name: values.get(name, "") for name in ("context", "hanzi")}
    for name, text in texts.items():
        if not isinstance(text, str):
            raise CaseError.of(says(Kind.TEXT_NAMED, name=name), short_repr(text))
    pinyin = _pinyin_of(values) if "pinyin" in values or "keys" not in values else ()
    keys = values["keys"] if "keys" in values else typed_keys(pinyin, Typing.FULL, "", scheme)
    if not isinstance(keys, str) or not _KEYS.fullmatch(keys):
        raise CaseError.of(says(Kind.CASE_KEYS), short_repr(keys))
    if len(keys) > MAX_KEYS:
        raise CaseError.of(says(Kind.KEYS_AT_MOST, number=MAX_KEYS), f"{len(keys)}")
    return Case(name_of_case, keys, pinyin, **texts)


def case_of_line(line: str, scheme: str = "") -> Case:
    """Return the case of a line of JSON. Raises CaseError."""
    try:
        values = json.loads(line)
    except (ValueError, RecursionError) as error:  # also a number of more digits than Python reads
        raise CaseError.of(says(Kind.JSON_OBJECT), says(Kind.SOMETHING_ELSE)) from error
    return case_of(values, scheme)


def _id_of(values: dict[str, Any]) -> str | int:
    r"""Return the id, refusing half a pair of surrogates (`"\\ud83d"`): JSON can hold it, UTF-8 cannot."""
    found = values.get("id")
    if isinstance(found, bool) or not isinstance(found, str | int):
        raise CaseError.of(says(Kind.CASE_ID), short_repr(found))
    if isinstance(found, str) and any("\ud800" <= character <= "\udfff" for character in found):
        raise CaseError.of(says(Kind.WHOLE_CHARACTERS), short_repr(found))
    return found


def _pinyin_of(values: dict[str, Any]) -> tuple[str, ...]:
    syllables = values.get("pinyin")
    if not isinstance(syllables, list) or not syllables:
        raise CaseError.of(says(Kind.KEYS_OR_SYLLABLES, name="pinyin"), short_repr(syllables))
    for syllable in syllables:
        if not isinstance(syllable, str) or not _SYLLABLE.fullmatch(syllable):
            raise CaseError.of(says(Kind.SYLLABLES_NAMED, name="pinyin"), short_repr(syllable))
    return tuple(syllables)


def retyped(case: Case, typing: Typing, scheme: str = "") -> Case | None:
    """Return the case typed so, in double pinyin if a `scheme` is named.

    None if it is too short or long for it, or its pinyin is not known. What is drawn depends on the case's id
    alone.
    """
    if typing is Typing.FULL and not scheme:
        return case
    lengths = TYPED_LENGTHS.get(typing)
    if len(case.pinyin) != len(case.hanzi) or (lengths and len(case.hanzi) not in lengths):
        return None
    keys = typed_keys(case.pinyin, typing, str(case.id), scheme)
    return None if keys is None else replace(case, keys=keys)


def typed_keys(pinyin: Sequence[str], typing: Typing, seed: str, scheme: str = "") -> str | None:
    """Return the keys of these syllables; None if there are none or the scheme lacks one of them.

    Without a scheme a syllable that has no initial (`an`) is typed whole.
    """
    try:
        spelt = [load_scheme(scheme).code_of(syllable) for syllable in pinyin] if scheme else list(pinyin)
    except SchemeError:
        return None
    initials = [code[0] for code in spelt] if scheme else [initial_of(syllable) for syllable in pinyin]
    draw = random.Random(seed)
    if typing is Typing.INITIALS:
        spelt = initials
    elif typing is Typing.MIXED:
        later = zip(spelt[1:], initials[1:], strict=True)
        spelt = [*spelt[:1], *(whole if draw.random() < 0.5 else initial for whole, initial in later)]
    elif typing is Typing.SLIPS and spelt:
        place = draw.randrange(len(spelt))
        spelt[place] = slipped(spelt[place], draw)
    elif typing is Typing.CROSSED:
        places = [i for i in range(1, len(spelt)) if spelt[i - 1][-1] != spelt[i][0]]
        if not places:
            return None
        place = draw.choice(places)
        one, other = spelt[place - 1 : place + 1]
        spelt[place - 1 : place + 1] = one[:-1] + other[0], one[-1] + other[1:]
    return "".join(spelt) or None


def read_set(path: Path, limit: int | None = None) -> list[Case]:
    """Return the first `limit` cases of a jsonl file. Raises CaseError naming file and line."""
    cases = []
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise CaseError(says(Kind.IN_FILE, path=path, reason=reason_of(error))) from error
    for number, line in enumerate(text.splitlines()[:limit], start=1):
        try:
            case = case_of_line(line)
        except CaseError as error:
            raise CaseError(says(Kind.IN_LINE, path=path, line=number, reason=reason_of(error))) from error
        if not case.hanzi:
            none = says(Kind.EXPECTED_FOUND, expected=says(Kind.HANZI), found=says(Kind.NONE))
            raise CaseError(says(Kind.IN_LINE, path=path, line=number, reason=none))
        cases.append(case)
    return cases


def typed_set(cases: Iterable[Case], typing: Typing, scheme: str = "") -> list[Case]:
    """Return the cases that are of a length to be typed so, with the keys that gives."""
    found = (retyped(case, typing, scheme) for case in cases)
    return [case for case in found if case is not None]
