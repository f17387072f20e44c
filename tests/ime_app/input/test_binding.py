"""The Qt binding itself, where a version of it has broken the window before."""

from __future__ import annotations

import sys

import PySide6
from PySide6.QtCore import QRect
from PySide6.QtWidgets import QApplication, QWidget

N_CALL = 200


def test_calls_do_not_lose_references(app: QApplication) -> None:
    """PySide6 6.12.0 gives back None without owning it: on Python 3.11 the process is aborted
    (`none_dealloc`) after some thousand repaints. 6.11.3 does not; from Python 3.12 on None is
    immortal and the loss is harmless."""
    widget = QWidget()
    before = sys.getrefcount(None)
    for i in range(N_CALL):
        widget.setGeometry(QRect(0, 0, 100 + i, 100))
        widget.style().polish(widget)
    lost = before - sys.getrefcount(None)
    assert lost < N_CALL // 2, (
        f"PySide6 {PySide6.__version__} loses references on Python {sys.version.split()[0]}; "
        "install 'PySide6-Essentials<6.12'"
    )
