"""Measure what export and int8 cost: PyTorch fp32, ONNX fp32 and ONNX int8 side by side."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
from tqdm import tqdm

from engine.conversion.converter import Converter, SearchOptions
from engine.evaluation.accuracy import Score, evaluate_accuracy
from engine.evaluation.cases import Case
from engine.factory import parts_around
from engine.lexicon.vocabulary import SPECIALS, START, Vocabulary
from engine.model.decoder import Decoder
from engine.model.ngram import NgramModel
from engine.spelling.syllable import syllable_of
from training.errors import WorkshopError


class ParityError(WorkshopError):
    """Cases that nothing can be measured on."""


CALL_ROWS, CALL_CACHE = 16, 96  # what a key costs: a beam of 16 behind some 100 cached rows


@dataclass(frozen=True)
class ParityRow:
    """One form of the decoder. Differences are to the first row, in nats a reading."""

    name: str
    log_prob: float  # mean over readings of the right texts
    mean_difference: float
    largest_difference: float
    score: Score
    megabytes: float
    call_ms: float  # median of one call of CALL_ROWS rows


def reading_log_probs(
    decoder: Decoder, vocabulary: Vocabulary, tokens: Sequence[int]
) -> npt.NDArray[np.float64]:
    """Return log P(reading | START and the readings before it), shape (len(tokens),), in one call."""
    n = len(tokens)
    history = np.array([SPECIALS.index(START), *tokens[:-1]], dtype=np.int64)
    cache = np.zeros((0, decoder.n_layer, 2, decoder.n_embd), dtype=np.float32)
    output = decoder.forward(
        history, np.arange(n, dtype=np.int64), cache, np.tril(np.ones((n, n), dtype=bool))
    )
    values = np.empty(n)
    for i, token in enumerate(tokens):
        syllable = vocabulary.syllable_of_token(token)
        start, end = vocabulary.reading_range(syllable, syllable + 1)
        logits = decoder.reading_logits(output.hidden[i : i + 1], start, end)[0].astype(np.float64)
        values[i] = logits[token - start] - np.logaddexp.reduce(logits)
        values[i] += output.class_log_probs[i, vocabulary.n_special + syllable]
    return values


def tokens_of(case: Case, vocabulary: Vocabulary) -> list[int] | None:
    """Return the readings of a case, None if one is not in the vocabulary."""
    ids = []
    for hanzi, spelling in zip(case.hanzi, case.pinyin, strict=False):
        syllable = syllable_of(spelling)
        token = None if syllable is None else vocabulary.id_of_reading.get((hanzi, syllable))
        if token is None:
            return None
        ids.append(token)
    return ids


def compare_decoders(
    decoders: Mapping[str, tuple[Decoder, float]],
    vocabulary: Vocabulary,
    ngram: NgramModel | None,
    cases: Sequence[Case],
    block_size: int,
) -> list[ParityRow]:
    """Return a row for each (decoder, megabytes), the first being what the others are compared with.

    Raises ParityError if no case can be used.
    """
    texts = [tokens for case in cases if (tokens := tokens_of(case, vocabulary))]
    if not texts:
        raise ParityError(f"none of the {len(cases)} cases has readings that are all in the vocabulary")
    options = SearchOptions(block_size=block_size)
    rows: list[ParityRow] = []
    reference: npt.NDArray[np.float64] | None = None
    for name, (decoder, megabytes) in decoders.items():
        values = np.concatenate([reading_log_probs(decoder, vocabulary, tokens) for tokens in texts])
        reference = values if reference is None else reference
        differences = np.abs(values - reference)
        converter = Converter(parts_around(decoder, vocabulary, ngram), options)
        rows.append(
            ParityRow(
                name=name,
                log_prob=float(values.mean()),
                mean_difference=float(differences.mean()),
                largest_difference=float(differences.max()),
                score=evaluate_accuracy(converter, tqdm(cases, desc=name, unit="case")),
                megabytes=megabytes,
                call_ms=call_ms(decoder),
            )
        )
    return rows


def call_ms(decoder: Decoder, runs: int = 50) -> float:
    """Return the median milliseconds of a call of CALL_ROWS rows behind CALL_CACHE cached ones."""
    rng = np.random.default_rng(0)
    tokens = rng.integers(decoder.n_token // 2, decoder.n_token, CALL_ROWS)
    cache = rng.standard_normal((CALL_CACHE, decoder.n_layer, 2, decoder.n_embd)).astype(np.float32)
    mask = rng.random((CALL_ROWS, CALL_CACHE + CALL_ROWS)) < 0.3
    mask[:, CALL_CACHE:] = np.eye(CALL_ROWS, dtype=bool)
    positions = np.full(CALL_ROWS, 40)
    times = []
    for _ in range(runs):
        start = time.perf_counter()
        decoder.forward(tokens, positions, cache, mask)
        times.append((time.perf_counter() - start) * 1000)
    return float(np.median(times))


def parity_report(rows: Sequence[ParityRow], n_case: int) -> str:
    """Return the report as Markdown."""
    lines = [
        f"{n_case} sentences typed as joined letters. log P: of the right readings, nats a reading;",
        "differences of it to the first row.",
        "",
        "| decoder | log P | mean diff. | largest | first % | first five % | characters % | MB | ms a call |",
        "|---|---|---|---|---|---|---|---|---|",
    ]
    for row in rows:
        first, five, characters = row.score.percent
        lines.append(
            f"| {row.name} | {row.log_prob:.4f} | {row.mean_difference:.5f} | {row.largest_difference:.4f} "
            f"| {first:.1f} | {five:.1f} | {characters:.1f} | {row.megabytes:.1f} | {row.call_ms:.2f} |"
        )
    return "\n".join(lines) + "\n"


def write_report(path: Path, rows: Sequence[ParityRow], n_case: int) -> None:
    """Write the report to a file."""
    path.write_text("# Parity of the exported decoder\n\n" + parity_report(rows, n_case), encoding="utf-8")
