"""Find English words among the keys: which letters may be one, how it is written, what it costs.

A capital letter begins a word, listed or not, since users say by it that they mean English. Small letters are
a word only where they are in the list. For `github` the list offers GitHub and then github, because nearly
everybody writes it so. Where people do not agree on the capitals (APP, App, app), the letters as typed come
first and the commonest form second. A word is clear if no Chinese word is read by its letters: `release` and
`idea`, but not `women`. It may stand anywhere, also where pinyin reads on (ge'idea as gei'de'a).
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Final, NamedTuple

from engine.error_kinds import Kind
from engine.errors import MoyinError, reason_of, says
from engine.spelling.syllable import INITIALS

MAX_LENGTH: Final[int] = 18

_LETTERS: Final[str] = rf"[A-Za-z][A-Za-z0-9]{{0,{MAX_LENGTH - 1}}}"  # Python, A4
_LINES: Final = re.compile(rf"(?:{_LETTERS}\t[0-9]{{1,9}}\t[0-9]{{1,9}}\t[01]\n)*+")
# Marks are in the keys only if they are meant as text (engine.session.keymap): Node.js, C++, my-app, Don't,
# O'Neil.
_NAME: Final = re.compile(
    r"[A-Za-z][A-Za-z0-9]*(?:[._/&+#-][A-Za-z0-9]*|'(?:t|s|re|ll|ve|m|d)(?![a-z])|'[A-Z][A-Za-z0-9]*)*"
)
_SHORTENED: Final = re.compile(r"(?:[A-Za-z]{1,2}\.){2,}")  # Ph.D., U.S.
_MARKS: Final = re.compile(r"[^A-Za-z]")
# Pinyin reads these letters as well: 餐厅, 核实, 我那天. With another letter behind them it is meant.
_CONTRACTIONS: Final[frozenset[str]] = frozenset(
    "he's she's he'd she'd he'll she'll we'd we'll we're we've you'd you'll you're you've they're "
    "they've i'm i'd i'll i've they'll that'll can't won't don't ain't aren't isn't wasn't weren't "
    "hasn't haven't hadn't didn't doesn't couldn't wouldn't shouldn't mustn't needn't ma'am o'clock".split()
)
_PARTS: Final = re.compile(r"[A-Za-z]+|[0-9]")
_NUMBER: Final = re.compile(r"v[0-9]")  # v12 is a number in hanzi
_CONTRACTED: Final[float] = 7.0  # nats, of a contraction
_DIGIT: Final[float] = 1.0  # nats, of a digit in a name
_UNLISTED: Final[float] = math.log(5)  # one word in five is not in the list
_LETTER: Final[float] = math.log(26)
_SHORT_COST: Final[float] = 6.7  # of a word of two letters that may be typed small: `qq`, not `ov`
_COMMON_COST: Final[float] = 9.2  # of a word that pinyin spells as well
_OTHER_CASING: Final[float] = 1.5  # nats, for a word that is mostly written otherwise
# Nats, for three or more small letters that are all initials: 什么事 before SMS. docs/experiments.md,
# "Acronyms whose letters are initials".
_LIKE_INITIALS: Final[float] = 2.0
SHORTEST_CLEAR: Final[int] = 4  # letters
_AGREED: Final[float] = 2 / 3  # of those who write a word, for its casing to come before what was typed


class EnglishError(MoyinError):
    """A word list that is missing or damaged; the message says what to do."""


class EnglishWord(NamedTuple):
    """A word that `length` letters of the keys stand for; `cost`: -log P(text | a Latin word)."""

    length: int
    text: str
    cost: float

    @property
    def is_common(self) -> bool:
        """Whether it may stand for letters that pinyin spells as well: `email` and `ok`, not `women`."""
        return self.length > 1 and self.cost <= (_SHORT_COST if self.length == 2 else _COMMON_COST)


class English:
    """A list of English words, found by their letters in lower case.

    `counts` says of each word in its commonest casing how often it occurs in any casing; `as_listed` how
    often in this one, for words where that is not always; `clear` holds the words by whose letters no
    Chinese word is read.
    """

    def __init__(
        self,
        counts: Mapping[str, int],
        as_listed: Mapping[str, int] | None = None,
        clear: Iterable[str] = (),
    ) -> None:
        self._total = max(sum(counts.values()), 1)
        self._clear = frozenset(map(str.lower, clear))
        self._longest_clear = max(map(len, self._clear), default=0)
        self._words = dict(zip(map(str.lower, counts), counts.items(), strict=True))
        self._contested = {
            text.lower() for text, count in (as_listed or {}).items() if count < _AGREED * counts[text]
        }

    @classmethod
    def load(cls, path: Path) -> English:
        """Read lines of word, count, count in this casing and a mark, with tabs between.

        The mark is 1 for a clear word, 0 where a Chinese word is read by these letters, or they are few.
        Raises EnglishError.
        """
        remedy = says(Kind.FETCH_OR_BUILD, command="english")
        if not path.is_file():
            raise EnglishError.of(says(Kind.ENGLISH_WORDS, path=path), says(Kind.NO_FILE), remedy)
        try:
            content = path.read_text(encoding="utf-8")
            if _LINES.fullmatch(content) is None:
                raise ValueError("not a list of words")
            cells = content.split()
            words, counts, as_listed = cells[::4], list(map(int, cells[1::4])), map(int, cells[2::4])
            clear = [word for word, mark in zip(words, cells[3::4], strict=True) if mark == "1"]
            return cls(dict(zip(words, counts, strict=True)), dict(zip(words, as_listed, strict=True)), clear)
        except (OSError, ValueError, AttributeError) as error:
            found = says(Kind.SOMETHING_ELSE_WHY, reason=reason_of(error))
            raise EnglishError.of(says(Kind.ENGLISH_LINES, path=path), found, remedy) from error

    def __len__(self) -> int:
        return len(self._words)

    def find(self, letters: str) -> EnglishWord | None:
        """Return the listed word of exactly these letters, in any casing, as it is mostly written."""
        found = self._words.get(letters.lower())
        if found is None:
            return None
        text, count = found
        return EnglishWord(len(letters), text, -math.log(0.8 * count / self._total))

    def is_clear(self, letters: str) -> bool:
        """Return whether the small letters are a word that may stand anywhere."""
        return letters in self._clear or letters in _CONTRACTIONS

    def clear_words_at(self, letters: str) -> Iterator[EnglishWord]:
        """Yield the clear words that begin `letters`, as written and as typed."""
        yield from _contractions(letters)
        for length in range(SHORTEST_CLEAR, min(len(letters), self._longest_clear) + 1):
            if letters[:length] in self._clear:
                yield from self.typed(letters[:length])

    def typed(self, letters: str) -> list[EnglishWord]:
        """Return the listed word of these small letters, as written and as typed, the likelier form first."""
        listed = self.find(letters)
        if listed is None:
            return []
        is_like_initials = len(letters) > 2 and INITIALS.issuperset(letters)
        cost = listed.cost + (_LIKE_INITIALS if is_like_initials else 0.0)
        if listed.text == letters:
            return [EnglishWord(listed.length, letters, cost)]
        texts = (letters, listed.text) if letters in self._contested else (listed.text, letters)
        return [
            EnglishWord(listed.length, text, cost + more)
            for text, more in zip(texts, (0.0, _OTHER_CASING), strict=True)
        ]

    def words_at(self, letters: str, before: str) -> Iterator[EnglishWord]:
        """Yield the words that begin `letters`, given the letter `before` them.

        These are words with capitals and listed words in small letters. The P of API begins none, and its A
        none that ends before the P.
        """
        yield from _contractions(letters)
        run = _NAME.match(letters)
        if run is None or (letters[0].isupper() and before.isupper()):
            return
        for length in range(1, run.end() + 1):
            if length == run.end() or not _goes_on(letters[length - 1 : length + 1]):
                yield from self._words_of(letters[:length])

    def _words_of(self, typed: str) -> Iterable[EnglishWord]:
        if _MARKS.search(typed):
            yield from self._names_of(typed)
            return
        listed = self.find(typed)
        if typed.islower():
            if listed is not None and _may_be_small(listed):
                yield from self.typed(typed)
        elif typed[0].isupper():
            cost = _UNLISTED + _LETTER * len(typed)
            if listed is not None:
                cost = min(cost, listed.cost + (0.0 if listed.text == typed else _OTHER_CASING))
            yield EnglishWord(len(typed), typed, cost)
        elif listed is not None and listed.text == typed:
            yield listed  # iPhone

    def _names_of(self, typed: str) -> Iterable[EnglishWord]:
        """Yield the name with digits or marks as it was typed; before `'` a word has to stand: don't."""
        word, apostrophe, _ = typed.partition("'")
        if apostrophe and not (typed[0].isupper() or self._is_listed(word)):
            return
        if typed in _CONTRACTIONS:
            return
        is_sentence = typed[-1] == "." and not _SHORTENED.fullmatch(typed)
        if (not apostrophe and is_sentence) or _NUMBER.match(typed):
            return
        yield EnglishWord(len(typed), typed, self._cost_of_name(word))

    def _cost_of_name(self, name: str) -> float:
        """Return nats for all words and digits of a name: those of the list cost less than their letters."""
        cost = _UNLISTED
        for part in _PARTS.findall(name):
            listed = self.find(part)
            known = (
                math.inf if listed is None else listed.cost + (0.0 if part == listed.text else _OTHER_CASING)
            )
            cost += _DIGIT if part.isdigit() else min(_LETTER * len(part), known)
        return cost

    def _is_listed(self, word: str) -> bool:
        listed = self.find(word)
        return listed is not None and _may_be_small(listed)


def _contractions(letters: str) -> Iterator[EnglishWord]:
    """Yield the contraction that begins `letters`, if no letter goes on with it."""
    if "'" not in letters[1:]:
        return
    for length in range(3, min(len(letters), MAX_LENGTH) + 1):
        if letters[:length] in _CONTRACTIONS and not letters[length : length + 1].isalpha():
            yield EnglishWord(length, letters[:length], _CONTRACTED)


def _goes_on(pair: str) -> bool:
    """Return whether no word ends between the two letters: in capitals, before a digit or a mark."""
    return pair.isupper() or not pair[1].isalpha()


def _may_be_small(word: EnglishWord) -> bool:
    """Return whether a word may be typed in small letters.

    Two letters are mostly something else, and one letter again and again (hhhh, www) is a laugh or a sob:
    哈哈哈哈.
    """
    if len(set(word.text.lower())) == 1 and word.length > 2:
        return False
    return word.length > 2 or (word.length == 2 and word.cost <= _SHORT_COST)
