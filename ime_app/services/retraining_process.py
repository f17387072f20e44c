"""Run retraining as a process of its own: start it, follow it line by line, cancel it.

Only this process sees the lines, which hold texts of the user: nothing of them is written anywhere.
"""

from __future__ import annotations

import json
import shutil
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from importlib import invalidate_caches
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final

from PySide6.QtCore import QObject, QProcess, QTimer, Signal

from engine.errors import Said, message_of_json
from ime_app.services.install_command import PROJECT, is_of_make

STAGES: Final[tuple[str, ...]] = ("read", "replay", "train", "measure")
PACKAGES: Final[tuple[str, ...]] = ("training", "torch", "onnx", "onnxscript", "pypinyin", "tqdm")
INSTALLED_MB: Final[int] = 850  # torch for the CPU, 754, with what else the packages bring
CANCEL_MS: Final[int] = 5000  # to clear away what is half written


@dataclass(frozen=True)
class RetrainingPlan:
    """A retraining asked for: the days of the log, both included, and how the decoder may change."""

    first: date
    last: date
    mode: str = "full"

    def arguments(self, data_directory: Path) -> list[str]:
        """Return the arguments of `python -m training`. The user decides whether the result is used."""
        until = self.last + timedelta(days=1)
        days = ["--since", self.first.isoformat(), "--until", until.isoformat()]
        return [
            "finetune",
            *("--data-directory", str(data_directory)),
            *days,
            *("--mode", self.mode),
            "--no-activate",
        ]


@dataclass(frozen=True)
class RetrainingProgress:
    """One line of progress. Losses in nats a token; `seconds_left` for the whole, None if unknown."""

    stage: str
    step: int
    of: int
    loss: float | None = None
    held_out_loss: float | None = None
    seconds_left: float | None = None


@dataclass(frozen=True)
class Example:
    """A phrase of the last days whose first candidate changed."""

    keys: str
    wanted: str
    before: str
    after: str


@dataclass(frozen=True)
class Change:
    """A percentage before and after."""

    before: float
    after: float


@dataclass(frozen=True)
class RetrainingOutcome:
    """The result. `bundle` names what can be activated; `refusal` is the command's own sentence.

    It was judged by `certainty` of the texts wanted and by `general`, right hanzi; `held_out` is right first
    candidates.
    """

    accepted: bool
    bundle: str
    refusal: Said
    certainty: Change
    held_out: Change
    general: Change
    seconds: float
    examples: tuple[Example, ...] = ()


@dataclass(frozen=True)
class Failure:
    """An end without a result; `reason` is empty if it was cancelled, or killed by somebody else."""

    reason: Said = ""
    is_killed: bool = False

    @property
    def kind(self) -> str:
        """`failed`, `killed` or `cancelled`."""
        if self.is_killed:
            return "killed"
        return "failed" if self.reason else "cancelled"


def missing_packages() -> list[str]:
    """Return the packages that retraining needs and this Python lacks."""
    invalidate_caches()  # they may have come meanwhile
    return [name for name in PACKAGES if find_spec(name) is None]


def installing_command() -> str:
    """Return what a user types in a terminal to get those packages, torch without CUDA's gigabytes."""
    if is_of_make():
        return f'make -C "{PROJECT}" training'
    what = f'-e "{PROJECT}[train]"' if (PROJECT / "pyproject.toml").exists() else '"moyin[train]"'
    index = "--extra-index-url https://download.pytorch.org/whl/cpu"
    return f'"{sys.executable}" -m pip install {what} "torch==2.13.0+cpu" {index}'


def training_command() -> list[str]:
    """Return `python -m training` at a low priority: typing goes first."""
    nice = ["nice", "-n", "10"] if shutil.which("nice") else []
    return [*nice, sys.executable, "-m", "training"]


class Retraining(QObject):
    """The process of a retraining, one at a time."""

    stepped = Signal(object)  # Step
    ended = Signal(object)  # Outcome or Failure

    def __init__(
        self, data_directory: Path, command: Sequence[str] | None = None, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._data_directory = data_directory
        self._command = list(command or training_command())
        self._process: QProcess | None = None
        self._outcome: RetrainingOutcome | None = None
        self._failure: Failure | None = None
        self._is_cancelled = False

    @property
    def is_running(self) -> bool:
        return self._process is not None

    def start(self, plan: RetrainingPlan) -> None:
        """Begin; `ended` comes in any case."""
        self._outcome, self._failure, self._is_cancelled = None, None, False
        process = self._process = QProcess(self)
        process.readyReadStandardOutput.connect(self._read)
        process.finished.connect(self._on_finished)
        process.errorOccurred.connect(self._on_error)
        program, *arguments = self._command
        process.start(program, [*arguments, *plan.arguments(self._data_directory)])

    def cancel(self) -> None:
        """Ask it to stop; if it does not in time, stop it. Whatever was there before stays."""
        process = self._process
        if process is None:
            return
        self._is_cancelled = True
        process.terminate()
        QTimer.singleShot(CANCEL_MS, process, process.kill)

    def stop(self) -> None:
        """Cancel and wait, since the window closes."""
        process = self._process
        if process is not None:
            self.cancel()
            process.waitForFinished(CANCEL_MS)
            process.kill()
            process.waitForFinished(CANCEL_MS)

    def _read(self) -> None:
        assert self._process is not None
        while self._process.canReadLine():
            line = parsed(bytes(self._process.readLine().data()))
            if isinstance(line, RetrainingProgress):
                self.stepped.emit(line)
            elif isinstance(line, Failure):
                self._failure = line
            elif line is not None:
                self._outcome = line

    def _on_finished(self, exit_code: int) -> None:
        process, self._process = self._process, None
        assert process is not None
        error = bytes(process.readAllStandardError().data()).decode("utf-8", "replace").strip()
        process.deleteLater()
        if self._is_cancelled:
            self.ended.emit(Failure())
        elif exit_code == 0 and self._outcome is not None:
            self.ended.emit(self._outcome)
        elif process.exitStatus() is QProcess.ExitStatus.CrashExit:
            self.ended.emit(Failure(is_killed=True))
        else:
            unexplained = Failure(error.rpartition("\n")[2] or f"exit status {exit_code}")
            self.ended.emit(self._failure or unexplained)

    def _on_error(self, error: QProcess.ProcessError) -> None:
        """Report an error that `finished` does not follow: a program that is not there."""
        if error is QProcess.ProcessError.FailedToStart and self._process is not None:
            reason = self._process.errorString()
            self._process.deleteLater()
            self._process = None
            self.ended.emit(Failure(reason))


def parsed(line: bytes) -> RetrainingProgress | RetrainingOutcome | Failure | None:
    """Return a line of the command; None if it is none that matters (a warning of a library)."""
    try:
        values = json.loads(line)
        if values["stage"] == "result":
            return _outcome_of(values)
        if values["stage"] == "failed":
            return Failure(_message_of(values))
        return _step_of(values) if values["stage"] in STAGES else None
    except (ValueError, KeyError, TypeError):
        return None


def _step_of(values: Mapping[str, Any]) -> RetrainingProgress:
    return RetrainingProgress(
        str(values["stage"]),
        int(values["step"]),
        int(values["of"]),
        values.get("loss"),
        values.get("held_out_loss"),
        values.get("seconds_left"),
    )


def _outcome_of(values: Mapping[str, Any]) -> RetrainingOutcome:
    return RetrainingOutcome(
        accepted=bool(values["accepted"]),
        bundle=str(values["bundle"]),
        refusal="" if values["accepted"] else _message_of(values),
        certainty=_change_of(values["held_out"], "certainty"),
        held_out=_change_of(values["held_out"], "first"),
        general=_change_of(values["general"], "characters"),
        seconds=float(values["seconds"]),
        examples=tuple(
            Example(row["keys"], row["wanted"], row["before"], row["after"]) for row in values["changed"]
        ),
    )


def _message_of(values: Mapping[str, Any]) -> Said:
    """Return why; in the command's own words where they are of a kind that this program does not know."""
    try:
        return message_of_json(values["message"])
    except (ValueError, KeyError, TypeError):
        return str(values.get("reason", ""))


def _change_of(values: Mapping[str, Any], figure: str) -> Change:
    return Change(float(values["before"][figure]), float(values["after"][figure]))
