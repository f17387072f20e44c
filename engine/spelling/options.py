"""The options of spelling and the prices of its edges."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum

from engine.errors import MoyinError
from engine.spelling.double_pinyin import SchemeError, load_scheme
from engine.spelling.fuzzy_sounds import FUZZY_PAIRS, FUZZY_PRICES


class SpellingError(MoyinError):
    """Options that name no known spelling; the message says what was expected."""


class SpellingType(Enum):
    """How the letters of an edge stand for its syllables."""

    EXACT = "exact"
    FUZZY = "fuzzy"  # the sound of another syllable, `si` for shi
    SLIP = "slip"  # mistyped, `xain` for xian
    ENGLISH = "english"  # a Latin word, no syllable at all
    UNFINISHED = "unfinished"  # the last letters so far, `sh` of `nihaosh`
    ABBREVIATION = "abbreviation"  # an initial for its syllable, the n of `nhao`


@dataclass(frozen=True)
class SpellingOptions:
    """What the user types: `fuzzy` names pairs of `FUZZY_PAIRS`, `correct` is for typing slips,
    `scheme` is "" for full pinyin, or a scheme of double pinyin: a name of `SCHEME_NAMES`, or the
    path of a file. Raises SpellingError."""

    fuzzy: frozenset[str] = frozenset()
    correct: bool = False
    scheme: str = ""

    def __post_init__(self) -> None:
        unknown = sorted(self.fuzzy - FUZZY_PAIRS.keys())
        if unknown:
            raise SpellingError(f"expected fuzzy pairs of {', '.join(FUZZY_PAIRS)}, found {unknown[0]}")
        try:
            _ = self.letters
        except SchemeError as error:
            raise SpellingError(str(error)) from error

    @property
    def letters(self) -> str:
        """The characters besides a-z that can extend a composition."""
        return load_scheme(self.scheme).letters if self.scheme else ""


@dataclass(frozen=True)
class SpellingCosts:
    """What a reading of the keys costs, in nats; an exact syllable costs nothing.

    `unfinished`: letters that are no syllable yet, `sh`. `extended`: letters that are one but may
    become a longer one, `ni` on the way to `nian`; most users pick at `ni` because they mean it,
    so this is dear. `abbreviation`: an initial that stands for its syllable. `split`: what the
    s of `sh` costs beyond that, read as an initial of its own, where `sh` is one as well. `bare`: what
    the m of `hma` costs beyond that, as its a may belong to it: 好慢啊 beside 好吗.
    `fuzzy`: of each pair; what a user's picks teach goes here. `slip_rate`: the share of syllables
    that are mistyped, from which the price of each slip follows.

    Those of abbreviations were tried on 400 inputs each of `benchmark accuracy --typing initials`
    and `mixed` (interim bundle): from 0 to 4 and from 1 to 5 nothing moves but 0.1 points of
    characters, as the readings of one input hardly differ in the number of their initials.
    """

    unfinished: float = 2.0
    extended: float = 6.0
    abbreviation: float = 2.0
    split: float = 2.0
    bare: float = 2.0
    fuzzy: Mapping[str, float] = field(default_factory=lambda: FUZZY_PRICES)
    slip_rate: float = 0.02
