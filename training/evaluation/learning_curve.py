"""Run `python -m training curve`: accuracy against training tokens, and the gain of a doubling.

Checkpoints are of one run, or of several that continued one another.
"""

from __future__ import annotations

import csv
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from engine.conversion.converter import Converter
from engine.evaluation.accuracy import evaluate_accuracy
from engine.evaluation.cases import Case, read_set
from engine.factory import create_converter
from engine.model.bundle import Bundle
from training.errors import WorkshopError
from training.export.bundle_export import export
from training.model.trained import load_trained


@dataclass(frozen=True)
class Point:
    """A checkpoint: millions of tokens it has seen; means over the sets, in percent."""

    tokens: float
    first: float
    first_five: float
    characters: float


def measure_curve(converter: Converter, tokens: float, sets: Sequence[list[Case]]) -> Point:
    """Return the point of a converter that was trained on so many million tokens."""
    means = np.mean([evaluate_accuracy(converter, cases).percent for cases in sets], axis=0)
    return Point(tokens, *(float(mean) for mean in means))


def draw(models: Sequence[Path], sets: Sequence[Path], limit: int | None, bundle: Path, output: Path) -> str:
    """Measure the models, add what stands in the table beside `output` already, and draw; one line.

    A model is RUN/model.pt or a bundle.
    """
    cases = [[replace(case, context="") for case in read_set(path, limit)] for path in sets]
    shipped = Bundle.load(bundle)
    table = output.with_suffix(".csv")
    points = {point.tokens: point for point in (read_table(table) if table.exists() else [])}
    for model in models:
        converter, tokens = _load(model, shipped)
        points[tokens] = measure_curve(converter, tokens, cases)
        write_table([points[tokens] for tokens in sorted(points)], table)
        print(points[tokens], flush=True)
    ascending = [points[tokens] for tokens in sorted(points)]
    plot(ascending, output)
    return f"{gain_of_doubling(ascending):+.2f} points of the first candidate a doubling; {output}, {table}"


def _load(model: Path, shipped: Bundle) -> tuple[Converter, float]:
    """Return the shipped search over a checkpoint or bundle, and the millions of tokens that it has seen.

    A checkpoint is taken in int8, with the n-grams of `shipped`.
    """
    if model.is_dir():
        bundle = Bundle.load(model)
        return create_converter(bundle), million_tokens(bundle.manifest.provenance["training"])
    trained = load_trained(model)
    if trained.vocabulary.hash != shipped.vocabulary.hash:
        raise WorkshopError(
            f"{model} was trained with another vocabulary than {shipped.name}; prepare with it"
        )
    packed, words = (path.read_bytes() if path else None for path in (shipped.ngram_path, shipped.words_path))
    with tempfile.TemporaryDirectory() as folder:
        export(trained, Path(folder), "curve", packed, [], words=words)
        return create_converter(Path(folder)), million_tokens(trained.progress)


def million_tokens(progress: dict[str, Any]) -> float:
    """Return the tokens seen in the run and in those that it continues.

    >>> million_tokens({"tokens": 2e6, "begun_from": {"tokens": 30e6}})
    32.0
    """
    seen = 0.0
    while progress:
        seen += progress["tokens"]
        progress = progress.get("begun_from", {})
    return round(seen / 1e6, 1)


def gain_of_doubling(points: Sequence[Point]) -> float:
    """Return the points of the first candidate that twice the tokens give: the slope over log2.

    >>> gain_of_doubling([Point(10, 40, 0, 0), Point(20, 43, 0, 0), Point(40, 46, 0, 0)])
    3.0
    """
    if len({point.tokens for point in points}) < 2:
        raise WorkshopError("a curve needs checkpoints after different numbers of tokens")
    slope, _ = np.polyfit(np.log2([point.tokens for point in points]), [point.first for point in points], 1)
    return round(float(slope), 3)


def write_table(points: Sequence[Point], path: Path) -> None:
    """Write the points as CSV."""
    with path.open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file, lineterminator="\n")
        rows.writerow(["million_tokens", "first", "first_five", "characters"])
        rows.writerows([p.tokens, p.first, p.first_five, p.characters] for p in points)


def read_table(path: Path) -> list[Point]:
    """Return the points of a file of `write_table`."""
    with path.open(encoding="utf-8", newline="") as file:
        return [Point(*map(float, row)) for row in list(csv.reader(file))[1:]]


def plot(points: Sequence[Point], path: Path) -> None:
    """Plot first candidate and first five against tokens, on a scale of doublings."""
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot

    figure, axes = pyplot.subplots(figsize=(7, 4.2))
    tokens = [point.tokens for point in points]
    axes.plot(tokens, [point.first for point in points], marker="o", label="first candidate")
    axes.plot(tokens, [point.first_five for point in points], marker="o", label="among the first five")
    axes.set_xscale("log", base=2)
    axes.set_xticks(tokens, [f"{value:.0f}" for value in tokens])
    axes.minorticks_off()
    axes.set(xlabel="million tokens", ylabel="% of sentences, mean of the sets", title=_title(points))
    axes.grid(alpha=0.3)
    axes.legend()
    figure.savefig(path, dpi=110, bbox_inches="tight")
    pyplot.close(figure)


def _title(points: Sequence[Point]) -> str:
    return f"Accuracy against training tokens: {gain_of_doubling(points):+.1f} points a doubling"
