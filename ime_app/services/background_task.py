"""Do something that takes seconds beside the window's thread."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, QThread, Signal

from engine.errors import reason_of


class BackgroundTask(QThread):
    """A thread that runs `work` once; `succeeded` carries what it returns, `failed` the reason."""

    succeeded = Signal(object)
    failed = Signal(object)  # Message

    def __init__(self, work: Callable[[], object], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._work = work

    def run(self) -> None:
        """Run the thread's body; called by Qt."""
        try:
            result = self._work()
        except Exception as error:  # whatever it is, the window goes on and says so
            self.failed.emit(reason_of(error))
        else:
            self.succeeded.emit(result)
