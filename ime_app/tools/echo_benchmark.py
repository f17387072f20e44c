"""Run `python -m ime_app.tools.echo_benchmark`: how soon letters are seen, typed fast on a busy machine.

Letters are typed at a fixed pace, whether or not those before are answered. A letter counts as seen
when the editor has painted it, its candidates when the bar shows those of all letters typed so far.
Works without a display (Qt's offscreen platform).
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from argparse import ArgumentParser, Namespace
from dataclasses import dataclass, field
from pathlib import Path
from time import perf_counter
from typing import Final

from PySide6.QtCore import QCoreApplication, QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent

from engine.evaluation.figures import Figure, origin_of, record_figures
from ime_app.app import create_application
from ime_app.tools.screenshot import opened_window, type_letters, wait_until
from ime_app.windows.main_window import MainWindow

TEXTS: Final[tuple[str, ...]] = (
    "womenxianzaiyaoqushangkeranh",
    "jintianxiawusandiandaobandez",
    "zhegewentizenmejiejuebijiaoh",
    "mingtiandehuiyigaidaoxiazhou",
)


@dataclass
class Typist(QObject):
    """A typist who types a text at a pace of `interval_ms` and notes when each letter is painted."""

    window: MainWindow
    interval_ms: int
    echoes_ms: list[float] = field(default_factory=list)  # of each letter
    menus_ms: list[float] = field(default_factory=list)  # of the last letter of each text

    def __post_init__(self) -> None:
        super().__init__()
        self._due: list[float] = []  # when each letter of this text is to be typed
        self._n_seen = 0
        self.window.editor.viewport().installEventFilter(self)

    def type(self, text: str) -> None:
        """Type the text, wait for its candidates, and drop it."""
        interval_s, start = self.interval_ms / 1000, perf_counter() + 0.1
        self._due, self._n_seen = [start + number * interval_s for number in range(len(text))], 0
        for letter, due in zip(text, self._due, strict=True):
            wait_until(lambda due=due: perf_counter() >= due)  # type: ignore[misc]
            self._press(letter)
        wait_until(lambda: self.window.controller.is_idle)
        self.menus_ms.append((perf_counter() - self._due[-1]) * 1000)
        wait_until(lambda: self._n_seen >= len(text))
        type_letters(self.window, "\x1b")

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Note the letters that are about to be painted."""
        if event.type() is QEvent.Type.Paint:
            n_letter = len(self.window.editor.preedit.text.replace(" ", ""))
            for due in self._due[self._n_seen : n_letter]:
                self.echoes_ms.append((perf_counter() - due) * 1000)
            self._n_seen = max(self._n_seen, n_letter)
        return False

    def _press(self, letter: str) -> None:
        key = Qt.Key(ord(letter.upper()))
        press = QKeyEvent(QEvent.Type.KeyPress, key, Qt.KeyboardModifier.NoModifier, letter)
        QCoreApplication.sendEvent(self.window.editor, press)


def measure_echo(options: Namespace) -> Typist:
    """Type each text `options.rounds` times in a window of its own."""
    with tempfile.TemporaryDirectory() as folder:
        options.data_directory = Path(folder)
        with opened_window(options) as window:
            typist = Typist(window, options.interval)
            for _ in range(options.rounds):
                for text in TEXTS:
                    typist.type(text)
    return typist


def percentile(values: list[float], share: float) -> float:
    """Return the smallest value that at least that share of the values does not exceed."""
    ranked = sorted(values)
    return ranked[min(len(ranked) - 1, int(share * len(ranked)))]


def echo_figures(typist: Typist, bundle: Path | None) -> list[Figure]:
    """Return what the page of figures shows of it."""
    origin = origin_of("python -m ime_app.tools.echo_benchmark", bundle)
    echoes = typist.echoes_ms
    values = {"p50": percentile(echoes, 0.5), "p95": percentile(echoes, 0.95), "most": max(echoes)}
    return [Figure(f"window.echo.{name}", value, "ms", origin) for name, value in values.items()]


def main() -> int:
    """Measure with as many other processes computing as asked for, and print."""
    parser = ArgumentParser(prog="python -m ime_app.tools.echo_benchmark", description=__doc__)
    parser.add_argument("--busy", type=int, default=os.cpu_count() or 1, help="processes that compute beside")
    parser.add_argument("--interval", type=int, default=25, help="milliseconds from key to key")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--bundle", type=Path, default=None)
    parser.add_argument("--tsv", type=Path, help="record the figures in this file (docs/benchmarks.tsv)")
    options = parser.parse_args()
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    create_application()
    given = Namespace(fake=False, language="zh", theme="light", text="", **vars(options))
    others = [subprocess.Popen([sys.executable, "-c", "while True: pass"]) for _ in range(options.busy)]
    try:
        typist = measure_echo(given)
    finally:
        for other in others:
            other.kill()
            other.wait()
    if options.tsv:
        record_figures(options.tsv, echo_figures(typist, options.bundle))
    echoes, menus = typist.echoes_ms, typist.menus_ms
    print(f"{len(echoes)} letters, {options.interval} ms a key, {options.busy} processes beside")
    print(f"letter seen after p50 {percentile(echoes, 0.5):.0f} ms, ", end="")
    print(f"p95 {percentile(echoes, 0.95):.0f} ms, slowest {max(echoes):.0f} ms")
    print(f"candidates of the last letter after p50 {percentile(menus, 0.5):.0f} ms, ", end="")
    print(f"slowest {max(menus):.0f} ms")
    return 0


if __name__ == "__main__":
    sys.exit(main())
