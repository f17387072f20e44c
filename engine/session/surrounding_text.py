"""Track the text around the caret between two reports of the front end."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

from engine.protocol import Commit, Key, KeyEvent, Modifier
from engine.session.keymap import text_of

SURROUNDING_LENGTH: Final[int] = 256  # characters of text before the caret that are kept


@dataclass(frozen=True)
class SurroundingText:
    """The end of the text before the caret and the first character behind it."""

    before: str = ""
    after: str = ""

    @classmethod
    def of(cls, before: str, after: str = "") -> SurroundingText:
        """Return the text as the front end reports it."""
        return cls(before[-SURROUNDING_LENGTH:], after[:1])

    def committed(self, commit: Commit) -> SurroundingText:
        """Return the text after a commit of the session's own."""
        inside = len(commit.text) - commit.behind
        after = commit.text[inside:] + self.after[commit.replaced :]
        before = self.before[: max(0, len(self.before) - commit.erased)]
        return SurroundingText.of(before + commit.text[:inside], after)

    def passed(self, event: KeyEvent) -> SurroundingText:
        """Return the text after a key that was left to the editor.

        A `3` passed on must be known when the `.` of 3.14 comes.
        """
        if event.modifiers & ~Modifier.SHIFT:
            return self
        if event.key == Key.BACKSPACE:
            return replace(self, before=self.before[:-1])
        return SurroundingText.of(self.before + text_of(event), self.after)
