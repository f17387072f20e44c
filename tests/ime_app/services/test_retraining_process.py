"""Retraining from the window: the plan, progress, the verdict, the choice, and every way it can end."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import date, datetime
from pathlib import Path

import pytest
from PySide6.QtCore import QDate, Qt
from PySide6.QtWidgets import QApplication, QPushButton, QScrollArea, QTableWidgetItem

from engine.model.bundle_store import BundleStore
from engine.protocol import LEAST_PHRASES
from engine.storage.phrase import Phrase
from engine.storage.phrase_log import PhraseLog
from engine.storage.user_store import UserStore
from ime_app.i18n.strings import Strings
from ime_app.services.retraining_process import (
    Failure,
    Retraining,
    RetrainingOutcome,
    RetrainingPlan,
    RetrainingProgress,
    installing_command,
    parsed,
)
from ime_app.windows import retraining_window
from ime_app.windows.retraining_window import RetrainingWindow
from tests.ime_app.hands import Hands

COMMAND = Path(__file__).parent.parent / "retraining_command.py"
ROOT = Path(__file__).parents[3]
Open = Callable[..., Hands]


class StoreOfNames:
    """Remembers what it was told."""

    def __init__(self) -> None:
        self.active = ""
        self.unused = ""
        self.told: list[tuple[str, str]] = []

    def activate(self, name: str) -> None:
        self.told.append(("activate", name))
        self.active = name

    def remove(self, name: str) -> None:
        self.told.append(("remove", name))

    def roll_back(self) -> str:
        self.told.append(("roll back", self.active))
        self.active = ""
        return ""


class Scene:
    """A window of retraining on a log of phrases, over a command that does `what`."""

    def __init__(self, hands: Hands, folder: Path, what: str, n_phrase: int) -> None:
        self.hands = hands
        fill(folder, n_phrase)
        self.store = StoreOfNames()
        retraining = Retraining(folder, [sys.executable, str(COMMAND), what])
        self.window = RetrainingWindow(folder, self.store, Strings(), retraining)  # type: ignore[arg-type]
        self.switched = 0
        self.window.switched.connect(self._count)
        self.window.show()

    def run(self) -> None:
        self.window.start()
        self.hands.wait(lambda: not self.window.retraining.is_running, 30)

    def _count(self) -> None:
        self.switched += 1


def cell(window: RetrainingWindow, column: int) -> QTableWidgetItem:
    """Return a cell of the first row of examples."""
    item = window.examples.item(0, column)
    assert item is not None
    return item


def fill(folder: Path, n_phrase: int) -> None:
    """One a day from the 1st of March on, four a day."""
    first = datetime(2026, 3, 1, 12).timestamp()
    store = UserStore(folder)
    PhraseLog(store).add(
        Phrase("你好", ("ni", "hao"), "nihao", time=first + i // 4 * 86400) for i in range(n_phrase)
    )
    store.close()


@pytest.fixture
def scene(open_window: Open, tmp_path: Path) -> Iterator[Callable[..., Scene]]:
    scenes: list[Scene] = []

    def create(what: str = "better", n_phrase: int = 100) -> Scene:
        scenes.append(Scene(open_window(folder=tmp_path / "window"), tmp_path, what, n_phrase))
        return scenes[-1]

    yield create
    for each in scenes:
        each.window.close()


def test_a_plan_as_arguments(tmp_path: Path) -> None:
    plan = RetrainingPlan(date(2026, 3, 1), date(2026, 3, 31), "low-rank")
    assert plan.arguments(tmp_path) == [
        "finetune",
        *("--data-directory", str(tmp_path)),
        *("--since", "2026-03-01", "--until", "2026-04-01"),
        *("--mode", "low-rank", "--no-activate"),
    ]


@pytest.mark.parametrize(
    "line",
    [
        b"",
        b"warning",
        b"[]",
        b"3",
        b'{"stage": "train"}',
        b'{"stage": "result"}',
        b'{"stage": "cancelled"}',
        b'{"stage": "of a later version", "step": 1, "of": 2}',
        b"\xff",
    ],
)
def test_a_line_that_says_nothing_is_passed_over(line: bytes) -> None:
    assert parsed(line) is None


def test_a_line_of_progress() -> None:
    line = b'{"stage": "train", "step": 12, "of": 96, "loss": 3.21, "seconds_left": 71}'
    assert parsed(line) == RetrainingProgress("train", 12, 96, 3.21, None, 71)


def test_the_range_says_how_many_phrases_it_has(scene: Callable[..., Scene]) -> None:
    window = scene(n_phrase=100).window
    assert (window.plan.first, window.plan.last) == (date(2026, 3, 1), date(2026, 3, 25))
    assert "100" in window.n_phrase.text()
    assert window.start_button.isEnabled()
    window.first.setDate(QDate(2026, 3, 16))
    assert str(LEAST_PHRASES) in window.n_phrase.text()
    assert "40" in window.n_phrase.text()
    assert not window.start_button.isEnabled()


def test_an_empty_log(scene: Callable[..., Scene]) -> None:
    window = scene(n_phrase=0).window
    assert not window.start_button.isEnabled()


def test_a_better_model_is_shown_and_used(scene: Callable[..., Scene]) -> None:
    on_stage = scene("better")
    window = on_stage.window
    assert not window.activate_button.isVisible()
    on_stage.run()
    assert (
        "把握 41.0% → 55.5%，首选正确 60.0% → 75.5%；一般文字，字正确 80.0% → 79.9%" in window.verdict.text()
    )
    assert [cell(window, column).text() for column in range(4)] == [
        "shijie",
        "时节",
        "世界",
        "时节 ✓",
    ]
    assert cell(window, 0).toolTip() == "shijie"
    assert window.curve.accessibleName().endswith("2.75")
    window.activate_button.click()
    on_stage.hands.wait(lambda: on_stage.switched == 1)
    on_stage.hands.wait(lambda: "new" in window.in_use.text())
    window.back_button.click()
    on_stage.hands.wait(lambda: on_stage.switched == 2)
    on_stage.hands.wait(lambda: "自带" in window.in_use.text())
    assert on_stage.store.told == [("activate", "new"), ("roll back", "new")]


def test_the_old_model_can_be_kept(scene: Callable[..., Scene]) -> None:
    on_stage = scene("better")
    on_stage.run()
    on_stage.window.keep_button.click()
    on_stage.hands.wait(lambda: on_stage.store.told == [("remove", "new")])
    on_stage.hands.pause(0.05)
    assert on_stage.switched == 0
    assert not on_stage.window.activate_button.isVisible()


def test_a_model_that_nobody_chose_about_is_offered_again(
    scene: Callable[..., Scene], tmp_path: Path
) -> None:
    """The window was closed on it: it would lie there, with traces of what was typed, out of reach."""
    first = scene("better")
    first.run()
    first.store.unused = "finetune-full"
    first.window.close()

    def choose(button: str, told: str) -> None:
        again = RetrainingWindow(tmp_path, first.store, Strings())  # type: ignore[arg-type]
        again.show()
        assert "finetune-full" in again.progress.text()
        getattr(again, button).click()
        first.hands.wait(lambda: first.store.told[-1:] == [(told, "finetune-full")])
        assert not again.activate_button.isVisible()
        first.hands.wait(lambda: "finetune-full" not in again.progress.text())
        again.close()

    choose("activate_button", "activate")
    choose("keep_button", "remove")
    first.store.unused = ""
    last = RetrainingWindow(tmp_path, first.store, Strings())  # type: ignore[arg-type]
    last.show()
    assert not last.activate_button.isVisible()
    last.close()


def test_a_model_that_is_no_better_cannot_be_used(scene: Callable[..., Scene]) -> None:
    on_stage = scene("worse")
    on_stage.run()
    said = on_stage.window.verdict.text()
    assert "没有采用，因为一般文字的正确率降了 0.3 个百分点以上" in said
    assert "80.0% → 79.5%" in said
    assert not on_stage.window.activate_button.isVisible()


def test_a_failure_of_a_known_kind_is_told_in_the_windows_language(scene: Callable[..., Scene]) -> None:
    on_stage = scene("too few")
    on_stage.run()
    assert "再训练至少要 60 条记录，现在有 12 条；请先多打些字" in on_stage.window.verdict.text()


def test_a_failure_is_told_in_the_commands_own_words(scene: Callable[..., Scene]) -> None:
    on_stage = scene("fail")
    on_stage.run()
    assert "RetrainingError: the disk is full" in on_stage.window.verdict.text()
    assert on_stage.window.start_button.isEnabled()


def test_a_process_that_somebody_else_kills(scene: Callable[..., Scene]) -> None:
    on_stage = scene("hang")
    window = on_stage.window
    window.start_button.click()
    on_stage.hands.wait(lambda: "检验" in window.progress.text(), 30)
    process = window.retraining._process
    assert process is not None
    os.kill(process.processId(), signal.SIGKILL)
    on_stage.hands.wait(lambda: not window.retraining.is_running, 30)
    assert "被系统结束" in window.verdict.text()
    assert window.start_button.isEnabled()


def test_cancelling(scene: Callable[..., Scene]) -> None:
    on_stage = scene("hang")
    window = on_stage.window
    window.start_button.click()
    on_stage.hands.wait(lambda: "检验" in window.progress.text(), 30)
    assert "3 分钟" in window.progress.text()
    assert not window.start_button.isEnabled()
    window.cancel_button.click()
    window.retraining.stepped.emit(RetrainingProgress("measure", 2, 3, seconds_left=100))  # was under way
    assert window.progress.text() == "正在取消……"
    assert not window.cancel_button.isEnabled()
    on_stage.hands.wait(lambda: not window.retraining.is_running, 30)
    assert "已取消" in window.verdict.text()


def test_closing_the_window_ends_the_process(scene: Callable[..., Scene]) -> None:
    on_stage = scene("hang")
    on_stage.window.start()
    on_stage.hands.wait(lambda: on_stage.window.progress.text() != "", 30)
    on_stage.window.close()
    assert not on_stage.window.retraining.is_running


def test_a_program_that_is_not_there(scene: Callable[..., Scene], tmp_path: Path) -> None:
    ended: list[RetrainingOutcome | Failure] = []
    retraining = Retraining(tmp_path, [str(tmp_path / "none")])
    retraining.ended.connect(ended.append)
    retraining.start(RetrainingPlan(date(2026, 3, 1), date(2026, 3, 2)))
    scene().hands.wait(lambda: len(ended) == 1)
    assert isinstance(ended[0], Failure)
    assert ended[0].reason


def test_missing_packages_are_named_with_the_command_that_installs_them(
    scene: Callable[..., Scene], monkeypatch: pytest.MonkeyPatch
) -> None:
    missing = ["torch", "onnx"]
    monkeypatch.setattr(retraining_window, "missing_packages", lambda: list(missing))
    window = scene().window
    assert "torch, onnx" in window.verdict.text()
    assert installing_command() in window.verdict.text()
    assert "850 MB" in window.verdict.text()
    assert window.verdict.textInteractionFlags() & Qt.TextInteractionFlag.TextSelectableByMouse
    assert not window.start_button.isEnabled()
    missing.clear()
    window._look_again()
    assert window.start_button.isEnabled()
    assert "torch" not in window.verdict.text()
    assert "可以开始了" in window.verdict.text()
    window._enough = False
    window._look_again()
    assert not window.start_button.isEnabled()
    assert "可以开始了" not in window.verdict.text(), "a log too short cannot be begun with"


def test_why_nothing_can_be_begun_is_in_sight_on_a_small_screen(
    scene: Callable[..., Scene], monkeypatch: pytest.MonkeyPatch
) -> None:
    """At a scale of 2, 1366 × 768 pixels have room for 675 × 344; it stood below an empty chart."""
    monkeypatch.setattr(retraining_window, "missing_packages", lambda: ["torch", "onnx"])
    window = scene().window
    window.resize(675, 344)
    window.show()
    QApplication.processEvents()
    (area,) = window.findChildren(QScrollArea)
    where = window.verdict.mapTo(area.viewport(), window.verdict.rect().bottomLeft())
    assert area.viewport().rect().contains(where)


def test_the_command_gets_torch_without_cuda(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "prefix", "/usr")
    assert "torch==2.13.0+cpu" in installing_command()
    monkeypatch.setattr(sys, "prefix", str(ROOT / ".venv"))
    assert installing_command() == f'make -C "{ROOT}" training'
    make = ["make", "-n", "-B", "-C", str(ROOT), "training"]
    wanted = subprocess.run(make, check=True, capture_output=True, text=True)
    assert "pip install -q -e '.[train]' torch==2.13.0" in wanted.stdout
    assert "dev" not in wanted.stdout


def test_every_button_is_explained(scene: Callable[..., Scene]) -> None:
    for button in scene().window.findChildren(QPushButton):
        assert button.toolTip()
        assert button.accessibleDescription()


def test_the_command_opens_it_and_a_switch_loads_the_engine_anew(open_window: Open, tmp_path: Path) -> None:
    hands = open_window()
    hands.type("nihao shi")
    dialog = hands.window.dialogs.open("retrain")
    assert isinstance(dialog, RetrainingWindow)
    assert isinstance(dialog._store, BundleStore)
    dialog.switched.emit()
    hands.settle()
    assert hands.shown == "你好shi|"
    hands.type("jie ")
    assert hands.text == "你好shi界"
