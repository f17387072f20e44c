"""Keep measured figures in a file, docs/benchmarks.tsv, one figure a line.

Every command that measures for the page of figures replaces its own lines there (`--tsv FILE`), so that a
diff of the file shows what became better or worse. A figure keeps what it was measured on.
"""

from __future__ import annotations

import hashlib
import platform
import shutil
import subprocess
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from importlib.metadata import version
from pathlib import Path
from typing import Final

from engine.error_kinds import Kind
from engine.errors import Message, MoyinError, says, short_repr
from engine.model.bundle import Bundle
from engine.model.manifest import MANIFEST
from resources import MODEL

COLUMNS: Final = ("figure", "value", "unit", "command", "bundle", "commit", "machine", "date")

_MEASURED: Final = ("engine", "ime_app", "training", "resources")  # a change elsewhere changes no figure


class FigureError(MoyinError):
    """A line of the file of figures that cannot be read; the message names file, line and what was found."""


@dataclass(frozen=True)
class Origin:
    """The circumstances of a measurement: the command, the bundle, the commit, the machine, the day."""

    command: str
    bundle: str
    commit: str
    machine: str
    day: str


@dataclass(frozen=True)
class Figure:
    """One measured number, by a name with dots from the general to the special (`latency.full.p95`)."""

    name: str
    value: float
    unit: str
    origin: Origin


def origin_of(command: str, bundle: Path | None = None) -> Origin:
    """Return the origin of what `command` measures here and now. Raises BundleError."""
    return Origin(command, bundle_label(bundle or MODEL), _commit(), processor(), date.today().isoformat())


def bundle_label(folder: Path) -> str:
    """Return a bundle's name and the first 8 digits of its manifest's sha256, which covers every file."""
    digest = hashlib.sha256((folder / MANIFEST).read_bytes()).hexdigest()
    return f"{Bundle.load(folder).name} {digest[:8]}"


def _commit() -> str:
    """Return the short hash of the checkout, `+` behind it if its code differs; "unknown" without git."""
    git = shutil.which("git")
    head = _run_git(git, "rev-parse", "--short", "HEAD").strip()
    changed = _run_git(git, "diff", "HEAD", "--", *(f":(top){name}" for name in _MEASURED))
    return (head or "unknown") + ("+" if changed else "")


def _run_git(git: str | None, *arguments: str) -> str:
    if git is None:
        return ""
    command = [git, "-C", str(Path(__file__).parent), *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False).stdout


def read_figures(path: Path) -> dict[str, Figure]:
    """Return the figures of a file by name; none where there is no file. Raises FigureError."""
    if not path.exists():
        return {}
    lines = path.read_text(encoding="utf-8").splitlines()
    if lines[:1] != ["\t".join(COLUMNS)]:
        raise _wrong(path, 1, says(Kind.COLUMNS_NAMED, names=", ".join(COLUMNS)), short_repr(lines[:1]))
    found = [_figure_of(line, path, number) for number, line in enumerate(lines[1:], start=2)]
    return {figure.name: figure for figure in found}


def _figure_of(line: str, path: Path, number: int) -> Figure:
    cells = line.split("\t")
    if len(cells) != len(COLUMNS):
        raise _wrong(path, number, says(Kind.COLUMNS, number=len(COLUMNS)), f"{len(cells)}")
    name, value, unit, *origin = cells
    try:
        return Figure(name, float(value), unit, Origin(*origin))
    except ValueError as error:
        raise _wrong(path, number, says(Kind.A_NUMBER), short_repr(value)) from error


def _wrong(path: Path, line: int, expected: Message, found: str) -> FigureError:
    reason = says(Kind.EXPECTED_FOUND, expected=expected, found=found)
    return FigureError(says(Kind.IN_LINE, path=path, line=line, reason=reason))


def record_figures(path: Path, figures: Iterable[Figure]) -> None:
    """Replace these figures in the file, keep the others, and sort by name. Raises FigureError or OSError."""
    found = read_figures(path) | {figure.name: figure for figure in figures}
    lines = ["\t".join(COLUMNS), *(_line_of(found[name]) for name in sorted(found))]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


def _line_of(figure: Figure) -> str:
    origin = figure.origin
    cells = (figure.name, f"{figure.value:.5g}", figure.unit, origin.command, origin.bundle)
    return "\t".join((*cells, origin.commit, origin.machine, origin.day))


def environment() -> str:
    """Return machine, Python and onnxruntime in one line."""
    return (
        f"{processor()}; {platform.system()} {platform.release()}; Python {platform.python_version()}, "
        f"onnxruntime {version('onnxruntime')}, numpy {version('numpy')}"
    )


def processor() -> str:
    """Return the number and the name of the processors, or the architecture where /proc is missing."""
    path = Path("/proc/cpuinfo")
    lines = path.read_text(encoding="utf-8").splitlines() if path.is_file() else []
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return f"{len(names)} x {names[0]}" if names else platform.machine()
