"""Define the options of spelling and the prices of its edges."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Final

from engine.error_kinds import Kind
from engine.errors import MoyinError, says
from engine.spelling.double_pinyin import SchemeError, load_scheme
from engine.spelling.fuzzy_sounds import FUZZY_PAIRS, FUZZY_PRICES


class SpellingError(MoyinError):
    """Options that name an unknown spelling; the message says what was expected."""


class SpellingType(Enum):
    """How the letters of an edge stand for its syllables."""

    EXACT = "exact"
    FUZZY = "fuzzy"  # the sound of another syllable, `si` for shi
    SLIP = "slip"  # mistyped, `xain` for xian
    ENGLISH = "english"  # a Latin word, no syllable at all
    UNFINISHED = "unfinished"  # the last letters so far, `sh` of `nihaosh`
    ABBREVIATION = "abbreviation"  # an initial for its syllable, the n of `nhao`


# What a candidate's note tells of. A tuple: the hash of an enum's member takes longer than two comparisons.
RESPELT: Final[tuple[SpellingType, ...]] = (SpellingType.SLIP, SpellingType.FUZZY)


@dataclass(frozen=True)
class SpellingOptions:
    """The user's way of typing.

    `fuzzy` names pairs of `FUZZY_PAIRS`, `correct` turns the correction of slips on, `scheme` is "" for full
    pinyin, or a scheme of double pinyin: a name of `SCHEME_NAMES` or the path of a file. Raises
    SpellingError.
    """

    fuzzy: frozenset[str] = frozenset()
    correct: bool = False
    scheme: str = ""

    def __post_init__(self) -> None:
        unknown = sorted(self.fuzzy - FUZZY_PAIRS.keys())
        if unknown:
            raise SpellingError.of(says(Kind.FUZZY_NAMES, names=", ".join(FUZZY_PAIRS)), unknown[0])
        try:
            _ = self.letters
        except SchemeError as error:
            raise SpellingError(error.message) from error

    @property
    def letters(self) -> str:
        """The characters besides a-z that can extend a composition."""
        return load_scheme(self.scheme).letters if self.scheme else ""


@dataclass(frozen=True)
class SpellingCosts:
    """The prices of readings of the keys, in nats; an exact syllable costs nothing.

    `unfinished`: letters that are no syllable yet, `sh`. `extended`: letters that are a syllable but may
    become a longer one, `ni` on the way to `nian`; this is dear, since most users who pick at `ni` mean it.
    `abbreviation`: an initial that stands for its syllable. `split`: added for the s of `sh` read as an
    initial of its own, where `sh` is one as well. `bare`: added for the m of `hma`, as its a may belong to it
    (好慢啊 beside 好吗). `fuzzy`: of each pair; prices learnt from a user go here. `slip_rate`: the share of
    syllables that are mistyped, from which the price of each slip follows.

    The prices of abbreviations hardly matter: on 400 inputs each of `benchmark accuracy --typing initials`
    and `mixed`, prices from 0 to 4 and from 1 to 5 moved nothing but 0.1 points of characters, as the
    readings of one input hardly differ in the number of their initials.
    """

    unfinished: float = 2.0
    extended: float = 6.0
    abbreviation: float = 2.0
    split: float = 2.0
    bare: float = 2.0
    fuzzy: Mapping[str, float] = field(default_factory=lambda: FUZZY_PRICES)
    slip_rate: float = 0.02
