"""Keep the banners above the text: each sentence once, the newest on top."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QVBoxLayout, QWidget

from ime_app.i18n.strings import Strings
from ime_app.widgets.announcer import announce
from ime_app.widgets.banner import Banner


class Banners:
    """The banners of a window, at the top of its `column`."""

    def __init__(self, strings: Strings, parent: QWidget, column: QVBoxLayout) -> None:
        self._strings = strings
        self._parent = parent
        self._column = column

    @property
    def shown(self) -> list[Banner]:
        """Those not yet dismissed, oldest first."""
        return [banner for banner in self._parent.findChildren(Banner) if not banner.isHidden()]

    def add(self, text: str, action: str = "", act: Callable[[], None] | None = None) -> None:
        """Show the text until it is dismissed; `act` is what a button labelled `action` does."""
        if text in [banner.text for banner in self.shown]:
            return
        banner = Banner(text, self._strings, self._parent, action, act)
        self._column.insertWidget(0, banner)
        banner.show()
        announce(self._parent, text)

    def dismiss(self, *texts: str) -> None:
        """Take away the banners that say one of these."""
        for banner in self.shown:
            if banner.text in texts:
                banner.hide()
