"""Read and write files of custom phrases of other input methods.

A file is recognised by what it holds, whatever it is called:

    fcitx5      `code,1=text`, a text of several lines in quotation marks with `\\n`; `#$year`: variables
    Sogou       the same in UTF-16, a text of several lines below `code,1=`; ibus-libpinyin as well
    Rime        `text<TAB>code<TAB>weight` in `custom_phrase.txt`: the heavier first
    quickphrase `code text` of fcitx's `.mb`, `code<TAB>text<TAB>zh-CN` of Gboard
    macOS       a property list, text or binary, of `shortcut` and `phrase`
    Microsoft   binary (microsoft_phrases.py): no variables
    Moyin       our own `phrases.toml`
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Final

from engine.error_kinds import Kind
from engine.errors import says
from engine.interchange.microsoft_phrases import is_microsoft, microsoft_bytes, microsoft_phrases
from engine.interchange.scel import is_scel
from engine.interchange.text_files import (
    content_lines,
    file_text,
    is_binary,
    numbered_lines,
    plain_file,
    text_replacements,
)
from engine.interchange.word_lists import NO_TEXT, BadLine, is_dictionary, is_word_line
from engine.protocol import CustomPhrase
from engine.rewriters.phrase_variables import as_written, has_variables, pieces_of
from engine.storage.atomic_files import write_bytes
from engine.storage.custom_phrases.phrase_file import PhraseError, checked, parse

_TABLE: Final[re.Pattern[str]] = re.compile(r"\s*\[\[\s*phrase\s*\]\]")
_RIME_NAME: Final[re.Pattern[str]] = re.compile(r"#@/db_(name\s+custom_phrase|type\s+tabledb)")
_CODED: Final[re.Pattern[str]] = re.compile(r"([^\t]+)\t[A-Za-z]+(\t[\d.%]*)?\s*")
_GBOARD_HEAD: Final[str] = "# Gboard Dictionary"
# `code text`: texts of letters alone are codes of Rime's; of ASCII with spaces they may be English prose.
_CODE_FIRST: Final[re.Pattern[str]] = re.compile(
    r"[A-Za-z]+(?:\t(?=[^\t]*[^\tA-Za-z])|[ \t]+(?![ \t])(?=[^\t]*[^\x00-\x7f])).+"
)
_MOST: Final[int] = 1000  # lines; nobody writes so many phrases by hand
_ENTRY: Final[re.Pattern[str]] = re.compile(r"([A-Za-z]+)(?:,(-?\d{1,9}))?=(.*)")
_LOOSE_ENTRY: Final[re.Pattern[str]] = re.compile(r"([A-Za-z]+)\s*(?:,\s*(-?\d{1,9})\s*)?=(.*)")
_THEIR_VARIABLE: Final[re.Pattern[str]] = re.compile(r"\$(?:\{([A-Za-z0-9_]+)\}|([A-Za-z0-9_]+)|(\$))")
_TOKEN_OF: Final[dict[str, str]] = {  # what fcitx5 and Sogou call a variable, and our pattern
    "year": "date:YYYY",
    "year_yy": "date:YY",
    "year_cn": "date:CYYYY",
    "year_yy_cn": "date:CYY",
    "month": "date:M",
    "month_mm": "date:MM",
    "month_cn": "date:CM",
    "day": "date:D",
    "day_dd": "date:DD",
    "day_cn": "date:CD",
    "weekday": "weekday:w",
    "weekday_cn": "weekday:W",
    "fullhour_hh": "time:HH",
    "fullhour": "time:HH",
    "fullhour_cn": "time:CH",
    "halfhour_hh": "time:hh",
    "halfhour": "time:hh",
    "halfhour_cn": "time:Ch",
    "ampm": "time:AP",
    "ampm_cn": "time:A",
    "minute": "time:mm",
    "minute_cn": "time:Cm",
    "second": "time:ss",
    "second_cn": "time:Cs",
}
_THEIRS: Final[dict[str, str]] = {token.partition(":")[2]: name for name, token in _TOKEN_OF.items()}
_RIME_HEAD: Final[str] = (
    "# Rime table\n# coding: utf-8\n#@/db_name\tcustom_phrase.txt\n#@/db_type\ttabledb\n#"
)
_HEAVIEST: Final[int] = 1_000_000  # the weight of the first phrase that is written for Rime


@dataclass(frozen=True)
class Written:
    """The result of writing: how many phrases were written, and the codes of those that could not be."""

    count: int
    left_out: tuple[str, ...] = ()


def holds_phrases(path: Path) -> bool | None:
    """Return whether a file holds custom phrases, and not words; None if it may be either. Raises OSError.

    Nothing but phrases has `code,1=text`, a head that says so, or codes that do not spell their texts
    (`100000⇥qq`). Words have their readings in syllables, or stand alone.
    """
    with plain_file(path) as file:
        return _holds_phrases(file)


def _holds_phrases(path: Path) -> bool | None:
    with path.open("rb") as file:
        head = file.read(16)
    if is_microsoft(head) or is_scel(head):
        return is_microsoft(head)
    if text_replacements(path) is not None:
        return True
    if is_binary(path):
        return None
    lines = list(islice(numbered_lines(path), _MOST + 1))
    texts = [line for _, line in lines]
    if any(map(_TABLE.match, texts)) or any(map(_RIME_NAME.match, texts)):
        return True
    content = [line for _, line in content_lines(lines) if not line.startswith((";", "["))]
    if is_dictionary(texts) or not content:
        return False if is_dictionary(texts) else None
    entries = [found for found in map(_LOOSE_ENTRY.fullmatch, content) if found]
    if 2 * len(entries) > len(content) or any(found[2] for found in entries):
        return True
    n_word = sum(map(is_word_line, content))
    n_phrase = sum(_is_coded(line) and not is_word_line(line) for line in content)
    enough = 1 if texts[0].startswith(_GBOARD_HEAD) else len(content) // 2 + 1
    if n_phrase >= enough and len(lines) <= _MOST:
        return True
    return False if 2 * n_word > len(content) else None


def read_phrases(path: Path) -> Iterator[CustomPhrase | BadLine]:
    """Yield the phrases of a file in the order in which they are offered, wrong lines among them.

    Raises OSError.
    """
    with plain_file(path) as file:
        yield from _read_phrases(file)


def _read_phrases(path: Path) -> Iterator[CustomPhrase | BadLine]:
    if is_microsoft(data := path.read_bytes()):
        rows: Iterable[_Row | BadLine] = (
            _Row(number, code, as_written(text), order, place)
            for number, code, text, order, place in microsoft_phrases(data)
        )
    elif (replaced := text_replacements(path)) is not None:
        numbered = enumerate(replaced, start=1)
        rows = (_Row(number, code, as_written(text), number) for number, (code, text) in numbered)
    elif is_binary(path):
        rows = [NO_TEXT]
    else:
        text = file_text(path)
        if any(map(_TABLE.match, text.split("\n"))):
            file = parse(text)
            yield from file.phrases
            yield from (BadLine(wrong.line, wrong.reason) for wrong in file.wrong)
            return
        lines = text.split("\n")
        if _is_code_first(lines):
            rows = _code_first_rows(lines)
        else:
            rows = _rime_rows(lines) if _is_rime(lines) else _entry_rows(lines)
    yield from _in_order(rows)


def write_phrases(
    phrases: Sequence[CustomPhrase], path: Path, form: str, formats: Mapping[str, str]
) -> Written:
    """Write the phrases for `form`, a name of FORMS. Raises OSError."""
    data, left_out = _WRITERS[form](phrases, formats)
    write_bytes(path, data)
    return Written(len(phrases) - len(left_out), tuple(phrase.code for phrase in left_out))


# Reading.


@dataclass(frozen=True)
class _Row:
    """`order`: the lower first; `place`: the one among the candidates, from 1."""

    number: int
    code: str
    text: str
    order: float
    place: int = 1


def _in_order(rows: Iterable[_Row | BadLine]) -> Iterator[CustomPhrase | BadLine]:
    found: list[tuple[float, CustomPhrase]] = []
    bad: list[BadLine] = []
    for row in rows:
        if isinstance(row, BadLine):
            bad.append(row)
            continue
        try:
            place = 1 if row.place <= 1 else 2
            found.append((row.order, checked(CustomPhrase(row.code.lower(), row.text, place))))
        except PhraseError as error:
            bad.append(BadLine(row.number, error.message))
    firsts = {phrase.code: number for number, (_, phrase) in reversed(list(enumerate(found)))}
    found.sort(key=lambda each: (firsts[each[1].code], each[0]))  # codes as in the file, texts by their order
    yield from (phrase for _, phrase in found)
    yield from bad


def _is_coded(line: str) -> bool:
    return _CODED.fullmatch(line) is not None or _CODE_FIRST.fullmatch(line) is not None


def _is_code_first(lines: Sequence[str]) -> bool:
    """Return whether the first line says so, or most lines are a code with its text behind."""
    content = [line for line in lines[:200] if line.strip() and not line.startswith("#")]
    n_such = sum(_CODE_FIRST.fullmatch(line) is not None for line in content)
    return lines[0].startswith(_GBOARD_HEAD) or 2 * n_such > len(content)


def _code_first_rows(lines: Sequence[str]) -> Iterator[_Row | BadLine]:
    is_gboard = lines[0].startswith(_GBOARD_HEAD)
    for number, line in content_lines(enumerate(lines, start=1)):
        parts = line.split("\t") if is_gboard else line.split(None, 1)
        code, text = (parts[0].strip(), parts[1].strip()) if len(parts) > 1 else ("", "")
        if code and text:
            text = text if is_gboard else text.partition("\t")[0]
            yield _Row(number, code, as_written(_unquoted(text)), number)
        else:
            yield _bad(number, Kind.CODE_AND_TEXT, Kind.SOMETHING_ELSE)


def _is_rime(lines: Sequence[str]) -> bool:
    """Return whether the first line says so, or most lines have a tab and a code behind it."""
    content = [line for line in lines[:200] if line.strip() and not line.startswith("#")]
    with_code = sum(re.fullmatch(r"[^\t]+\t[^\t=]+(\t[\d.%]*)?", line) is not None for line in content)
    return any(line.startswith("# Rime") for line in lines[:3]) or 2 * with_code > len(content)


def _rime_rows(lines: Sequence[str]) -> Iterator[_Row | BadLine]:
    for number, line in content_lines(enumerate(lines, start=1)):
        text, _, rest = line.partition("\t")
        code, _, weight = rest.partition("\t")
        if not code.strip():
            yield _bad(number, Kind.RIME_PHRASE, Kind.NO_CODE)
            continue
        heavy = float(weight) if re.fullmatch(r"\s*\d+(\.\d*)?\s*", weight) else 0.0
        yield _Row(number, "".join(code.split()), as_written(text), -heavy)


def _entry_rows(lines: Sequence[str]) -> Iterator[_Row | BadLine]:
    """`code,1=text`; below `code,1=` alone stands a text of several lines, up to the next entry."""
    number = 0
    while number < len(lines):
        line, number = lines[number], number + 1
        entry = _LOOSE_ENTRY.fullmatch(line)
        if entry is None:
            if line.strip() and line[0] not in ";#[":
                yield _bad(number, Kind.ENTRY_PHRASE, Kind.SOMETHING_ELSE)
            continue
        first, text = number, entry[3]
        if not text:
            end = number
            while end < len(lines) and not _ENTRY.fullmatch(lines[end]):
                end += 1
            text, number = "\n".join(lines[number:end]).rstrip("\n"), end
        elif line[entry.start(3) - 2].isspace():
            text = text.strip()
        order = int(entry[2] or 1)
        if order <= 0:
            yield _bad(first, Kind.PLACE_FROM_ONE, Kind.PHRASE_OFF)
            continue
        value = _ours(_unquoted(text))
        if value is None:
            yield _bad(first, Kind.KNOWN_VARIABLES, Kind.ANOTHER)
        else:
            yield _Row(first, entry[1], value, order, order)


def _unquoted(text: str) -> str:
    r"""`"a\nb"` of fcitx5 is two lines."""
    if len(text) < 2 or not (text.startswith('"') and text.endswith('"')) or "\n" in text:
        return text
    known = {"n": "\n", "t": "\t", "r": "\r"}
    return re.sub(r"\\(.)", lambda found: known.get(found[1], found[1]), text[1:-1])


def _ours(text: str) -> str | None:
    """Return the text with our variables for theirs, None where we have none. Only behind `#` are any."""
    if not text.startswith("#") or "$" not in text:
        return as_written(text)
    unknown = False

    def token(found: re.Match[str]) -> str:
        nonlocal unknown
        if found[3]:
            return "$"
        name = _TOKEN_OF.get(found[1] or found[2])
        unknown = unknown or name is None
        return f"{{{name}}}"

    ours = _THEIR_VARIABLE.sub(token, as_written(text[1:]))
    return None if unknown else ours


def _bad(number: int, expected: Kind, found: Kind) -> BadLine:
    return BadLine(number, PhraseError.of(says(expected), says(found)).message)


# Writing.


Formats = Mapping[str, str]
Left = list[CustomPhrase]


def _theirs(phrase: CustomPhrase, formats: Formats) -> str | None:
    """Return the text with fcitx5's and Sogou's variables; None where they have none such."""
    pieces = pieces_of(phrase.text, formats)
    if not any(is_token for is_token, _ in pieces):
        return "".join(text for _, text in pieces)
    if any(is_token and text not in _THEIRS for is_token, text in pieces):
        return None
    return "#" + "".join(
        f"${{{_THEIRS[text]}}}" if is_token else text.replace("$", "$$") for is_token, text in pieces
    )


def _numbered(phrases: Iterable[CustomPhrase]) -> Iterator[tuple[int, CustomPhrase]]:
    """Each with its place among the candidates of its code, from 1."""
    last: dict[str, int] = {}
    firsts: dict[str, int] = {}
    phrases = list(phrases)
    for phrase in phrases:
        firsts.setdefault(phrase.code, len(firsts))
    for phrase in sorted(phrases, key=lambda each: (firsts[each.code], each.place)):
        last[phrase.code] = max(last.get(phrase.code, 0) + 1, phrase.place)
        yield last[phrase.code], phrase


def _entries(phrases: Sequence[CustomPhrase], formats: Formats, quoted: bool) -> tuple[list[str], Left]:
    lines, left = [], []
    for place, phrase in _numbered(phrases):
        text = _theirs(phrase, formats)
        if text is None:
            left.append(phrase)
        elif quoted and re.search(r'[\n\t\r\\"]', text):
            escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n").replace("\t", "\\t")
            lines.append(f'{phrase.code},{place}="{escaped}"')
        else:
            begin = "\n" if "\n" in text else ""
            lines.append(f"{phrase.code},{place}={begin}{text}")
    return lines, left


def _fcitx(phrases: Sequence[CustomPhrase], formats: Formats) -> tuple[bytes, Left]:
    lines, left = _entries(phrases, formats, quoted=True)
    return "".join(f"{line}\n" for line in lines).encode(), left


def _sogou(phrases: Sequence[CustomPhrase], formats: Formats) -> tuple[bytes, Left]:
    """Write Sogou's entries; a line of a text that looks like an entry would begin another phrase there."""
    unsafe = [each for each in phrases if any(map(_ENTRY.fullmatch, each.text.split("\n")[1:]))]
    lines, left = _entries([each for each in phrases if each not in unsafe], formats, quoted=False)
    text = "\n".join(["; 墨音导出的自定义短语", *lines, ""]).replace("\n", "\r\n")
    return text.encode("utf-16"), [*unsafe, *left]


def _rime(phrases: Sequence[CustomPhrase], formats: Formats) -> tuple[bytes, Left]:
    """Return one line a phrase, without variables and places; weights give the order."""
    fixed = [each for each in phrases if not has_variables(each.text) and not set(each.text) & set("\t\n\r")]
    lines = [
        f"{_literal(each)}\t{each.code}\t{_HEAVIEST - number}"
        for number, (_, each) in enumerate(_numbered(fixed))
    ]
    text = "\n".join([_RIME_HEAD, "# no comment", *lines, ""])
    return text.encode(), [each for each in phrases if each not in fixed]


def _microsoft(phrases: Sequence[CustomPhrase], formats: Formats) -> tuple[bytes, Left]:
    fixed = [each for each in phrases if not has_variables(each.text)]
    rows = [(each.code, _literal(each), min(place, 9)) for place, each in _numbered(fixed)]
    return microsoft_bytes(rows), [each for each in phrases if each not in fixed]


def _literal(phrase: CustomPhrase) -> str:
    return "".join(text for _, text in pieces_of(phrase.text))


_WRITERS: Final[dict[str, Callable[[Sequence[CustomPhrase], Formats], tuple[bytes, Left]]]] = {
    "fcitx5": _fcitx,
    "rime": _rime,
    "sogou": _sogou,
    "microsoft": _microsoft,
}
FORMS: Final[tuple[str, ...]] = tuple(_WRITERS)
