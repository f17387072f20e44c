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

from engine.lexicon.latin_words import has_latin
from engine.protocol import Candidate, Commit, Segment
from engine.rewriters.literals import DIGITS, DOMAINS, ENDINGS, FILES, UNITS, is_grouped
from engine.session.composition import MAX_LETTERS, Composition, PartialChoice
from engine.session.options import SessionOptions
from engine.spelling.numbered_names import begun_numbered
from engine.spelling.spelling_table import is_pinyin
from engine.spelling.syllable_graph import FULL_PINYIN

# Ends of names only: behind pinyin they are abbreviations as well.
_OF_NAMES: Final[frozenset[str]] = frozenset("js ts py md go rs sh so gz vue cpp jsx tsx net ai me".split())
# What stands before the point of code and hardly ever ends a sentence: os is 我是 alone, df 地方.
_OBJECTS: Final[frozenset[str]] = frozenset(
    "self this cls os sys np pd plt tf df json torch std console args ctx".split()
)
_INITIALS: Final[tuple[str, ...]] = tuple(
    f"{'.'.join(letters)}."
    for letters in "ie eg am pm ps us uk un eu dc bc ad vs nb aka wrt rip qed diy vip faq tbd asap".split()
)
_PART: Final[re.Pattern[str]] = re.compile(r"[A-Za-z][-0-9A-Za-z]*")
_DOTTED: Final[re.Pattern[str]] = re.compile(r"([A-Za-z0-9][-_0-9A-Za-z]*\.)+([A-Za-z0-9]+)@?")

_WITH_VOWEL: Final[re.Pattern[str]] = re.compile(r"(?=.*[aeiou])[a-z]{2,}")
_NAME: Final[re.Pattern[str]] = re.compile(r"[a-z]+")
_MAIL: Final[re.Pattern[str]] = re.compile(r"[0-9a-z]+(?:_[0-9a-z]+)*@([-0-9a-z]+\.)+([a-z]+)")
_FILE: Final[re.Pattern[str]] = re.compile(r"[0-9a-z]+(?:_[0-9a-z]+)+\.([a-z]+)")
_POINTED: Final[re.Pattern[str]] = re.compile(r"[0-9]+[.]|。")  # not 3。, which ends a sentence
LOW_LINE: Final[str] = "_"


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
        is_name = before.is_name or not is_pinyin(typed.rstrip(DIGITS), FULL_PINYIN)
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
        return whole if is_end or goes_on or self._goes_on_as_code(keys) else None

    def _goes_on_as_code(self, keys: str) -> bool:
        """Return whether what stands before and behind the point is no pinyin: numpy.array, model.onnx.

        Behind hanzi, and without a vowel, they may abbreviate: 中国人民 of `woyongPython.zgrm`, `ok.zgrm`.
        """
        is_latin = self.is_name and self.text[:-1].isascii()
        return is_latin and _WITH_VOWEL.fullmatch(keys) is not None and not _is_begun(keys)

    def names_code(self, candidate: Candidate, is_word: bool) -> bool:
        """Return whether letters behind the point go on what is no sentence: self.name, time.sleep.

        `candidate` is the first for them; `is_word`: one of the page is a Latin word. Behind a Latin word
        alone the first has to be one, and behind what hardly ends a sentence any.
        """
        before = self.text[:-1]
        if not self.typed.endswith(".") or not is_word:
            return False
        if self.typed[:-1] in _OBJECTS or re.split(r"[^a-z]", before.lower())[-1] in _OBJECTS:
            return True
        return before.isascii() and before.isalpha() and has_latin(candidate.tokens)

    def initials(self, letter: str) -> str | None:
        """Return the letters with their points if they are, or begin, what is written so: i.e., a.k.a."""
        whole = f"{self.typed}{letter}."
        is_listed = self.typed != "" and any(each.startswith(whole) for each in _INITIALS)
        return whole if is_listed and len(letter) == 1 else None

    def parted(self, keys: str) -> str | None:
        """Return the letters behind the point if they turn out to go on as pinyin; None while they do not.

        `nihao.tar` is a file, but `nihao.tare` is 你好。 and the beginning of 他人.
        """
        behind = keys.removeprefix(self.typed)
        is_text = behind != keys and behind.islower() and behind.isalpha() and _is_begun(behind)
        if begun_numbered(keys):
            return None
        return behind if is_text and self.joined(behind) is None else None

    @property
    def again(self) -> Commit | None:
        """What puts back what was taken back."""
        if self.commit is None:
            return None
        first, _, last = self.text.rpartition(self.commit.text)
        segments = (_raw(first), *self.commit.segments, _raw(last))
        return replace(self.commit, text=self.text, segments=tuple(each for each in segments if each.text))


def _raw(text: str) -> Segment:
    return Segment(text, text)


@dataclass(frozen=True)
class DigitPick:
    """Digits typed behind letters, which picked or found nothing to pick; or `_`, which committed them.

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
        return (
            DigitPick(start, self.digits + key, commit)
            if is_name and key in DIGITS + LOW_LINE
            else DigitPick()
        )

    @property
    def letters(self) -> str:
        """The letters and the digits as they were typed."""
        return self.start.keys + self.digits

    @property
    def has_picked_word(self) -> bool:
        """Whether what one digit picked ends in a Latin word."""
        segments = self.commit.segments if self.commit else ()
        return len(self.digits) == 1 and bool(segments) and has_latin(segments[-1].tokens[-1:])

    def is_numbered(self, key: str) -> bool:
        """Return whether `key` shows that the digit belongs to a known name: the 6 of h264, the b of b2b."""
        is_one = self.commit is not None and len(self.digits) == 1
        return is_one and begun_numbered(self.letters + key)

    def as_typed(self) -> Composition:
        """Return the composition in which the digits are text."""
        return Composition(self.start.choices, self.letters, len(self.letters))

    def address(self, before: str, keys: str) -> tuple[DottedCommit, Composition] | None:
        """Return the end of `before` that is of a file or address that `keys` complete, and its letters.

        None if `before` does not end with what was picked, digits, and `@` with a domain begun or a point.
        One digit behind hanzi has picked them, whatever comes behind. Behind `_` letters may follow.
        """
        if self.commit is None:
            return None
        text = self.commit.text
        found = re.search(f"{re.escape(text)}([0-9]*(?:@[-.0-9a-z]*|[.。]|))$", before)
        if found is None:
            return None
        typed = self.letters + found.group(1).replace("。", ".")
        whole = typed + keys
        if len(whole) > MAX_LETTERS or not self._completes(text, found.group(1), typed, keys):
            return None
        taken = DottedCommit(typed, found.group(), self.commit)
        return taken, Composition(self.start.choices, whole, len(whole))

    def _completes(self, text: str, behind: str, typed: str, keys: str) -> bool:
        """Return whether `keys` make an address or file of `typed`: `text` and what stands `behind` it."""
        mail, has_low_line = _MAIL.fullmatch(typed + keys), LOW_LINE in self.digits
        if mail is not None and ("@" in behind or has_low_line):
            return mail.group(2) in DOMAINS
        if has_low_line:
            file = _FILE.fullmatch(typed + keys)
            return file is not None and file.group(1) in FILES
        is_pointed = _POINTED.fullmatch(behind) is not None
        return is_pointed and keys in ENDINGS and (text.isascii() or typed[-3:-1].isdigit())


def _is_begun(letters: str) -> bool:
    """Return whether whole syllables spell the letters, a last one perhaps not to its end."""
    return any(
        FULL_PINYIN.is_prefix(letters[start:]) and is_pinyin(letters[:start], FULL_PINYIN)
        for start in range(len(letters))
    )


def may_go_on(letters: str, mark: str, options: SessionOptions) -> bool:
    """Return whether what stands behind the mark can turn out to belong to the letters before it."""
    if mark == ",":
        return is_grouped(letters) and options.computed and options.full_pinyin
    return mark == "." and letters != "" and options.addresses


def literal_behind(before: str) -> frozenset[str]:
    """Return the letters that stand as typed behind a text: 5km, 163.com.

    >>> "km" in literal_behind("5"), "com" in literal_behind("163."), "com" in literal_behind("你好。")
    (True, True, False)
    """
    digits = frozenset(DIGITS)
    if before[-1:] in digits:
        return UNITS
    return ENDINGS if before.endswith(".") and before[-2:-1] in digits else frozenset()


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
