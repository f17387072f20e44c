"""An application like others: a text field of Qt's, with the input method of QT_IM_MODULE.

    python qt_client.py FILE

Writes its text to FILE whenever that changes: what is typed into the first field, and behind form feeds what
is typed into a line and into a line for passwords, which Tab reaches, and what is composed in the first.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

try:
    from PySide6.QtGui import QInputMethodEvent
    from PySide6.QtWidgets import QApplication, QLineEdit, QPlainTextEdit, QVBoxLayout, QWidget
except ImportError:  # with the Python of the system, whose Qt has fcitx5's plugin
    from PyQt6.QtGui import QInputMethodEvent  # type: ignore[no-redef]
    from PyQt6.QtWidgets import (  # type: ignore[no-redef]
        QApplication,
        QLineEdit,
        QPlainTextEdit,
        QVBoxLayout,
        QWidget,
    )


class TextField(QPlainTextEdit):
    """Keeps what is composed in it, and calls `write` when that changes."""

    composed = ""
    write: Callable[[], None]

    def inputMethodEvent(self, event: QInputMethodEvent) -> None:
        super().inputMethodEvent(event)
        self.composed = event.preeditString()
        self.write()


def main() -> int:
    path = Path(sys.argv[1])
    application = QApplication(sys.argv[:1])
    window = QWidget()
    window.setWindowTitle("A text field")
    text, line, password = TextField(), QLineEdit(), QLineEdit()
    text.setTabChangesFocus(True)
    password.setEchoMode(QLineEdit.EchoMode.Password)
    layout = QVBoxLayout(window)
    for field in (text, line, password):
        layout.addWidget(field)

    def write() -> None:
        part = path.with_suffix(".part")
        parts = text.toPlainText(), line.text(), password.text(), text.composed
        part.write_text("\f".join(parts), encoding="utf-8")
        part.replace(path)

    text.write = write
    text.textChanged.connect(write)
    for field in (line, password):
        field.textChanged.connect(write)
    window.resize(700, 400)
    window.show()
    text.setFocus()
    write()
    return application.exec()


if __name__ == "__main__":
    sys.exit(main())
