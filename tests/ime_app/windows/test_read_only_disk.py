"""The phrase log and the words where nothing can be written: shown, and said why they cannot be changed."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication

from engine.storage.phrase import Phrase
from engine.storage.phrase_log import PhraseLog
from engine.storage.user_store import UserStore
from engine.storage.word_store import UserWord, WordStore
from ime_app.i18n.strings import Strings
from ime_app.services.user_data import export_all
from ime_app.windows.phrase_log_window import LogWindow
from ime_app.windows.words.words_window import WordsWindow
from resources import MODEL
from tests.engine.commands.test_user_data import fill_disk

SAYS = "disk is full"


def fill(folder: Path) -> None:
    with closing(UserStore(folder)) as store:
        PhraseLog(store).add([Phrase("时节", ("shi", "jie"), "shijie")])
        WordStore(store).add_words([UserWord("墨音", ("mo", "yin"))])
        WordStore(store).forget(["世界"])


@pytest.mark.parametrize("is_empty", [False, True])
def test_the_log_is_shown_and_cannot_be_changed(
    app: QApplication, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, is_empty: bool
) -> None:
    if not is_empty:
        fill(tmp_path)
    fill_disk(tmp_path, monkeypatch)
    window = LogWindow(tmp_path, MODEL, tmp_path / "settings.toml", Strings("zh"), private=False)
    assert [phrase.text for phrase in window.model.phrases] == ([] if is_empty else ["时节"])
    assert SAYS in window.message.text()
    assert window.message.text().startswith("现在只能查看和导出")
    window.phrases.selectAll()
    window.forgotten.selectAll()
    changing = "delete", "pin", "forget", "restore", "unpin", "erase", "import"
    assert not any(getattr(window, f"{name}_button").isEnabled() for name in changing)
    assert window.export_button.isEnabled()
    window.search.setText("时")
    assert SAYS in window.message.text()
    window.close()
    if not is_empty:
        assert export_all(tmp_path / "out", tmp_path)[0] == 3


@pytest.mark.parametrize("is_empty", [False, True])
def test_the_words_are_shown(
    app: QApplication, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, is_empty: bool
) -> None:
    if not is_empty:
        fill(tmp_path)
    fill_disk(tmp_path, monkeypatch)
    window = WordsWindow(tmp_path, MODEL, tmp_path / "settings.toml", Strings("zh"))
    wait(app, lambda: not window.words.is_busy)
    assert window.words.count.text() == ("0 个" if is_empty else "3 个")
    assert SAYS in window.message.text()
    window.words.table.selectAll()
    window.words.forget()
    wait(app, lambda: not window.words.is_busy)
    assert SAYS in window.message.text()
    window.close()


def test_words_that_cannot_be_read_are_not_being_read(
    app: QApplication, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ime_app.services.own_words.word_rows", lambda store: 1 / 0)
    window = WordsWindow(tmp_path, MODEL, tmp_path / "settings.toml", Strings("zh"))
    wait(app, lambda: not window.words.is_busy)
    assert window.message.text().startswith("没有成功")
    assert window.words.count.text() == ""
    window.close()


def wait(app: QApplication, condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 30
    while not condition():
        assert time.monotonic() < deadline
        app.processEvents()
        time.sleep(0.002)
    app.processEvents()
