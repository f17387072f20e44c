"""One engine for the text and for the search boxes of other windows, while those open and close."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import QEvent

from ime_app.windows.phrase_log_window import LogWindow
from ime_app.windows.words.words_window import WordsWindow
from tests.ime_app.hands import Hands
from tests.ime_app.windows.test_learning import open_learning

__all__ = ["open_learning"]


@pytest.mark.parametrize("name", ["log", "words"])
def test_a_window_that_gets_the_keyboard_while_it_closes_does_not_keep_it(
    open_learning: Callable[..., Hands], name: str
) -> None:
    """A click on Close in a window without the keyboard: its search box has the focus behind `finished`."""
    hands = open_learning()
    dialog = hands.window.dialogs.open(name)
    assert isinstance(dialog, LogWindow | WordsWindow)
    search = dialog.search if isinstance(dialog, LogWindow) else dialog.words.search
    dialog.done(0)
    search.entered.emit()
    dialog.changeEvent(QEvent(QEvent.Type.ActivationChange))
    hands.settle()  # by now it is destroyed
    hands.type("nihao ")
    assert hands.text == "你好"
