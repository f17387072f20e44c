"""Turn running text into cases for the engine's benchmarks: `python -m training cases TEXT --output FILE`.

A case is a run of hanzi between two marks, in the order of the text, with the text before it in its
paragraph: what one person would have typed one after the other.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path

from engine.lexicon.vocabulary import LATIN, NUMBER, SPECIALS
from engine.spelling.syllable import SYLLABLES
from training.corpus.pinyin_annotation import CODE_SHIFT, FIRST_HANZI_CODE, annotate_line
from training.corpus.text_files import paragraphs

MAX_HANZI = 30
MAX_CONTEXT = 32
_STAND_INS = {NUMBER: "1", LATIN: "a"}  # what the engine reads back as the same token


def held_out_cases_of(lines: Iterable[str], name: str) -> Iterator[dict[str, object]]:
    """Yield cases with id, pinyin, hanzi and, if there is any, context."""
    number = 0
    for line in lines:
        before = ""
        for hanzi, pinyin, mark in _clauses(line):
            if 0 < len(hanzi) <= MAX_HANZI and "" not in pinyin:
                case: dict[str, object] = {"id": f"{name}-{number}", "pinyin": pinyin, "hanzi": hanzi}
                yield case | ({"context": before[-MAX_CONTEXT:]} if before else {})
                number += 1
            before += hanzi + mark


def _clauses(line: str) -> Iterator[tuple[str, list[str], str]]:
    """Yield hanzi, their syllables, and the mark, number or word behind them."""
    hanzi, pinyin = "", []
    for code in annotate_line(line)[1:].tolist():
        if code >= FIRST_HANZI_CODE:
            hanzi += chr(code >> CODE_SHIFT)
            syllable = code % FIRST_HANZI_CODE
            pinyin.append(SYLLABLES[syllable - 1] if syllable else "")
            continue
        special = SPECIALS[code]
        yield hanzi, pinyin, special if len(special) == 1 else _STAND_INS.get(special, " ")
        hanzi, pinyin = "", []
    yield hanzi, pinyin, ""


def write_cases(text: Path, output: Path, limit: int | None = None, skip: int = 0) -> int:
    """Write the cases of a text file (.txt, .xz, .zst); how many there were."""
    cases = islice(held_out_cases_of(paragraphs(text), text.name.partition(".")[0]), skip, None)
    rows = [json.dumps(case, ensure_ascii=False) for case in islice(cases, limit)]
    output.write_text("".join(row + "\n" for row in rows), encoding="utf-8")
    return len(rows)
