"""The window's dialogs without the window, as the menu of the desktop's indicator opens them."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication, QMessageBox

from engine.storage.phrase_log import PhraseLog
from engine.storage.user_store import FILE_NAME, FOLDER, UserStore
from ime_app.i18n.strings import Strings
from ime_app.settings.schema import setting
from ime_app.settings.settings_file import SettingsFile
from ime_app.settings.settings_store import SettingsKeeper
from ime_app.widgets.theme import DARK, LIGHT
from ime_app.windows.dialog_alone import DialogAlone
from ime_app.windows.dialogs import Places
from ime_app.windows.phrase_log_window import LogWindow
from ime_app.windows.settings.settings_window import SettingsWindow
from resources import MODEL
from tests.commands import wait_until_it_listens
from tests.ime_app.display import REPOSITORY
from tests.ime_app.windows.test_phrase_log_window import fill, press_twice


@pytest.fixture
def keeper(tmp_path: Path) -> SettingsKeeper:
    return SettingsKeeper(SettingsFile(tmp_path / "settings.toml"))


@pytest.fixture
def alone(app: QApplication, tmp_path: Path, keeper: SettingsKeeper) -> Iterator[DialogAlone]:
    made = DialogAlone(keeper, Strings("en"), Places(tmp_path, MODEL))
    yield made
    made.close()
    app.processEvents()


def top(kind: type) -> object:
    """Return the open window of that kind."""
    (found,) = [
        each for each in QApplication.topLevelWidgets() if isinstance(each, kind) and each.isVisible()
    ]
    return found


def test_settings_are_kept(alone: DialogAlone, keeper: SettingsKeeper, tmp_path: Path) -> None:
    assert alone.open("settings")
    window = top(SettingsWindow)
    assert isinstance(window, SettingsWindow)
    keeper.preview(keeper.settings.with_value(setting("input.page_size"), 7))
    window.kept.emit()
    assert "page_size = 7" in (tmp_path / "settings.toml").read_text(encoding="utf-8")


@pytest.fixture
def plain_again(app: QApplication) -> Iterator[None]:
    """Take colours back from the application, which all tests share."""
    palette = app.palette()
    yield
    app.setStyleSheet("")
    app.setPalette(palette)


@pytest.mark.usefixtures("plain_again")
def test_settings_are_seen_at_once(app: QApplication, alone: DialogAlone, keeper: SettingsKeeper) -> None:
    alone.show_settings(keeper.settings)
    assert alone.open("settings")
    window = top(SettingsWindow)
    assert isinstance(window, SettingsWindow)
    app.processEvents()
    rows = [window.list.visualItemRect(window.list.item(row)) for row in range(window.list.count())]
    assert all(above.bottom() < below.top() for above, below in pairwise(rows))
    assert len({row.height() for row in rows}) == 1
    assert rows[0].height() > 2 * 7 + window.list.fontMetrics().height() - 2
    settings = keeper.settings.with_value(setting("appearance.theme"), "dark")
    keeper.preview(settings.with_value(setting("appearance.language"), "zh"))
    assert app.palette().window().color().name() == DARK.surface
    assert window.windowTitle() == "设置"
    window.reject()
    assert app.palette().window().color().name() == LIGHT.surface


def test_log_erases_everything(alone: DialogAlone, tmp_path: Path) -> None:
    fill(tmp_path, ["你好", "世界"])
    assert alone.open("log")
    window = top(LogWindow)
    assert isinstance(window, LogWindow)
    assert not window.private.isVisible()  # of the window that is not there
    press_twice(window.erase_button)
    store = UserStore(tmp_path)
    assert list(PhraseLog(store)) == []
    store.close()


def test_retraining_opens(alone: DialogAlone) -> None:
    assert alone.open("retrain")


def test_log_that_cannot_be_read_is_said(
    alone: DialogAlone, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(tmp_path, ["你好"])
    said: list[str] = []
    monkeypatch.setattr(QMessageBox, "exec", lambda box: said.append(box.text()))
    database = tmp_path / FOLDER / FILE_NAME
    database.unlink()
    database.mkdir()
    assert not alone.open("log")
    assert len(said) == 1


@pytest.mark.parametrize("name", ["settings", "log", "retrain"])
def test_process_stands_and_ends(name: str, tmp_path: Path) -> None:
    environment = os.environ | {"QT_QPA_PLATFORM": "offscreen", "HOME": str(tmp_path)}
    arguments = ["--open", name, "--data-directory", str(tmp_path), "--settings", str(tmp_path / "s.toml")]
    command = [sys.executable, "-m", "ime_app", *arguments]
    with subprocess.Popen(
        command, env=environment, cwd=REPOSITORY, stderr=subprocess.PIPE, text=True
    ) as process:
        wait_until_it_listens(process)
        assert process.poll() is None, process.stderr.read() if process.stderr else ""
        process.send_signal(signal.SIGTERM)
        _, said = process.communicate(timeout=10)
        assert process.returncode == 0
        assert [line for line in said.splitlines() if "This plugin does not support" not in line] == []
