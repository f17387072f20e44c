"""Show accuracy against size against delay: one table and its picture.

A row that was measured is kept as a line of JSON, so that a table grows without measuring again.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from itertools import cycle
from pathlib import Path
from typing import Final

from engine.evaluation.cases import Case
from engine.model.decoder import Decoder
from engine.model.ngram import NgramModel
from engine.model.onnx_decoder import OnnxDecoder
from training.evaluation.case_outcomes import JudgedModel, engine_hash
from training.evaluation.onnx_parity import CALL_CACHE, CALL_ROWS, compare_decoders, tokens_of
from training.experiments.onnx_variants import forms_of
from training.export.bundle_export import head
from training.model.trained import Trained

_CALIBRATED: Final[int] = 64  # texts that fix the scales of static int8


@dataclass(frozen=True)
class ShrinkRow:
    """One decoder in one form. `log_prob` is of the right readings, nats each."""

    model: str
    form: str
    megabytes: float
    call_ms: float
    log_prob: float
    first: float
    characters: float

    @property
    def name(self) -> str:
        return f"{self.model}, {self.form}"


def measure_variants(
    name: str, trained: Trained, forms: Sequence[str], cases: Sequence[Case], ngram: Path | None
) -> list[ShrinkRow]:
    """Return a row for each form. Raises ParityError if no case can be used."""
    config, vocabulary = trained.decoder.config, trained.vocabulary
    texts = [tokens for case in cases if (tokens := tokens_of(case, vocabulary))]
    weight, bias = head(trained.decoder)
    head_mb = weight.shape[0] * (weight.shape[1] + 8) / 1e6  # int8 by row in the bundle, a scale, a bias
    decoders: dict[str, tuple[Decoder, float]] = {
        form: (OnnxDecoder(graph, weight, bias), len(graph) / 1e6 + head_mb)
        for form, graph in forms_of(trained, texts[:_CALIBRATED], forms).items()
    }
    model = NgramModel.load(ngram) if ngram else None
    found = compare_decoders(decoders, vocabulary, model, cases, config.block_size)
    return [
        ShrinkRow(
            model=name,
            form=row.name,
            megabytes=row.megabytes,
            call_ms=row.call_ms,
            log_prob=row.log_prob,
            first=row.score.percent[0],
            characters=row.score.percent[2],
        )
        for row in found
    ]


class TableRows:
    """The rows that were measured, in a file, found by what they depend on."""

    def __init__(self, path: Path, cases: Sequence[Case], ngram: Path | None) -> None:
        self._path = path
        told = json.dumps([asdict(case) for case in cases], ensure_ascii=False)
        self._what = [hashlib.sha256(told.encode()).hexdigest()[:16], engine_hash()]
        self._what.append(hashlib.sha256(ngram.read_bytes()).hexdigest()[:16] if ngram else "")

    def read(self, model: JudgedModel) -> dict[str, ShrinkRow]:
        """Return form to row, of the model with these very files."""
        lines = self._path.read_text(encoding="utf-8").splitlines() if self._path.exists() else []
        found = [json.loads(line) for line in lines]
        key = [model.hash(), *self._what]
        return {line["row"]["form"]: ShrinkRow(**line["row"]) for line in found if line["key"] == key}

    def add(self, model: JudgedModel, rows: Sequence[ShrinkRow]) -> None:
        """Keep them."""
        self._path.parent.mkdir(parents=True, exist_ok=True)
        with self._path.open("a", encoding="utf-8") as file:
            for row in rows:
                line = {"key": [model.hash(), *self._what], "row": asdict(row)}
                file.write(json.dumps(line, ensure_ascii=False) + "\n")


def markdown(rows: Sequence[ShrinkRow], n_case: int) -> str:
    """Return the table; a star where no other row is smaller, faster and better at once."""
    lines = [
        f"{n_case} sentences typed as joined letters. log P: of the right readings by the decoder alone,",
        f"nats a reading. A call: {CALL_ROWS} rows behind {CALL_CACHE} cached ones, one thread. *: no other",
        "row is smaller, faster and better at once.",
        "",
        "| decoder | form | MB | ms a call | log P | first % | characters % | |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for row in rows:
        star = "" if any(_beats(other, row) for other in rows) else "*"
        lines.append(
            f"| {row.model} | {row.form} | {row.megabytes:.1f} | {row.call_ms:.2f} | {row.log_prob:.3f} "
            f"| {row.first:.1f} | {row.characters:.1f} | {star} |"
        )
    return "\n".join(lines) + "\n"


def _beats(other: ShrinkRow, row: ShrinkRow) -> bool:
    """Return whether a row is never worse in any of the three, and not the same in all."""
    ours = (row.megabytes, row.call_ms, -row.log_prob)
    theirs = (other.megabytes, other.call_ms, -other.log_prob)
    return all(t <= o for t, o in zip(theirs, ours, strict=True)) and theirs != ours


def frontier(rows: Sequence[ShrinkRow], cost: str) -> list[ShrinkRow]:
    """Return the rows that no cheaper one equals, cheapest first.

    They are compared by log P, which says more than a few cases.
    """
    best: list[ShrinkRow] = []
    for row in sorted(rows, key=lambda row: (getattr(row, cost), -row.log_prob)):
        if not best or row.log_prob > best[-1].log_prob:
            best.append(row)
    return best


def plot(rows: Sequence[ShrinkRow], output: Path) -> None:
    """Plot log P against size and against delay in two panels, the frontier joined.

    There is a colour for each model, a shape for each form.
    """
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot
    from matplotlib.lines import Line2D

    from training.evaluation.report_plots import STYLE

    models, forms = (list(dict.fromkeys(getattr(row, kind) for row in rows)) for kind in ("model", "form"))
    colours = dict(zip(models, cycle(matplotlib.color_sequences["Dark2"]), strict=False))
    shapes = dict(zip(forms, cycle("os^vD"), strict=False))
    with matplotlib.rc_context(STYLE):
        figure, panels = pyplot.subplots(1, 2, figsize=(11, 4.6), sharey=True)
        for axes, cost, label in zip(
            panels, ("megabytes", "call_ms"), ("MB of decoder and head", "ms a call"), strict=True
        ):
            edge = frontier(rows, cost)
            axes.plot([getattr(r, cost) for r in edge], [r.log_prob for r in edge], color="#c9ced3", zorder=1)
            for row in rows:
                place = (getattr(row, cost), row.log_prob)
                axes.scatter(
                    *place, color=colours[row.model], marker=shapes[row.form], s=52, alpha=0.8, zorder=2
                )
            axes.set_xlabel(label)
            axes.grid()
        panels[0].set_ylabel("log P of the right readings, nats")
        handles = [Line2D([], [], color=colours[model], linewidth=6, label=model) for model in models]
        handles += [
            Line2D([], [], color="#6b747d", marker=shapes[form], linestyle="", label=form) for form in forms
        ]
        figure.legend(handles=handles, loc="lower center", ncols=len(handles), bbox_to_anchor=(0.5, -0.08))
        figure.savefig(output, bbox_inches="tight", metadata={"Date": None})
        pyplot.close(figure)
