"""Qt's own texts: no English is left in the file dialog of the Chinese window."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QFileInfo
from PySide6.QtWidgets import QApplication, QFileDialog, QFileIconProvider, QLabel

from ime_app.i18n.qt_texts import let_qt_speak


@pytest.fixture(autouse=True)
def english_again(app: QApplication) -> Iterator[None]:
    yield
    let_qt_speak("en")


def labels_of_a_file_dialog() -> set[str]:
    dialog = QFileDialog(None, "", str(Path.home()))
    dialog.setOption(QFileDialog.Option.DontUseNativeDialog)
    return {label.text() for label in dialog.findChildren(QLabel)}


def test_labels_and_kinds_of_files_are_chinese(tmp_path: Path) -> None:
    let_qt_speak("zh")
    labels = labels_of_a_file_dialog()
    assert {"查找范围：", "文件类型：", "文件名称(&N)："} <= labels
    assert [text for text in labels if any("a" <= letter <= "z" for letter in text)] == []
    kinds = QFileIconProvider()
    assert kinds.type(QFileInfo(str(tmp_path))) == "文件夹"


def test_english_is_as_qt_says_it(tmp_path: Path) -> None:
    let_qt_speak("zh")
    let_qt_speak("en")
    assert any("Look in" in text for text in labels_of_a_file_dialog())
    assert QFileIconProvider().type(QFileInfo(str(tmp_path))) == "Folder"
