"""Turn running text into cases for the engine's benchmarks: `python -m training cases TEXT --output FILE`;
or the held-out part of a prepared corpus: `python -m training held-out-cases DATA --output FILE`.

A case is a run of hanzi between two marks, in the order of the text, with the text before it in its
paragraph: what one person would have typed one after the other.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from itertools import islice, pairwise, zip_longest
from pathlib import Path

import numpy as np
import numpy.typing as npt

from engine.lexicon.vocabulary import LATIN, NUMBER, SPECIALS, Vocabulary
from engine.model.ngram import BOUNDARY_MARKS
from engine.spelling.syllable import SYLLABLES
from training.corpus.pinyin_annotation import CODE_SHIFT, FIRST_HANZI_CODE, annotate_line
from training.corpus.shards import Shards
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
    return write_case_lines(output, islice(cases, limit))


def held_out_clauses(data: Path, shortest: int, longest: int) -> Iterator[dict[str, object]]:
    """Yield the clauses of the held-out text of all sources that have nothing but so many hanzi, the
    sources in turn.

    `data`: a folder that `prepare` wrote; nothing is trained on its held-out text.
    """
    vocabulary = Vocabulary.load(data / "vocabulary.tsv")
    marks = [SPECIALS.index(mark) for mark in BOUNDARY_MARKS]
    by_source: list[list[dict[str, object]]] = [
        [
            {
                "id": f"{name}-{start}",
                "pinyin": [SYLLABLES[vocabulary.syllable_of_token(token)] for token in tokens],
                "hanzi": vocabulary.text(tokens),
            }
            for start, tokens in _runs_between(np.asarray(stream), marks)
            if shortest <= len(tokens) <= longest and min(tokens) >= vocabulary.n_special
        ]
        for name, stream in Shards(data, "valid", vocabulary).streams.items()
    ]
    yield from (case for row in zip_longest(*by_source) for case in row if case is not None)


def _runs_between(stream: npt.NDArray[np.uint16], marks: list[int]) -> Iterator[tuple[int, list[int]]]:
    """Yield where each run of tokens between two marks begins, and the run."""
    ends = np.flatnonzero(np.isin(stream, marks))
    for before, end in pairwise(ends.tolist()):
        yield before + 1, stream[before + 1 : end].tolist()


def write_held_out(data: Path, output: Path, shortest: int, longest: int, limit: int | None = None) -> int:
    """Write such clauses of a prepared corpus; how many there were."""
    return write_case_lines(output, islice(held_out_clauses(data, shortest, longest), limit))


def write_case_lines(output: Path, cases: Iterable[dict[str, object]]) -> int:
    """Write cases as JSON lines; how many there were."""
    rows = [json.dumps(case, ensure_ascii=False) + "\n" for case in cases]
    output.write_text("".join(rows), encoding="utf-8")
    return len(rows)
