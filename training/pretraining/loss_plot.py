"""Draw the pictures of runs from their CSV files."""

from __future__ import annotations

import csv
from pathlib import Path


def plot_run(log: Path, validation: Path, output: Path) -> None:
    """Plot loss in nats a token against tokens seen: training (smoothed), held-out text by source."""
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot

    rows = _rows(log)
    figure, axes = pyplot.subplots(figsize=(8, 5))
    tokens = [float(row["tokens"]) / 1e6 for row in rows]
    losses = [float(row["class_loss"]) + float(row["reading_loss"]) for row in rows]
    axes.plot(tokens, _smooth(losses), label="training", linewidth=1)
    held_out = [row for row in _rows(validation) if row["source"] == "all"]
    axes.plot(
        [float(row["tokens"]) / 1e6 for row in held_out],
        [float(row["loss"]) for row in held_out],
        label="held out",
        marker="o",
    )
    axes.set(xlabel="million tokens", ylabel="nats a token", title="Decoder training")
    axes.legend()
    axes.grid(alpha=0.3)
    figure.savefig(output, dpi=100, bbox_inches="tight")
    pyplot.close(figure)


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(newline="") as file:
        return list(csv.DictReader(file))


def _smooth(values: list[float], weight: float = 0.9) -> list[float]:
    smoothed: list[float] = []
    for value in values:
        smoothed.append(value if not smoothed else weight * smoothed[-1] + (1 - weight) * value)
    return smoothed
