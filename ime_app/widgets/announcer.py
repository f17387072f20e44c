"""Speak through a screen reader, if one is running; tell candidates apart that sound the same."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final

from PySide6 import QtGui
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication, QWidget

from engine.protocol import Candidate, Menu
from ime_app.i18n.strings import Strings
from ime_app.services.background_task import BackgroundTask

if TYPE_CHECKING:
    from engine.lexicon.hanzi_names import HanziNames

MAX_NAMED: Final[int] = 4  # hanzi of one candidate that are named
LOOK_MS: Final[int] = 200  # for a screen reader, of which Qt hears only after the window is shown
MOST_LOOKS: Final[int] = 25


def announce(widget: QWidget, text: str) -> None:
    """Say the text once, if there is any.

    Before Qt 6.8 there is no such event: the accessible names have to do.
    """
    event_type = getattr(QtGui, "QAccessibleAnnouncementEvent", None)
    if text and event_type is not None and QtGui.QAccessible.isActive():
        QtGui.QAccessible.updateAccessibility(event_type(widget, text))


def announce_in_sight(widget: QWidget, text: str, looks: int = MOST_LOOKS) -> None:
    """Say the text once the widget is in sight and a screen reader is known of, if both are so soon."""
    if QtGui.QAccessible.isActive() and widget.isVisible():
        announce(widget, text)
    elif text and looks:
        QTimer.singleShot(LOOK_MS, widget, partial(announce_in_sight, widget, text, looks - 1))


class HomophoneTeller:
    """A speaker that names the hanzi of a candidate by words that hold them, where its page has homophones.

    The words are read beside the window's thread when they are first needed, and shared by all bars.
    """

    names: HanziNames | None = None
    _task: BackgroundTask | None = None

    def said_of(self, menu: Menu, number: int, strings: Strings) -> str:
        """Return `好吗的吗` for 在吗 beside 在马; nothing where nothing sounds the same."""
        if self.names is None:
            self._read_names()
            return ""
        row = menu.page_candidates[number]
        said = []
        for place in _doubtful(row, menu.page_candidates)[:MAX_NAMED]:
            word = self.names.word_of(row.text[place], row.reading[place])
            if word:
                said.append(strings("hanzi_named", hanzi=row.text[place], word=word))
        return " ".join(said)

    def _read_names(self) -> None:
        teller = type(self)
        if teller._task is None and QtGui.QAccessible.isActive():
            teller._task = BackgroundTask(_hanzi_names, QApplication.instance())
            teller._task.succeeded.connect(teller.take)
            teller._task.start()

    @classmethod
    def take(cls, names: HanziNames) -> None:
        """Use these words from now on, in every bar."""
        cls.names = names


def _hanzi_names() -> HanziNames:
    from engine.lexicon.hanzi_names import HanziNames
    from engine.lexicon.word_arrays import load_arrays
    from resources import LEXICON

    return HanziNames(load_arrays(LEXICON))


def _doubtful(row: Candidate, page: tuple[Candidate, ...]) -> list[int]:
    """Return the places at which another text of the same reading has another hanzi; of one hanzi its own."""
    if len(row.text) != len(row.reading):
        return []
    if len(row.text) == 1:
        return [0]
    same = [each.text for each in page if each.reading == row.reading and len(each.text) == len(row.text)]
    return [place for place, hanzi in enumerate(row.text) if any(text[place] != hanzi for text in same)]
