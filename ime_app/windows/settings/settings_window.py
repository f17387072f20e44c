"""Show the settings window: pages of controls, every change seen at once in the window behind it.

It shows `Settings` and sends `Settings`; whoever opened it applies and keeps them.
"""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QDialog,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QListWidget,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from ime_app.i18n.strings import Strings
from ime_app.settings.schema import Settings, setting
from ime_app.widgets.tables import BESIDE_TEXT, explained_button, explanation, scrolled
from ime_app.windows.settings.settings_controls import Control, create_control
from ime_app.windows.settings.settings_pages import PAGES, Group, Page

LIST_WIDTH: Final[int] = 132
SPACING: Final[int] = 10


class SettingsWindow(QDialog):
    """The settings window. Not modal: one can type behind it and see what changed."""

    previewed = Signal(object)  # Settings, after each change
    kept = Signal()
    cancelled = Signal()

    def __init__(
        self, settings: Settings, strings: Strings, path: str, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._strings = strings
        self._settings = settings
        self._path = path
        self.setModal(False)
        self.controls: dict[str, Control] = {}
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._fill()
        self.list.setCurrentRow(0)
        self.list.setFocus()
        self.resize(620, 460)
        for number in range(len(PAGES)):
            shortcut = QShortcut(QKeySequence(f"Alt+{number + 1}"), self)
            shortcut.activated.connect(lambda number=number: self.list.setCurrentRow(number))

    def speak(self) -> None:
        """Show everything in the window's language, at the same place."""
        row, focused = self.list.currentRow(), self.focusWidget()
        name = focused.objectName() if focused is not None else ""
        self._body.hide()
        self._body.deleteLater()
        self._fill()
        self.list.setCurrentRow(row)
        place = self.controls[name].widget if name in self.controls else self.list
        place.setFocus()

    def _fill(self) -> None:
        self._body = QWidget(self)
        self.setWindowTitle(self._strings("settings"))
        self.pages = QStackedWidget()
        self.list = self._create_list()
        for page in PAGES:
            self.pages.addWidget(scrolled(self._create_page(page)))
        self._arrange(self._body, self._path)
        self.show_settings(self._settings)
        self._column.addWidget(self._body)

    @property
    def settings(self) -> Settings:
        """The settings as the window shows them."""
        return self._settings

    def show_settings(self, settings: Settings) -> None:
        """Show them; nobody is told."""
        self._settings = settings
        for control in self.controls.values():
            control.show(settings.value(control.setting))

    def reset(self) -> None:
        """Set every setting to its default, in the window behind as well."""
        self.show_settings(Settings())
        self.previewed.emit(self._settings)

    def accept(self) -> None:
        self.kept.emit()
        super().accept()

    def reject(self) -> None:
        """Close by Cancel, Esc or the window's own close button, dropping the changes."""
        self.cancelled.emit()
        super().reject()

    def _on_changed(self) -> None:
        for control in self.controls.values():
            self._settings = self._settings.with_value(control.setting, control.value())
        self.previewed.emit(self._settings)

    # Construction.

    def _create_list(self) -> QListWidget:
        pages = QListWidget()
        pages.setObjectName("pages")
        pages.ensurePolished()  # by the style of that name, before its rows are measured
        pages.setAccessibleName(self._strings("settings.pages"))
        pages.setFixedWidth(LIST_WIDTH)
        pages.addItems([self._strings(page.title) for page in PAGES])
        pages.currentRowChanged.connect(self.pages.setCurrentIndex)
        return pages

    def _create_page(self, page: Page) -> QWidget:
        widget = QWidget()
        form = QFormLayout(widget)
        form.setContentsMargins(2 * SPACING, 2 * SPACING, 2 * SPACING, SPACING)
        form.setVerticalSpacing(SPACING // 2)
        form.setHorizontalSpacing(2 * SPACING)
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.FieldsStayAtSizeHint)
        form.setLabelAlignment(Qt.AlignmentFlag.AlignLeft)
        for group in page.groups:
            self._add_group(form, group)
        return widget

    def _add_group(self, form: QFormLayout, group: Group) -> None:
        heading = QLabel(self._strings(group.heading))
        heading.setObjectName("heading")
        heading.setContentsMargins(0, SPACING if form.rowCount() else 0, 0, 0)
        form.addRow(heading)
        for key in group.settings:
            control = create_control(setting(key), self._strings, self._on_changed)
            self.controls[key] = control
            if control.has_own_label:
                form.addRow(control.widget)
                continue
            label = QLabel(self._strings(key))
            label.setBuddy(control.widget)
            label.setToolTip(control.widget.toolTip())
            form.addRow(label, control.widget)
        if group.note:
            form.addRow(explanation(self._strings, group.note))

    def _arrange(self, body: QWidget, path: str) -> None:
        above = QHBoxLayout()
        above.setSpacing(0)
        above.addWidget(self.list)
        above.addWidget(self.pages, 1)
        live = explanation(self._strings, "settings.live")
        live.setContentsMargins(2 * SPACING, 0, 0, 0)
        below = QHBoxLayout()
        below.setContentsMargins(SPACING, SPACING, SPACING, SPACING)
        self.reset_button = explained_button(self._strings, "settings.reset", self.reset)
        self.cancel_button = explained_button(self._strings, "settings.cancel", self.reject)
        self.keep_button = explained_button(self._strings, "settings.keep", self.accept, path=path)
        self.keep_button.setDefault(True)
        below.addWidget(self.reset_button, 0, BESIDE_TEXT)
        below.addWidget(live, 1)
        below.addWidget(self.cancel_button, 0, BESIDE_TEXT)
        below.addWidget(self.keep_button, 0, BESIDE_TEXT)
        column = QVBoxLayout(body)
        column.setContentsMargins(0, 0, 0, 0)
        column.addLayout(above, 1)
        column.addLayout(below)
