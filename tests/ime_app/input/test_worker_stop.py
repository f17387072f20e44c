"""A window that closes waits for no keys that are queued, and not for ever for its engine."""

from __future__ import annotations

import subprocess
import sys
import threading
from pathlib import Path

from PySide6.QtWidgets import QApplication

from engine.protocol import KeyEvent
from engine.session.output_modes import Modes
from engine.session.session import Session
from ime_app.input.engine_worker import EngineWorker, EraseJob, KeyJob
from ime_app.input.loaded_engine import Engine
from ime_app.settings.engine_options import engine_options_or_complaint
from ime_app.settings.schema import Settings
from tests.engine.phrase_converter import SlowConverter
from tests.ime_app.display import REPOSITORY, wait_for

BUSY_WINDOW = """
import sys
import ime_app.app as app
import ime_app.input.engine_worker as worker

def load_for_ever():
    while True:
        sum(range(1000))

def close_on_signals(close, original=app.close_on_signals):
    notifier = original(close)
    print("ready", flush=True)
    return notifier

app.create_fake_engine, app.close_on_signals = load_for_ever, close_on_signals
worker.STOP_TIMEOUT_MS = 300
sys.exit(app.run(["--fake", "--data-directory", sys.argv[1], "--settings", sys.argv[1] + "/settings.toml"]))
"""


class ErasedLearner:
    """Knows whether it was told to erase."""

    def __init__(self) -> None:
        self.is_erased = False

    def configure(self, options: object) -> None:
        """Learn nothing."""

    def take_notices(self) -> list[str]:
        return []

    def erase(self) -> None:
        self.is_erased = True

    def close(self) -> None:
        """Keep nothing."""


def test_queued_keys_are_dropped_and_what_is_to_be_erased_is_erased(app: QApplication) -> None:
    converter, learner = SlowConverter(), ErasedLearner()
    engine = Engine(Session(converter), "phrases", learner=learner)  # type: ignore[arg-type]
    options, _ = engine_options_or_complaint(Settings(), private=False)
    worker = EngineWorker(lambda: engine, options, Modes())
    worker.start()
    for sequence in range(1, 31):
        worker.submit(KeyJob(sequence, KeyEvent("n")))
    wait_for("first key", lambda: converter.n_asked)
    worker.submit(EraseJob())
    threading.Timer(0.3, converter.gate.set).start()
    assert worker.stop()
    assert converter.n_asked == 1
    assert learner.is_erased


def test_process_ends_though_its_engine_does_not(tmp_path: Path) -> None:
    command = [sys.executable, "-c", BUSY_WINDOW, str(tmp_path)]
    with subprocess.Popen(command, cwd=REPOSITORY, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as window:
        assert window.stdout is not None
        assert window.stdout.readline() == b"ready\n"
        window.terminate()
        try:
            assert window.wait(30) == 0
        finally:
            window.kill()
