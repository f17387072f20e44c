"""What is chosen in a table stays so when it is read anew; behind what goes, the next row is chosen."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from engine.storage.custom_phrases.phrase_book import CustomPhraseBook
from engine.storage.user_store import UserStore
from engine.storage.word_store import WordStore
from ime_app.windows.phrase_log_model import PAGE
from ime_app.windows.phrase_log_window import LogWindow
from tests.ime_app.hands import Hands
from tests.ime_app.windows.test_phrase_log_window import fill, open_log, press_twice
from tests.ime_app.windows.test_words_window import Hands as WordHands
from tests.ime_app.windows.test_words_window import hands

__all__ = ["hands"]

Open = Callable[..., Hands]


def texts(dialog: LogWindow) -> list[str]:
    return [phrase.text for phrase in dialog._chosen()]


def test_words_stay_chosen_when_they_are_read_anew(hands: WordHands) -> None:
    hands.choose("仇和", "时节")
    hands.words.reload()
    hands.settle()
    assert [row.text for row in hands.words.chosen()] == ["时节", "仇和"]
    hands.act("pin")
    assert [row.text for row in hands.words.chosen()] == ["时节", "仇和"]
    assert "仇和" not in hands.seek("jie")
    assert [row.text for row in hands.words.chosen()] == ["时节"]


def test_the_word_behind_a_deleted_one_is_chosen(hands: WordHands) -> None:
    hands.choose("仇和")
    place = hands.words.table.chosen()
    for _ in range(2):
        hands.act("delete")
    assert hands.words.table.chosen() == place
    assert [row.text for row in hands.words.chosen()] == ["单田芳"]
    hands.words.table.choose(len(hands.shown()) - 1)
    for _ in range(2):
        hands.act("delete")
    assert hands.words.table.chosen() == [len(hands.shown()) - 1]


def test_the_custom_phrase_behind_a_deleted_one_is_chosen(hands: WordHands) -> None:
    entries = "".join(f'[[phrase]]\ncode = "{code}"\ntext = "{code}"\n' for code in "abc")
    CustomPhraseBook(hands.folder).path.write_text(entries, encoding="utf-8")
    hands.custom.reload()
    hands.custom.table.choose(1)
    hands.custom.reload()
    for _ in range(2):
        hands.custom.delete()
    assert [phrase.code for phrase in hands.custom.chosen()] == ["c"]


@pytest.mark.parametrize("row", [3, PAGE + 30])
def test_the_phrase_behind_a_deleted_one_is_chosen(open_window: Open, tmp_path: Path, row: int) -> None:
    fill(tmp_path, [f"第{number}条" for number in range(PAGE + 50, 0, -1)])
    dialog = open_log(open_window())
    dialog.model.fetchMore(dialog.phrases.rootIndex())
    dialog.phrases.selectRow(row)
    assert texts(dialog) == [f"第{row + 1}条"]
    dialog.reload()
    assert texts(dialog) == [f"第{row + 1}条"]
    press_twice(dialog.delete_button)
    assert texts(dialog) == [f"第{row + 2}条"]
    dialog.search.setText("没有")
    assert texts(dialog) == []
    dialog.search.clear()
    assert texts(dialog) == []


def test_tab_into_a_table_chooses_its_first_row(hands: WordHands) -> None:
    hands.words.filter.setFocus()
    QTest.keyClick(hands.words.filter, Qt.Key.Key_Tab)
    assert hands.words.table.chosen() == [0]
    QTest.keyClick(hands.words.table, Qt.Key.Key_Down)
    assert hands.words.table.chosen() == [1]
    hands.words.filter.setFocus()
    QTest.keyClick(hands.words.filter, Qt.Key.Key_Tab)
    assert hands.words.table.chosen() == [1]


def test_tab_into_a_list_chooses_its_first_row(open_window: Open, tmp_path: Path) -> None:
    with closing(UserStore(tmp_path)) as store:
        WordStore(store).forget(["世界", "时节"])
    opened = open_window()
    dialog = open_log(opened)
    opened.activate(dialog)
    dialog.tabs.setCurrentIndex(1)
    dialog.forgotten.setFocus(Qt.FocusReason.TabFocusReason)
    assert len(dialog.forgotten.selectedItems()) == 1
    assert dialog.restore_button.isEnabled()
