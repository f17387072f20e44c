"""Read and write the user's custom phrases in a TOML file that people read and edit: `phrases.toml`.

The file is taken apart into blocks, each from one `[[phrase]]` to the next, so that a block that is wrong
costs itself alone: it is named, and stays in the file as it is.

    [formats]                  # as the variables are written, where the text does not say
    date = "YYYY年M月D日"

    [[phrase]]
    code = "dz"
    text = "北京市海淀区中关村大街 1 号"
    place = 2                  # behind the first candidate; 1, or nothing: before it
"""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from engine.error_kinds import Kind
from engine.errors import Message, MoyinError, Said, says, system_reason
from engine.protocol import CustomPhrase

FILE_NAME: Final[str] = "phrases.toml"
MAX_TEXT: Final[int] = 10_000  # characters of a phrase
MAX_CODE: Final[int] = 32
HEADER: Final[str] = """\
# 墨音的自定义短语：打 code，出 text。
# place = 1 排第一，place = 2 排在第一个候选之后；同一个 code 可以有多条，按顺序排。
# text 里可以写 {date} {time} {weekday}，或指定格式，如 {date:YYYY-MM-DD}。
# Moyin's custom phrases: typing the code offers the text. Changes take effect at the next key.
"""
_TABLE: Final[re.Pattern[str]] = re.compile(r"\s*\[\[\s*phrase\s*\]\]\s*(#.*)?")
_CODE: Final[re.Pattern[str]] = re.compile(r"[a-z]+")
_KNOWN: Final[frozenset[str]] = frozenset({"code", "text", "place"})
_FORMATS: Final[frozenset[str]] = frozenset({"date", "time", "weekday"})


class PhraseError(MoyinError):
    """A phrase that cannot be used, or a file that cannot be read or written."""


@dataclass(frozen=True)
class WrongPhrase:
    """A part of the file that is left out: the number of its line, and why."""

    line: int
    reason: Said


@dataclass(frozen=True)
class PhraseBlock:
    """A piece of the file as it stands there; what it says, or why it says nothing."""

    raw: str
    line: int = 0
    phrase: CustomPhrase | None = None
    reason: Said = ""


@dataclass(frozen=True)
class PhraseFile:
    """All of the file: what stands before the first phrase, the phrases, the formats."""

    head: str = HEADER
    blocks: tuple[PhraseBlock, ...] = ()
    formats: Mapping[str, str] = field(default_factory=dict)
    wrong_head: Said = ""

    @property
    def phrases(self) -> tuple[CustomPhrase, ...]:
        return tuple(block.phrase for block in self.blocks if block.phrase is not None)

    @property
    def wrong(self) -> tuple[WrongPhrase, ...]:
        """What is left out, in the order of the file."""
        head = [WrongPhrase(1, self.wrong_head)] if self.wrong_head else []
        return (*head, *(WrongPhrase(block.line, block.reason) for block in self.blocks if block.reason))

    def with_phrases(self, phrases: Iterable[CustomPhrase]) -> PhraseFile:
        """Return the file with these phrases in this order; one that stays keeps the lines it has."""
        written: dict[CustomPhrase, list[str]] = {}
        for block in self.blocks:
            if block.phrase is not None:
                written.setdefault(block.phrase, []).append(block.raw)
        blocks = [
            PhraseBlock(written[each].pop(0) if written.get(each) else block_of(each), phrase=each)
            for each in phrases
        ]
        kept = [block for block in self.blocks if block.phrase is None]
        return PhraseFile(self.head, (*blocks, *kept), self.formats, self.wrong_head)

    def text(self) -> str:
        """Return what is written."""
        pieces = [self.head, *(block.raw for block in self.blocks)]
        return "\n".join(piece.strip("\n") + "\n" for piece in pieces if piece.strip())


def checked(phrase: CustomPhrase) -> CustomPhrase:
    """Return the phrase, where it can be typed and kept. Raises PhraseError."""
    if not _CODE.fullmatch(phrase.code) or len(phrase.code) > MAX_CODE:
        raise PhraseError.of(says(Kind.PHRASE_CODE, number=MAX_CODE), says(Kind.SOMETHING_ELSE))
    if not phrase.text.strip() or len(phrase.text) > MAX_TEXT:
        raise PhraseError.of(says(Kind.PHRASE_TEXT, number=MAX_TEXT), str(len(phrase.text.strip())))
    if phrase.place not in (1, 2):
        raise PhraseError.of(says(Kind.PHRASE_PLACE), says(Kind.ANOTHER))
    try:
        phrase.text.encode("utf-8")
    except UnicodeEncodeError:
        raise PhraseError.of(says(Kind.A_TEXT), says(Kind.HALF_A_CHARACTER)) from None
    return phrase


def parse(text: str) -> PhraseFile:
    """Return the file of that text; never fails."""
    pieces = list(_pieces(text.replace("\r\n", "\n")))
    (_, head), *rest = pieces
    values = _loaded(head)
    if isinstance(values, Message):
        return PhraseFile(head, tuple(_block_of(*piece) for piece in rest), {}, values)
    formats = _formats_of(values)
    wrong: Said = formats if isinstance(formats, Message) else ""
    blocks = tuple(_block_of(*piece) for piece in rest)
    return PhraseFile(head, blocks, {} if isinstance(formats, Message) else formats, wrong)


def load_phrase_file(path: Path) -> PhraseFile:
    """Return the file, or an empty one where there is none. Raises PhraseError where it cannot be read."""
    try:
        return parse(path.read_text(encoding="utf-8-sig"))
    except FileNotFoundError:
        return PhraseFile()
    except (OSError, UnicodeDecodeError) as error:
        reason = says(Kind.IS_NO_UTF8)
        if isinstance(error, OSError):
            reason = system_reason(error, with_path=False)
        raise PhraseError.of(
            says(Kind.PHRASES_IN, path=path), says(Kind.NO_FILE_WHY, reason=reason)
        ) from None


def block_of(phrase: CustomPhrase) -> str:
    """Return a phrase as it is written where it is new."""
    place = f"place = {phrase.place}\n" if phrase.place != 1 else ""
    return f'[[phrase]]\ncode = "{phrase.code}"\ntext = {_string(phrase.text)}\n{place}'


# Inside.


def _pieces(text: str) -> Iterator[tuple[int, str]]:
    """(line, text) of what stands before the first `[[phrase]]`, then of each."""
    lines = text.split("\n")
    starts = [0]
    for number, line in enumerate(lines):
        if _TABLE.fullmatch(line) and not _is_inside_text("\n".join(lines[starts[-1] : number])):
            starts.append(number)
    ends = [*starts[1:], len(lines)]
    for start, end in zip(starts, ends, strict=True):
        piece = "\n".join(lines[start:end])
        if isinstance(_loaded(piece), Message):  # a text without an end must not swallow what follows it
            yield from _all_tables(start, lines[start:end])
        else:
            yield start + 1, piece


def _all_tables(first: int, lines: Sequence[str]) -> Iterator[tuple[int, str]]:
    starts = [0, *(i for i, line in enumerate(lines) if i and _TABLE.fullmatch(line))]
    for start, end in zip(starts, [*starts[1:], len(lines)], strict=True):
        yield first + start + 1, "\n".join(lines[start:end])


def _is_inside_text(piece: str) -> bool:
    """Return whether a text of several lines has begun and not ended."""
    is_odd = piece.count('"""') % 2 == 1 or piece.count("'''") % 2 == 1
    return is_odd and isinstance(_loaded(piece), Message)


def _loaded(piece: str) -> dict[str, Any] | Message:
    """Return what the piece says as TOML; a sentence where it is none."""
    try:
        return tomllib.loads(piece)
    except tomllib.TOMLDecodeError:
        return PhraseError.of(
            says(Kind.TOML_TEXT), says(Kind.SOMETHING_ELSE), says(Kind.QUOTATION_MARK)
        ).message
    except (ValueError, RecursionError):  # a number of thousands of digits; brackets in brackets in ...
        return PhraseError.of(says(Kind.TOML_OF_A_SIZE), says(Kind.SOMETHING_ELSE)).message


def _block_of(line: int, raw: str) -> PhraseBlock:
    values = _loaded(raw)
    if isinstance(values, Message):
        return PhraseBlock(raw, line, reason=values)
    try:
        return PhraseBlock(raw, line, checked(_phrase_of(values)))
    except PhraseError as error:
        return PhraseBlock(raw, line, reason=error.message)


def _phrase_of(values: Mapping[str, Any]) -> CustomPhrase:
    tables = values.get("phrase")
    if set(values) != {"phrase"} or not isinstance(tables, list) or len(tables) != 1:
        raise PhraseError.of(says(Kind.PHRASE_FIELDS), says(Kind.SOMETHING_ELSE))
    table = tables[0]
    unknown = sorted(set(table) - _KNOWN)
    if unknown:
        raise PhraseError.of(says(Kind.PHRASE_FIELDS), unknown[0][:80])
    code, text, place = table.get("code"), table.get("text"), table.get("place", 1)
    if not isinstance(code, str) or not isinstance(text, str):
        raise PhraseError.of(says(Kind.PHRASE_QUOTED), says(Kind.NONE))
    if type(place) is not int:
        raise PhraseError.of(says(Kind.PHRASE_PLACE), says(Kind.ANOTHER))
    return CustomPhrase(code, text, place)


def _formats_of(values: Mapping[str, Any]) -> dict[str, str] | Message:
    formats = values.get("formats", {})
    if set(values) - {"formats"}:
        return PhraseError.of(says(Kind.FORMATS_ALONE), says(Kind.SOMETHING_ELSE)).message
    if not isinstance(formats, dict) or set(formats) - _FORMATS:
        return PhraseError.of(says(Kind.FORMATS_NAMES), says(Kind.ANOTHER)).message
    if not all(isinstance(each, str) and each for each in formats.values()):
        return PhraseError.of(says(Kind.FORMATS_QUOTED), says(Kind.SOMETHING_ELSE)).message
    return formats


def _string(text: str) -> str:
    """Return a TOML string; over several lines where the text has several."""
    if "\n" not in text:
        return _quoted(text)
    escaped = _quoted(text)[1:-1].replace("\\n", "\n").replace('\\"', '"') if "\\" not in text else None
    if escaped is None or '"""' in escaped or escaped.endswith('"'):
        return _quoted(text)
    return f'"""\n{escaped}"""'


def _quoted(text: str) -> str:
    """JSON's strings are TOML's but for one character."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


PhraseChange = Callable[[list[CustomPhrase]], list[CustomPhrase]]
