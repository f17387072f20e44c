"""Keep the log of a run: RUN/log.csv, RUN/validation.csv and their picture.

A run that continues from a checkpoint takes back the rows that were written after it, so that no step stands
there twice.
"""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Final

from engine.storage.atomic_files import whole_text_file

COLUMNS: Final = ("step", "tokens", "class_loss", "reading_loss", "rate", "tokens_per_s")
VALIDATION_COLUMNS: Final = ("step", "tokens", "source", "loss")


class RunLog:
    """The CSV files of a run that begins, or continues, at `step`."""

    def __init__(self, path: Path, step: int) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._path = path
        self._validation = path.with_name("validation.csv")
        _keep_until(self._path, COLUMNS, step)
        _keep_until(self._validation, VALIDATION_COLUMNS, step)

    def add(self, step: int, tokens: int, losses: tuple[float, float], rate: float, speed: float) -> None:
        """Add a row of every tenth step; losses (class, reading) in nats a token."""
        if step % 10 == 0:
            with self._path.open("a", newline="") as file:
                values = (*(f"{loss:.4f}" for loss in losses), f"{rate:.4f}", f"{speed:.0f}")
                csv.writer(file).writerow((step, tokens, *values))

    def add_validation(self, step: int, tokens: int, losses: dict[str, float]) -> None:
        """Add a row a source of held-out text."""
        with self._validation.open("a", newline="") as file:
            csv.writer(file).writerows((step, tokens, name, f"{loss:.4f}") for name, loss in losses.items())

    def plot(self, path: Path) -> None:
        """Plot training and held-out loss against tokens, as a PNG."""
        from training.pretraining.loss_plot import plot_run

        plot_run(self._path, self._validation, path)


def _keep_until(path: Path, columns: tuple[str, ...], step: int) -> None:
    """Write the file anew with the whole rows of steps up to `step` (0: none)."""
    rows: list[list[str]] = []
    if step and path.exists():
        with path.open(newline="") as file:
            found = [row for row in csv.reader(file) if len(row) == len(columns) and row[0].isdigit()]
        rows = [row for row in found if int(row[0]) <= step]
    with whole_text_file(path, private=False) as file:
        csv.writer(file).writerows([columns, *rows])
