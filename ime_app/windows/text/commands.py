"""Take the whole text elsewhere: copy it, or copy it and begin a new one."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtGui import QGuiApplication

from ime_app.i18n.strings import Strings
from ime_app.widgets.editor import Editor
from ime_app.widgets.status_line import StatusLine


class TextCommands:
    """The commands on the text of one editor.

    `defer` does something as soon as what is composed has become text; it returns False where nothing is.
    """

    def __init__(
        self,
        editor: Editor,
        status: StatusLine,
        strings: Strings,
        defer: Callable[[Callable[[], None]], bool],
    ) -> None:
        self._editor = editor
        self._status = status
        self._strings = strings
        self._defer = defer

    def copy_all(self) -> None:
        """Copy the whole text to the clipboard."""
        self._copy("copied")

    def copy_and_clear(self) -> None:
        """Copy the whole text, what is composed included, and delete it; Ctrl+Z brings it back."""
        if not self._defer(self._take):
            self._take()

    def _take(self) -> None:
        if self._copy("copied_and_cleared"):
            self._editor.clear_text()

    def _copy(self, said: str) -> bool:
        text = self._editor.toPlainText()
        if text:
            QGuiApplication.clipboard().setText(text)
        self._status.show_message(self._strings(said if text else "nothing_to_copy", count=len(text)))
        return bool(text)
