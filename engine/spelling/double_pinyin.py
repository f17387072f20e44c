"""Read schemes of double pinyin: which two keys type which syllable.

A scheme is a file of `resources/schemes` or one of the user's own. A scheme that is not sound is an error in
one sentence.
"""

from __future__ import annotations

import string
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any, Final

from engine.error_kinds import Kind
from engine.errors import MoyinError, reason_of, says, short_repr
from engine.resource_check import ResourceError, require_whole
from engine.spelling.syllable import SYLLABLES, initial_of
from resources import SCHEMES

SCHEME_NAMES: Final[tuple[str, ...]] = ("xiaohe", "ziranma", "mspy", "sogou", "abc", "ziguang", "pyjj")

_KEYS: Final[str] = string.ascii_lowercase + ";"
_FULL: Final[str] = "full"
_FIRST: Final[str] = "first"


class SchemeError(MoyinError):
    """A scheme that is missing or not sound; the message names the file and what was expected."""


@dataclass(frozen=True)
class DoublePinyinScheme:
    """A scheme of double pinyin.

    `codes`: per syllable its codes of two keys, the usual one first. Two syllables may share a
    code (lo and luo do in most schemes).
    """

    name: str
    codes: Mapping[str, tuple[str, ...]]

    @cached_property
    def all_codes(self) -> frozenset[str]:
        """Return every code of every syllable."""
        return frozenset(code for codes in self.codes.values() for code in codes)

    @property
    def letters(self) -> str:
        """The keys besides a-z."""
        used = {key for code in self.all_codes for key in code}
        return "".join(sorted(used - set(string.ascii_lowercase)))

    def in_full(self, keys: str, reading: str = "") -> str:
        """Return the syllable of a code, `reading` where it is one of several; of one key its initial.

        Keys that are neither stay as they are.
        """
        syllables = self._syllables.get(keys, ())
        return reading if reading in syllables else next(iter(syllables), keys)

    @cached_property
    def _syllables(self) -> Mapping[str, tuple[str, ...]]:
        """The syllables of each code, and the initial of each key that begins no other."""
        found: dict[str, tuple[str, ...]] = {}
        initials: dict[str, set[str]] = {}
        for syllable, codes in self.codes.items():
            for code in codes:
                found[code] = (*found.get(code, ()), syllable)
                initials.setdefault(code[0], set()).add(initial_of(syllable))
        single = {key: tuple(names) for key, names in initials.items() if len(names) == 1}
        return found | single

    def code_of(self, syllable: str) -> str:
        """Return the usual code of a syllable. Raises SchemeError for an unknown syllable."""
        if syllable not in self.codes:
            raise SchemeError.of(says(Kind.SCHEME_SYLLABLE, name=self.name), short_repr(syllable))
        return self.codes[syllable][0]


def _path_of(name: str) -> Path:
    try:
        return Path(name).expanduser()
    except RuntimeError:  # `~nobody/mine.toml`
        return Path(name)


@lru_cache(maxsize=8)
def load_scheme(name: str) -> DoublePinyinScheme:
    """Return a scheme of `SCHEME_NAMES`, or the one in a user's file. Raises SchemeError."""
    path = SCHEMES / f"{name}.toml" if name in SCHEME_NAMES else _path_of(name)
    try:
        require_whole(path)
    except ResourceError as error:
        raise SchemeError(error.message) from error
    if path.suffix != ".toml" or not path.is_file():
        raise SchemeError.of(says(Kind.SCHEME_NAME, names=", ".join(SCHEME_NAMES)), repr(name))
    try:
        values = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except (OSError, ValueError, RecursionError) as error:  # also a number of 5,000 digits, `[[[[…`
        found = says(Kind.SOMETHING_ELSE_WHY, reason=reason_of(error))
        raise SchemeError.of(says(Kind.SCHEME_IN, path=path), found) from error
    try:
        return _scheme_of(values)
    except SchemeError as error:
        raise SchemeError(says(Kind.IN_FILE, path=path, reason=error.message)) from error


def _scheme_of(values: dict[str, Any]) -> DoublePinyinScheme:
    unknown = sorted(values.keys() - {"name", "zero_initial", "initials", "finals", "syllables"})
    if unknown:
        raise SchemeError.of(says(Kind.SCHEME_PARTS), short_repr(unknown[0]))
    name = values.get("name")
    if not isinstance(name, str) or not name:
        raise SchemeError.of(says(Kind.SCHEME_TEXT), short_repr(name))
    initials = {initial_of(syllable) for syllable in SYLLABLES if initial_of(syllable) != syllable}
    finals = {_final_of(syllable) for syllable in SYLLABLES}
    parts = _Parts(
        _keys_table(values, "initials", initials),
        _keys_table(values, "finals", finals),
        _zero_rules(values.get("zero_initial")),
        _codes_table(values),
    )
    return DoublePinyinScheme(
        name, {syllable: tuple(dict.fromkeys(parts.codes_of(syllable))) for syllable in SYLLABLES}
    )


def _keys_table(values: dict[str, Any], name: str, known: set[str]) -> dict[str, str]:
    """Return a table of sounds to the keys that type each: `zh = "va"`, `zh = "v a"` or `zh = ["v", "a"]`."""
    found = {}
    for sound, given in _table(values, name, known).items():
        keys = given.split() if isinstance(given, str) else given
        if not (isinstance(keys, list) and keys and all(map(_is_keys, keys))):
            expected = says(Kind.SCHEME_KEYS, sound=short_repr(sound), name=name)
            raise SchemeError.of(expected, short_repr(given))
        found[sound] = "".join(keys)
    return found


def _codes_table(values: dict[str, Any]) -> dict[str, tuple[str, ...]]:
    """Return a table of syllables to their codes: `lo = "lo"`, `lo = "lo lp"` or `lo = ["lo", "lp"]`."""
    found = {}
    for syllable, given in _table(values, "syllables", set(SYLLABLES)).items():
        codes = given.split() if isinstance(given, str) else given
        if not (isinstance(codes, list) and codes and all(map(_is_code, codes))):
            expected = says(Kind.SCHEME_CODES, sound=short_repr(syllable), name="syllables")
            raise SchemeError.of(expected, short_repr(given))
        found[syllable] = tuple(codes)
    return found


def _is_keys(value: object) -> bool:
    return isinstance(value, str) and bool(value) and set(value) <= set(_KEYS)


def _is_code(value: object) -> bool:
    return isinstance(value, str) and len(value) == 2 and _is_keys(value)


def _table(values: dict[str, Any], name: str, known: set[str]) -> dict[str, Any]:
    """Return the table of that name, by sounds or syllables of pinyin."""
    table = values.get(name, {})
    if not isinstance(table, dict):
        raise SchemeError.of(says(Kind.SCHEME_TABLE, name=name), short_repr(table))
    for sound in table:
        if sound not in known:
            raise SchemeError.of(says(Kind.SCHEME_SOUNDS, name=name), short_repr(sound))
    return table


def _zero_rules(rules: Any) -> tuple[str, ...]:
    if not isinstance(rules, list) or not rules:
        raise SchemeError.of(says(Kind.SCHEME_ZERO), short_repr(rules))
    for rule in rules:
        if rule not in (_FULL, _FIRST) and not (isinstance(rule, str) and len(rule) == 1 and rule in _KEYS):
            raise SchemeError.of(says(Kind.SCHEME_ZERO_ONE), short_repr(rule))
    return tuple(rules)


@dataclass(frozen=True)
class _Parts:
    """The contents of a scheme file. A sound that is not listed is typed by its own letter."""

    initials: dict[str, str]
    finals: dict[str, str]
    zero_rules: tuple[str, ...]
    syllables: dict[str, tuple[str, ...]]

    def codes_of(self, syllable: str) -> Iterator[str]:
        """Yield the codes of a syllable, two keys each, the usual one first."""
        if syllable in self.syllables:
            yield from self.syllables[syllable]
        initial, final = syllable.removesuffix(_final_of(syllable)), _final_of(syllable)
        if not initial:
            for rule in self.zero_rules:
                yield from self._zero_codes(final, rule)
            return
        for first in self.initials.get(initial, initial):
            for second in self._keys_of(final, syllable):
                yield first + second
            if initial in "jqxy" and final == "u":  # ju is written so, and is jü
                yield from (first + second for second in self._keys_of("v", syllable))

    def _zero_codes(self, final: str, rule: str) -> Iterator[str]:
        if rule == _FULL and len(final) <= 2:
            yield final if len(final) == 2 else final * 2
            return
        first = final[0] if rule in (_FULL, _FIRST) else rule
        yield from (first + second for second in self._keys_of(final, final))

    def _keys_of(self, final: str, syllable: str) -> str:
        keys = self.finals.get(final, final)
        if final not in self.finals and len(final) > 1:
            raise SchemeError.of(
                says(Kind.SCHEME_FINAL, sound=short_repr(final), syllable=syllable), says(Kind.NONE)
            )
        return keys


def _final_of(syllable: str) -> str:
    initial = initial_of(syllable)
    return syllable if initial == syllable else syllable.removeprefix(initial)
