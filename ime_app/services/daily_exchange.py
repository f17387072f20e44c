"""Exchange once a day, while the window is open, through the folder that the user's machines share."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from PySide6.QtCore import QObject, QTimer, Signal

from ime_app.services.background_task import BackgroundTask
from ime_app.services.moving import Mover

FIRST_MS: Final[int] = 60_000  # after the start: typing comes first
LATER_MS: Final[int] = 1_800_000


class DailyExchange(QObject):
    """A timer that looks every half hour whether an exchange is due; idle where no folder was chosen."""

    failed = Signal(object)  # why, for the user
    done = Signal()  # settings may have come as well

    def __init__(self, data_directory: Path, settings: Path, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._mover = Mover(data_directory, settings)
        self._task: BackgroundTask | None = None
        self._timer = QTimer(self, interval=LATER_MS)
        self._timer.timeout.connect(self.look)
        self._timer.start()
        QTimer.singleShot(FIRST_MS, self, self.look)

    def look(self) -> None:
        """Exchange where it is due, beside the window's thread."""
        if self._task is not None:
            return
        task = self._task = BackgroundTask(lambda: self._mover.exchange(only_where_due=True), self)
        task.succeeded.connect(lambda _: self.done.emit())
        task.failed.connect(self.failed)
        task.finished.connect(self._on_finished)
        task.start()

    def wait(self) -> None:
        """Let what is being written end."""
        if self._task is not None:
            self._task.wait()

    def _on_finished(self) -> None:
        self._task = None
