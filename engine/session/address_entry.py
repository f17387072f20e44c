"""Recognise addresses and names that only show themselves further on: `baidu.com`, `Node.js`, `li24@qq.com`.

`.` commits what is composed with 。 behind it, or turns the page if the user wants that. Nobody who goes on
with `com` meant either: the letters are then what they would be in any editor. Digits behind pinyin pick
candidates, which nobody meant who goes on with `@` and a domain.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise
from typing import Final

from engine.protocol import Commit
from engine.rewriters.literals import DIGITS, DOMAINS, ENDINGS, is_grouped
from engine.session.composition import MAX_LETTERS, Composition, PartialChoice
from engine.session.options import SessionOptions
from engine.spelling.spelling_table import is_pinyin
from engine.spelling.syllable_graph import FULL_PINYIN

# Ends of names only: behind pinyin they are abbreviations as well.
_OF_NAMES: Final[frozenset[str]] = frozenset("js ts py md go rs sh vue cpp jsx tsx net ai me".split())
_PART: Final[re.Pattern[str]] = re.compile(r"[A-Za-z][-0-9A-Za-z]*")
_DOTTED: Final[re.Pattern[str]] = re.compile(r"([A-Za-z0-9][-_0-9A-Za-z]*\.)+([A-Za-z0-9]+)@?")

_NAME: Final[re.Pattern[str]] = re.compile(r"[a-z]+")
_MAIL: Final[re.Pattern[str]] = re.compile(r"[0-9a-z]+@([-0-9a-z]+\.)+([a-z]+)")


@dataclass(frozen=True)
class DottedCommit:
    """What `.` has committed last, or `,` behind a number: the letters `typed`, mark and all, as `text`.

    `commit` is the last of it; `is_name` says that letters before the point are no pinyin; `choices` were
    made before them and begin `text`.
    """

    typed: str = ""
    text: str = ""
    commit: Commit | None = None
    is_name: bool = False
    choices: tuple[PartialChoice, ...] = ()

    def followed(self, composition: Composition, mark: str, commit: Commit | None) -> DottedCommit:
        """Return this with what was composed directly behind it and committed with a mark."""
        if commit is None:
            return DottedCommit()
        before = DottedCommit() if composition.choices else self
        typed = composition.keys
        is_name = before.is_name or not is_pinyin(typed, FULL_PINYIN)
        choices = composition.choices or before.choices
        return DottedCommit(
            f"{before.typed}{typed}{mark}", before.text + commit.text, commit, is_name, choices
        )

    def joined(self, keys: str) -> str | None:
        """Return the letters before and behind the point as one, if they are an address or a name."""
        whole = self.typed + keys
        if self.typed.endswith(","):
            return whole if is_grouped(whole[: -len(keys) - 1]) and keys.isdigit() else None
        if not self.typed or len(whole) > MAX_LETTERS or _DOTTED.fullmatch(whole) is None:
            return None
        end = keys.lower()
        is_end = end.endswith("@") or end in ENDINGS
        is_capital = not self.typed.islower() and not keys[-1:].islower()  # Dr.Wang, H.264
        goes_on = self.is_name and (end in _OF_NAMES or is_capital)
        return whole if is_end or goes_on else None


@dataclass(frozen=True)
class DigitPick:
    """Digits typed behind letters, which picked candidates or found none to pick.

    `start` is the composition before the first of the `digits`; `commit` is what they put into the text, None
    while something is still composed.
    """

    start: Composition = field(default_factory=Composition)
    digits: str = ""
    commit: Commit | None = None

    def followed(self, key: str, composition: Composition, commit: Commit | None) -> DigitPick:
        """Return this with the key typed behind `composition` and the commit that came of it."""
        start = self.start if self.digits else composition
        is_name = start.caret == len(start.keys) and _NAME.fullmatch(start.keys) is not None
        return DigitPick(start, self.digits + key, commit) if is_name and key in DIGITS else DigitPick()

    @property
    def letters(self) -> str:
        """The letters and the digits as they were typed."""
        return self.start.keys + self.digits

    def as_typed(self) -> Composition:
        """Return the composition in which the digits are text."""
        return Composition(self.start.choices, self.letters, len(self.letters))

    def mail(self, before: str, keys: str) -> tuple[int, Composition] | None:
        """Return how many characters at the end of `before` are a mail address that `keys` complete, and its
        letters as a composition.

        None if `before` does not end with what was picked, digits, `@` and the beginning of a domain.
        """
        if self.commit is None:
            return None
        found = re.search(f"{re.escape(self.commit.text)}([0-9]*@[-.0-9a-z]*)$", before)
        if found is None:
            return None
        whole = self.letters + found.group(1) + keys
        address = _MAIL.fullmatch(whole)
        if address is None or address.group(2) not in DOMAINS or len(whole) > MAX_LETTERS:
            return None
        return len(found.group()), Composition(self.start.choices, whole, len(whole))


def may_go_on(letters: str, mark: str, options: SessionOptions) -> bool:
    """Return whether what stands behind the mark can turn out to belong to the letters before it."""
    if mark == ",":
        return is_grouped(letters) and options.computed and options.full_pinyin
    return mark == "." and letters != "" and options.addresses


def dotted(keys: str, dots: Sequence[int]) -> str | None:
    """Return the letters with their dots, once they end like an address; None until then.

    >>> dotted("baiduco", [5]), dotted("baiducom", [5]), dotted("mailqqcom", [4, 6])
    (None, 'baidu.com', 'mail.qq.com')
    """
    parts = [keys[start:end] for start, end in pairwise([0, *dots, len(keys)])]
    is_mail = parts[-1].endswith("@")
    parts[-1] = parts[-1].removesuffix("@")
    if len(parts) < 2 or not all(map(_PART.fullmatch, parts)):
        return None
    text = ".".join(parts)
    return f"{text}@" if is_mail else text if parts[-1].lower() in ENDINGS else None


def complete_address(composition: Composition, dots: tuple[int, ...]) -> tuple[Composition, tuple[int, ...]]:
    """Return the composition with the dots that its last letter reveals, and the dots that are still open."""
    if not dots or composition.caret < len(composition.keys):
        return composition, ()
    address = dotted(composition.keys, dots)
    if address is None:
        return composition, dots
    return replace(composition, keys=address, caret=len(address)), ()
