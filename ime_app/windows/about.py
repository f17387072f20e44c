"""Show what this program is: its version, its model, and whose work it is made of."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtGui import QPixmap
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QHBoxLayout,
    QLabel,
    QTextBrowser,
    QVBoxLayout,
    QWidget,
)

from ime_app.i18n.spoken import in_each_language, speak_again
from ime_app.i18n.strings import Strings
from ime_app.services.version import version
from ime_app.widgets.buttons import Button
from ime_app.widgets.tables import spoken_label
from ime_app.widgets.theme import ICONS

ICON_PIXELS: Final[int] = 64
PARTS: Final[tuple[tuple[str, str, str], ...]] = (  # whose work, its licence, where it is from
    ("about.words.aosp", "Apache-2.0", "android.googlesource.com/platform/packages/inputmethods/PinyinIME"),
    ("about.words.phrases", "MIT", "github.com/mozillazg/phrase-pinyin-data"),
    ("about.words.thuocl", "MIT", "github.com/thunlp/THUOCL"),
    ("about.words.places", "WTFPL", "github.com/modood/Administrative-divisions-of-China"),
    ("about.words.jieba", "MIT", "github.com/fxsjy/jieba"),
    ("about.words.english", "CC-BY-SA-4.0", "github.com/rspeer/wordfreq"),
    ("about.hanzi.readings", "CC-BY-4.0", "github.com/amzxyz/RIME-LMDG"),
    ("about.hanzi.pinyin", "MIT", "github.com/mozillazg/pinyin-data"),
    ("about.hanzi.parts", "CC-BY-3.0", "github.com/kfcd/chaizi"),
    ("about.symbols", "Unicode-3.0", "cldr.unicode.org"),
    ("about.qt", "LGPL-3.0", "doc.qt.io/qtforpython-6"),
    ("about.onnxruntime", "MIT", "onnxruntime.ai"),
    ("about.numpy", "BSD-3-Clause", "numpy.org"),
    ("about.opencc", "Apache-2.0", "github.com/BYVoid/OpenCC"),
    ("about.jeepney", "MIT", "gitlab.com/takluyver/jeepney"),
    ("about.platformdirs", "MIT", "github.com/tox-dev/platformdirs"),
    ("about.filelock", "MIT", "github.com/tox-dev/filelock"),
    ("about.tomlkit", "MIT", "github.com/python-poetry/tomlkit"),
)


class About(QDialog):
    """The dialog About. It is not modal, as the other dialogs."""

    def __init__(self, strings: Strings, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setModal(False)
        in_each_language(self, lambda: self.setWindowTitle(strings("about")))
        icon = QLabel()
        icon.setPixmap(QPixmap(str(ICONS / f"moyin-{ICON_PIXELS}.png")))
        icon.setAlignment(Qt.AlignmentFlag.AlignTop)
        self.title = QLabel()
        in_each_language(self.title, lambda: self.title.setText(strings("about.title", version=version())))
        self.title.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        head = QVBoxLayout()
        for label in (self.title, *(spoken_label(strings, key) for key in ("about.what", "about.licence"))):
            label.setWordWrap(True)
            head.addWidget(label)
        top = QHBoxLayout()
        top.addWidget(icon)
        top.addLayout(head, 1)
        self.parts = QTextBrowser()
        in_each_language(self.parts, lambda: self.parts.setAccessibleName(strings("about.parts")))
        in_each_language(self.parts, lambda: self.parts.setPlainText(parts_text(strings)))
        buttons = QDialogButtonBox()
        close = Button()
        in_each_language(close, lambda: close.setText(strings("log.close")))
        buttons.addButton(close, QDialogButtonBox.ButtonRole.RejectRole)
        buttons.rejected.connect(self.reject)
        column = QVBoxLayout(self)
        column.addLayout(top)
        column.addWidget(spoken_label(strings, "about.parts"))
        column.addWidget(self.parts, 1)
        column.addWidget(buttons)
        self.resize(560, 460)

    def speak(self) -> None:
        """Show everything in the window's language."""
        speak_again(self)


def parts_text(strings: Strings) -> str:
    """Return one line for each part that others have made."""
    return "\n".join(f"{strings(name)}: {licence}, {place}" for name, licence, place in PARTS)
