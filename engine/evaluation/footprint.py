"""Measure what starting costs: time to the first candidates, memory, the size of the bundle.

Each figure comes from a fresh process: `python -m engine.evaluation.footprint` is that process, and reports
one JSON line.
"""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median
from typing import Final

FIRST_KEYS: Final[str] = "nihao"
LONG_KEYS: Final[str] = "womenxianzaiyaoqushangkeranhouyiqiquchifan"
SURROUNDING: Final[str] = "今天早上的天气非常好，我和几个朋友约好了在学校门口见面，"


@dataclass(frozen=True)
class Footprint:
    """The figures of one process: seconds since its start was asked for, megabytes (10^6) resident.

    `engine_s`: until the converter stood; `first_s`: until the first candidates; `loaded_mb`: then;
    `typed_mb`: after a long input was typed; `peak_mb`: at most.
    """

    engine_s: float
    first_s: float
    loaded_mb: float
    typed_mb: float
    peak_mb: float


def probe(started: float, bundle: str, fake: bool) -> Footprint:
    """Load and type in this process; `started`: `time.time()` before it was started."""
    from engine.converter_choice import ConverterChoice

    converter = ConverterChoice(Path(bundle) if bundle else None, fake=fake).create()
    engine_s = time.time() - started
    converter.convert(FIRST_KEYS)
    first_s = time.time() - started
    loaded_mb = resident_mb("VmRSS")
    converter.set_surrounding_text(SURROUNDING)
    for end in range(1, len(LONG_KEYS) + 1):
        converter.convert(LONG_KEYS[:end])
        converter.warm()
    return Footprint(engine_s, first_s, loaded_mb, resident_mb("VmRSS"), resident_mb("VmHWM"))


def resident_mb(field: str) -> float:
    """Return the memory of this process by /proc: `VmRSS` now, `VmHWM` at most; 0 without /proc."""
    status = Path("/proc/self/status")
    lines = status.read_text(encoding="ascii").splitlines() if status.is_file() else []
    return next((int(line.split()[1]) * 1024 / 1e6 for line in lines if line.startswith(field + ":")), 0.0)


def measure_footprint(bundle: Path | None, fake: bool, runs: int) -> Footprint:
    """Return the median of each figure over `runs` fresh processes."""
    module = "engine.evaluation.footprint"
    rows = [run_probe(module, str(time.time()), str(bundle or ""), str(int(fake))) for _ in range(runs)]
    return Footprint(**medians(rows))


def run_probe(module: str, *arguments: str) -> dict[str, float]:
    """Return the figures that a module prints as JSON in a process of its own. Raises OSError."""
    command = [sys.executable, "-m", module, *arguments]
    result = subprocess.run(command, capture_output=True, text=True, check=False)
    if result.returncode != 0:
        raise OSError(f"expected figures from {command}, found status {result.returncode}: {result.stderr}")
    return dict(json.loads(result.stdout))


def medians(rows: Sequence[dict[str, float]]) -> dict[str, float]:
    """Return the median of each figure; every row has the same."""
    return {name: median(row[name] for row in rows) for name in rows[0]}


def main(arguments: list[str]) -> None:
    """Be the fresh process; the arguments are the start, the bundle, whether it is the fake."""
    started, bundle, fake = arguments
    print(json.dumps(asdict(probe(float(started), bundle, fake == "1"))))


if __name__ == "__main__":
    main(sys.argv[1:])
