"""Run `python -m ime_app.tools.start_benchmark`: measure what starting the window costs.

Each figure is the median over fresh processes, counted from the moment their start was asked for. It works
without a display (Qt's offscreen platform).
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
import time
from argparse import ArgumentParser
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from engine.evaluation.figures import Figure

RUNS: Final[int] = 7
FIRST_KEYS: Final[str] = "nihao"
LONG_KEYS: Final[str] = "womenxianzaiyaoqushangkeranhouyiqiquchifan"


@dataclass(frozen=True)
class Start:
    """Seconds until the window was painted, the engine stood and the first keys had candidates.

    Megabytes (10^6) resident: when loaded, after a long input was typed, and at most.
    """

    visible_s: float
    engine_s: float
    first_s: float
    loaded_mb: float
    typed_mb: float
    peak_mb: float


def probe_start(started: float) -> Start:
    """Open the window in this process and type in it; `started`: `time.time()` before the process."""
    from engine.evaluation.footprint import resident_mb
    from ime_app import app
    from ime_app.tools import screenshot

    application = app.create_application()
    with tempfile.TemporaryDirectory() as folder:
        arguments = ["--data-directory", folder, "--settings", f"{folder}/settings.toml"]
        window = app.create_window(app.window_options(arguments))
        window.show()
        application.processEvents()  # the first paint is in here
        visible_s = time.time() - started
        screenshot.wait_until(lambda: not window.controller.is_loading)
        engine_s = time.time() - started
        screenshot.type_letters(window, FIRST_KEYS)
        first_s = time.time() - started
        loaded_mb = resident_mb("VmRSS")
        screenshot.type_letters(window, LONG_KEYS)
        typed_mb = resident_mb("VmRSS")
        window.close()
    return Start(visible_s, engine_s, first_s, loaded_mb, typed_mb, resident_mb("VmHWM"))


def measure_start(runs: int) -> Start:
    """Return the median of each figure over `runs` fresh processes, after one that warms the disk's cache."""
    from engine.evaluation.footprint import medians, run_probe

    module = "ime_app.tools.start_benchmark"
    rows = [run_probe(module, "--probe", str(time.time())) for _ in range(runs + 1)]
    return Start(**medians(rows[1:]))


def main() -> int:
    """Measure and print; with `--probe`, be one of the fresh processes."""
    parser = ArgumentParser(prog="python -m ime_app.tools.start_benchmark", description=__doc__)
    parser.add_argument("--runs", type=int, default=RUNS)
    parser.add_argument(
        "--probe", type=float, default=None, metavar="TIME", help="used by the command itself"
    )
    parser.add_argument("--tsv", type=Path, help="record the figures in this file (docs/benchmarks.tsv)")
    options = parser.parse_args()
    if "DISPLAY" not in os.environ and "WAYLAND_DISPLAY" not in os.environ:
        os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    if options.probe is not None:
        print(json.dumps(asdict(probe_start(options.probe))))
        return 0
    start = measure_start(options.runs)
    print(f"window visible {start.visible_s:.2f} s, engine {start.engine_s:.2f} s, ", end="")
    print(f"first candidates {start.first_s:.2f} s")
    print(
        f"memory loaded {start.loaded_mb:.0f} MB, typed {start.typed_mb:.0f} MB, peak {start.peak_mb:.0f} MB"
    )
    if options.tsv:
        from engine.evaluation.figures import record_figures

        record_figures(options.tsv, start_figures(start))
    return 0


def start_figures(start: Start) -> list[Figure]:
    """Return what the page of figures shows of a start."""
    from engine.evaluation.figures import (
        Figure,
        origin_of,
    )  # not at the top: a probe imports nothing needless

    origin = origin_of("python -m ime_app.tools.start_benchmark")
    units = {"_s": "s", "_mb": "MB"}
    return [
        Figure(f"window.{name.removesuffix(ending)}", value, unit, origin)
        for name, value in asdict(start).items()
        for ending, unit in units.items()
        if name.endswith(ending)
    ]


if __name__ == "__main__":
    sys.exit(main())
