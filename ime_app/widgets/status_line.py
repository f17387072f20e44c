"""Show the line below the text: modes, messages, time of the last key, model, copy all, the menu.

The buttons never take the focus from the text by a click; F6 and Tab reach them.
"""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QAction, QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QMenu, QSizePolicy, QToolButton, QWidget

from engine.protocol import Notice, NoticeKind, Output
from ime_app.i18n.strings import Strings
from ime_app.widgets.announcer import announce
from ime_app.widgets.buttons import ToolButton
from ime_app.widgets.tables import explain

MESSAGE_MS: Final[int] = 2500
ROOM_FOR_FIGURES: Final[int] = 640  # pixels of the line, for model and time
ROOM_FOR_COPY: Final[int] = 460
# What keys switch, as the fields of an output; a screen reader says each by `now.FIELD=on` or `off`.
MODES: Final[tuple[str, ...]] = ("chinese", "chinese_punctuation", "full_width", "traditional")
ROOM_FOR_MODES: Final[int] = 380  # besides 中/英; keys and settings switch them as well


class StatusLine(QFrame):
    """The line; `commands` are the rows of the menu, `copy_all` has a button of its own."""

    mode_clicked = Signal()
    punctuation_clicked = Signal()
    width_clicked = Signal()
    script_clicked = Signal()
    private_clicked = Signal()
    undo_clicked = Signal()
    left = Signal()  # Esc: back to the text

    def __init__(
        self, strings: Strings, copy_all: QAction, commands: QMenu, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._strings = strings
        self._notice_shown = False
        self._is_private = False
        self._has_figures = True
        self.setObjectName("statusLine")
        self.mode = self._button("mode")
        self.mode.clicked.connect(self.mode_clicked)
        self.punctuation = self._button("punctuation")
        self.punctuation.clicked.connect(self.punctuation_clicked)
        self.width_mode = self._button("width")
        self.width_mode.clicked.connect(self.width_clicked)
        self.script_mode = self._button("script")
        self.script_mode.clicked.connect(self.script_clicked)
        self.private = self._button("private")
        self.private.clicked.connect(self.private_clicked)
        self.private.hide()
        self.message = self._label("message")
        self.undo = self._button("undo")
        self.undo.clicked.connect(self.undo_clicked)
        self.undo.hide()
        self.latency = self._label("latency")
        self.latency.setMinimumWidth(70)
        self.latency.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.model = self._label("model")
        self._model_name: str | None = None  # None: it is being loaded
        self.copy_button = self._button("copyAll")
        self.copy_button.setDefaultAction(copy_all)
        self.menu = self._button("menu")
        self.menu.setMenu(commands)
        self.menu.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self._arrange(self.copy_button)
        self._message_timer = QTimer(self, singleShot=True, interval=MESSAGE_MS)
        self._message_timer.timeout.connect(self.message.clear)
        self._shown = Output(handled=False)
        self.speak()

    def speak(self) -> None:
        """Show all texts in the window's language; a message that stands is removed."""
        strings = self._strings
        tips = {
            self.mode: "mode_tip",
            self.punctuation: "punctuation_tip",
            self.width_mode: "width_tip",
            self.script_mode: "script_tip",
            self.private: "private_off_tip",
            self.undo: "undo_tip",
            self.latency: "latency_tip",
            self.model: "model_tip",
        }
        for widget, key in tips.items():
            explain(widget, strings(key))
        explain(self.menu, strings("menu_tip", shortcut="F10"))
        explain(self.copy_button, self.copy_button.defaultAction().toolTip())
        self.private.setText(strings("private_on"))
        self.undo.setText(strings("undo"))
        self.menu.setText(strings("menu"))
        self.model.setText(strings("loading") if self._model_name is None else self._model_name)
        self.latency.clear()
        self.message.clear()
        self.show_modes(self._shown)

    def show_modes(self, output: Output) -> None:
        """Show the modes that keys switch."""
        before, self._shown, chinese = self._shown, output, output.chinese
        self.mode.setText(self._strings("chinese" if chinese else "english"))
        self.mode.setProperty("english", not chinese)
        self.mode.style().polish(self.mode)  # the style sheet looks at the property only now
        self.punctuation.setText("，。" if chinese and output.chinese_punctuation else ", .")
        self.width_mode.setText(self._strings("full_width" if output.full_width else "half_width"))
        self.script_mode.setText(self._strings("traditional" if output.traditional else "simplified"))
        for button in (self.mode, self.punctuation, self.width_mode, self.script_mode):
            button.setAccessibleName(f"{button.toolTip()} {button.text()}")
        for mode in MODES:
            if getattr(output, mode) is not getattr(before, mode):
                announce(self, self._strings(f"now.{mode}={'on' if getattr(output, mode) else 'off'}"))

    def show_private(self, private: bool) -> None:
        """Show the sign of private mode, which also ends it."""
        if private is not self._is_private and self.isVisible():  # at the start a banner says so
            announce(self, self._strings(f"now.private={'on' if private else 'off'}"))
        self._is_private = private
        self.private.setVisible(private)

    def show_notice(self, notice: Notice | None) -> None:
        """Show what the session says of the last key, until the next one.

        What is forgotten or pinned in private mode is so until that ends.
        """
        self.undo.setVisible(notice is not None and notice.kind is NoticeKind.FORGOTTEN)
        if notice is not None:
            is_passing = self._is_private and notice.kind is not NoticeKind.RESTORED
            key = f"notice.{notice.kind.value}{'.private' if is_passing else ''}"
            self.show_message(self._strings(key, text=notice.text))
            self._message_timer.stop()
            self._notice_shown = True
        elif self._notice_shown:
            self._notice_shown = False
            self.message.clear()

    def show_figures(self, wanted: bool) -> None:
        """Set whether the time of a key and the model's name are shown."""
        self._has_figures = wanted
        self._make_room()

    def show_latency(self, latency_ms: float) -> None:
        self.latency.setText(self._strings("latency", ms=latency_ms))

    def show_model(self, name: str) -> None:
        """Show the model's name; nothing if there is none."""
        self._model_name = name
        self.model.setText(name)
        self._make_room()

    def show_message(self, text: str) -> None:
        """Say something for a moment."""
        self.message.setText(text)
        self._message_timer.start()
        announce(self, text)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Hide in a narrow window what the menu has as well, or what only informs."""
        super().resizeEvent(event)
        self._make_room()

    def _make_room(self) -> None:
        for width, widgets in self._needs_room:
            for widget in widgets:
                widget.setVisible(self.width() >= width)
        self.latency.setVisible(self._has_figures and self.latency.isVisibleTo(self))
        is_loading = self._model_name is None
        self.model.setVisible((self._has_figures or is_loading) and self.model.isVisibleTo(self))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Leave by Esc; a button has taken Space and Tab already."""
        if event.key() == Qt.Key.Key_Escape:
            self.left.emit()
        else:
            super().keyPressEvent(event)

    def _arrange(self, copy_button: QToolButton) -> None:
        layout = QHBoxLayout(self)
        layout.setContentsMargins(12, 6, 12, 6)
        layout.setSpacing(6)
        modes = self.mode, self.punctuation, self.width_mode, self.script_mode, self.private
        for button in (*modes, self.undo):
            layout.addWidget(button)
        layout.addWidget(self.message, 1)  # long ones are cut off, the buttons never
        self.message.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        for widget in (self.model, self.latency, copy_button, self.menu):
            layout.addWidget(widget)
        others = self.punctuation, self.width_mode, self.script_mode
        self._needs_room = (
            (ROOM_FOR_FIGURES, (self.model, self.latency)),
            (ROOM_FOR_COPY, (copy_button,)),
            (ROOM_FOR_MODES, others),
        )

    def _button(self, name: str) -> QToolButton:
        button = ToolButton(self)
        button.setObjectName(name)
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        button.setCursor(Qt.CursorShape.PointingHandCursor)
        return button

    def _label(self, name: str) -> QLabel:
        label = QLabel(self)
        label.setObjectName(name)
        label.setTextFormat(Qt.TextFormat.PlainText)
        return label
