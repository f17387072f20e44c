"""Measure what must never happen while one types, and what it costs to mend a sentence.

What must not happen: an unclean first page, a name that loses a digit or mark.

A page is unclean where a row reads the letters as a typing slip, though they are a word as they stand,
or where one text stands twice on it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from engine.conversion.converter import Converter
from engine.evaluation.cases import Case
from engine.evaluation.learning_replay import effort_of
from engine.lexicon.vocabulary import Vocabulary
from engine.lexicon.word_arrays import Word
from engine.protocol import PAGE_SIZE, Key, KeyEvent, Mark, Modifier, Output
from engine.session.session import Session
from engine.spelling.syllable import SYLLABLES

# Names with digits and marks as people type them, found in manuals, shops and chats.
NAMES: Final[list[str]] = (
    "A100 H100 A4 B2B C4D P2P F16 MP3 MP4 PS5 S23 iPhone15 iPad6 iOS17 macOS14 Windows7 Win11 "
    "Office365 Mate60 P60 RTX4090 GTX1080 GPT4 GPT-4 GPT-4o Python3 Java8 Vue3 HTML5 CSS3 ES6 IPv6 "
    "IPv4 K12 G20 MH370 AK47 T34 COVID-19 SARS-CoV-2 UTF-8 ISO-8859-1 SHA-256 Wi-Fi Type-C USB-C "
    "USB3.0 Wi-Fi6 T-shirt X-Ray e-mail H.264 H.265 Node.js Vue.js Next.js ASP.NET README.md Dr.Wang "
    "No.1 Vol.2 a.txt ma.txt main.py index.html package.json my-app my-project user_id ava_app "
    "file_name user_name C++ C# F# AT&T R&B Q&A TCP/IP A/B I/O Don't I'm It's u1s1 Zhang123@qq.com "
    "Li_Lei Qwen2.5 Llama3.1 DeepSeek-V3 CO2 H2O PM2.5 O2O"
).split()
BEFORE: Final[str] = "woxiangyong"  # a sentence that a name stands in: 我想用
MENDED: Final = range(13, 19)  # hanzi of a sentence to be mended
LONGEST_WRONG: Final[int] = 4  # hanzi of one wrong word, and what it makes of its neighbours


@dataclass(frozen=True)
class PageCounts:
    """Counts of pages one; `inputs` whose page is unclean, for a look at them."""

    pages: int = 0
    with_slip: int = 0
    with_repeat: int = 0
    inputs: tuple[str, ...] = ()

    @property
    def percent(self) -> tuple[float, float]:
        """Return the shares of pages with a slip's row and with a text twice."""
        return 100 * self.with_slip / max(self.pages, 1), 100 * self.with_repeat / max(self.pages, 1)


def common_words(words: Iterable[Word], n_short: int = 400, n_long: int = 200) -> list[Word]:
    """Return the `n_short` commonest words of two hanzi and the `n_long` commonest longer ones."""
    ranked = sorted(words, key=lambda word: (-word.log_prob, word.tokens))
    short = [word for word in ranked if len(word.tokens) == 2][:n_short]
    return [*short, *[word for word in ranked if len(word.tokens) > 2][:n_long]]


def measure_first_pages(converter: Converter, inputs: Sequence[str]) -> PageCounts:
    """Convert each input alone in an empty field and look at its first page."""
    with_slip = with_repeat = 0
    unclean: list[str] = []
    converter.set_surrounding_text("")
    for keys in inputs:
        page = converter.convert(keys).candidates[:PAGE_SIZE]
        has_slip = any(candidate.mark is Mark.CORRECTED for candidate in page)
        has_repeat = len({candidate.text for candidate in page}) < len(page)
        with_slip += has_slip
        with_repeat += has_repeat
        unclean += [keys] * (has_slip or has_repeat)
    return PageCounts(len(inputs), with_slip, with_repeat, tuple(unclean))


def typed_word(word: Word, vocabulary: Vocabulary) -> str:
    """Return the letters of a word in full pinyin."""
    return "".join(SYLLABLES[vocabulary.syllable_of_token(token)] for token in word.tokens)


def typed_text(session: Session, keys: str) -> str:
    """Return the text of these keys in an empty field, the first candidates taken for what is left."""
    session.begin()
    text = ""
    for key in keys:
        output = session.process_key(KeyEvent(key, Modifier.SHIFT if key.isupper() else Modifier.NONE))
        text = _after(text, output) + ("" if output.handled else key)
    while session.is_composing:
        text = _after(text, session.process_key(KeyEvent(Key.SPACE)))
    return text


def kept_names(session: Session, before: str = "") -> list[str]:
    """Return the names that stand as typed in the text of `before` and the name."""
    return [name for name in NAMES if typed_text(session, before + name).endswith(name)]


def wrong_place(first: str, wanted: str) -> range | None:
    """Return the hanzi that are wrong in a first candidate; None unless they are a few in one place."""
    places = [i for i, (one, other) in enumerate(zip(first, wanted, strict=False)) if one != other]
    if not places or len(first) != len(wanted) or places[-1] - places[0] >= LONGEST_WRONG:
        return None
    return range(places[0], places[-1] + 1)


def keys_to_mend(
    converters: Sequence[Converter], cases: Iterable[Case], limit: int, at_end: bool = False
) -> list[tuple[int, ...]]:
    """Return, for the first `limit` sentences whose first candidate is wrong in one place, how many keys
    behind the last letter it takes to have the right one, with each of the converters.

    By the typist of `learning_replay`, in an empty field; the key that commits is counted. The first
    converter says what is wrong; `at_end`: only sentences whose last word is.
    """
    found: list[tuple[int, ...]] = []
    for case in (case.alone for case in cases if len(case.hanzi) in MENDED):
        converters[0].set_surrounding_text("")
        wrong = wrong_place(converters[0].convert(case.keys).candidates[0].text, case.hanzi)
        if wrong is None or (at_end and wrong.stop < len(case.hanzi)):
            continue
        efforts = [effort_of(converter, lambda _: None, case) for converter in converters]
        if all(effort.cases for effort in efforts):
            found.append(tuple(effort.keys - len(case.keys) for effort in efforts))
        if len(found) == limit:
            break
    return found


def _after(text: str, output: Output) -> str:
    commit = output.commit
    return text if commit is None else text[: len(text) - commit.erased] + commit.text
