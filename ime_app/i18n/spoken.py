"""Say the texts of a window again when its language changes while it is open."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from PySide6.QtCore import QObject
from shiboken6 import isValid

_PROPERTY: Final[str] = "speech"


class _Speech:
    """What shows the texts of one object; kept by the object itself, so that it ends with it."""

    def __init__(self) -> None:
        self.acts: list[Callable[[], object]] = []


def in_each_language(owner: QObject, act: Callable[[], object]) -> None:
    """Show texts of `owner` by `act`, now and in each language that is chosen later."""
    act()
    speech = owner.property(_PROPERTY)
    if not isinstance(speech, _Speech):
        speech = _Speech()
        owner.setProperty(_PROPERTY, speech)
    speech.acts.append(act)


def speak_again(window: QObject) -> None:
    """Show the texts of a window and of all that is in it, in the language of its strings."""
    for each in (window, *window.findChildren(QObject)):
        if not isValid(each):  # a part of a text that has been set anew meanwhile
            continue
        speech = each.property(_PROPERTY)
        if isinstance(speech, _Speech):
            for act in speech.acts:
                act()
