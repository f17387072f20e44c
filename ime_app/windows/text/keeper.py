"""Keep the text of the window: what was there is shown again, what is written is saved within a second."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Final

from PySide6.QtCore import QObject, QTimer

from ime_app.i18n.strings import Strings
from ime_app.services.draft_store import DraftStore, StorageError
from ime_app.widgets.editor import Editor
from ime_app.widgets.messages import Banners

SAVE_AFTER_MS: Final[int] = 500  # after the first change not yet saved
REST_MS: Final[int] = 3000  # after the last change: nobody types
MAX_SHOWN: Final[int] = 20  # characters of a text that is offered


class TextKeeper(QObject):
    """A keeper that saves after each change, the composition included, so that a crash loses nothing."""

    def __init__(self, editor: Editor, store: DraftStore, banners: Banners, strings: Strings) -> None:
        super().__init__(editor)
        self._editor = editor
        self._store = store
        self._banners = banners
        self._strings = strings
        self._is_asked = False  # whether the user was told that leaving loses the text
        self._timer = QTimer(self, singleShot=True, interval=SAVE_AFTER_MS)
        self._timer.timeout.connect(lambda: self._save(sync=False))
        self._rest_timer = QTimer(self, singleShot=True, interval=REST_MS)
        self._rest_timer.timeout.connect(self.save)
        editor.textChanged.connect(self._on_changed)
        editor.composed.connect(self._on_composed)

    def restore(self) -> None:
        """Show the text of the last time, and offer those of other windows that are closed."""
        try:
            draft = self._store.open()
        except StorageError as error:
            self._banners.add(partial(self._strings, "not_saved", reason=error))
            self._show(self._store.text_on_disk())
            return
        self._show(draft.text)
        if draft.set_aside is not None:
            self._banners.add(partial(self._strings, "set_aside", path=draft.set_aside))
        self._offer(self._store.left_behind())

    def _show(self, text: str) -> None:
        self._editor.setPlainText(text)
        self._editor.moveCursor(self._editor.textCursor().MoveOperation.End)

    def save(self) -> None:
        """Write the text now; on failure say so and keep trying at each change."""
        self._save(sync=True)

    def _save(self, *, sync: bool) -> None:
        try:
            self._store.save(self._editor.whole_text(), sync=sync)
        except StorageError as error:
            self._banners.add(partial(self._strings, "not_saved", reason=error))

    def save_at_last(self) -> bool:
        """Write the text of a window that closes; False where it cannot be, the first time that is found."""
        try:
            self._store.save(self._editor.whole_text())
        except StorageError:
            if not self._is_asked:
                self._is_asked = True
                self._banners.add(partial(self._strings.both, "close_unsaved"))
                return False
        return True

    def _on_changed(self) -> None:
        self._is_asked = False
        self._on_composed()

    def _on_composed(self) -> None:
        if not self._timer.isActive():
            self._timer.start()
        self._rest_timer.start()

    def _offer(self, paths: list[Path]) -> None:
        if not paths:
            return
        text = " ".join(self._store.text_of(paths).split())
        shown = text if len(text) <= MAX_SHOWN else f"{text[:MAX_SHOWN]}…"
        said = partial(self._strings, "left_behind", text=shown, count=len(text))
        self._banners.add(said, partial(self._strings, "take_left"), lambda: self._take(paths))

    def _take(self, paths: list[Path]) -> None:
        """Put the texts behind this one, and delete their files when that is on the disk."""
        try:
            self._editor.append_text(self._store.text_of(paths))
            self._store.save(self._editor.whole_text())
            self._store.remove(paths)
        except StorageError as error:
            self._banners.add(partial(self._strings, "not_saved", reason=error))
