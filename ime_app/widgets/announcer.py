"""Speak through a screen reader, if one is running."""

from __future__ import annotations

from PySide6 import QtGui
from PySide6.QtWidgets import QWidget


def announce(widget: QWidget, text: str) -> None:
    """Say the text once. Before Qt 6.8 there is no such event: the accessible names have to do."""
    event_type = getattr(QtGui, "QAccessibleAnnouncementEvent", None)
    if event_type is not None and QtGui.QAccessible.isActive():
        QtGui.QAccessible.updateAccessibility(event_type(widget, text))
