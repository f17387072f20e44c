"""Hold what is known of the field that has the keyboard, and of the text around its caret.

One `Client` stands for one engine object of the daemon: in most desktops there is one for all applications,
and each focus-in says anew what the field can do.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from engine.session.surrounding_text import SURROUNDING_LENGTH
from ime_app.field.values import Capability, Hint, Purpose


@dataclass(frozen=True)
class Report:
    """The text around the caret as the client reports it; a selection belongs to neither side."""

    before: str
    after: str


@dataclass
class Client:
    """An engine object: its path on the bus, and the field behind it."""

    path: str
    capabilities: int = 0
    purpose: int = 0
    hints: int = 0
    field_path: str = ""  # of the input context, where the daemon says it
    program: str = ""  # toolkit and application, where they are known
    counts_bytes: bool = False  # it was seen to count its caret in bytes
    fixed_carets: set[str] = field(default_factory=set)  # programs whose caret a Left did not move
    report: Report | None = field(default=None, repr=False)

    @property
    def has_surrounding(self) -> bool:
        return bool(self.capabilities & Capability.SURROUNDING)

    @property
    def moves_caret(self) -> bool:
        """Whether a Left sent to the program moves its caret. GTK 4 takes no key that is sent to it.

        IBus names a context of its own, `fake`, when the engine is chosen in a field; until the next field
        nobody knows what program that is.
        """
        is_known = self.program != "fake" and not self.program.startswith("gtk4")
        return is_known and self.program not in self.fixed_carets

    @property
    def is_secret(self) -> bool:
        """Whether no key of this field may be looked at."""
        return self.purpose in (Purpose.PASSWORD, Purpose.PIN) or bool(self.hints & Hint.HIDDEN_TEXT)

    @property
    def is_private(self) -> bool:
        """Whether nothing may be kept of what is typed here."""
        return self.is_secret or bool(self.hints & Hint.PRIVATE)

    def read(self, text: str, cursor: int, anchor: int, committed: str) -> Report:
        """Return what stands around the caret.

        GNOME Shell 43 counts the caret in bytes: `你好世界` with 12. A caret behind the end shows that,
        and so does one that stands behind the text just `committed` only if bytes are counted.
        """
        if not self.counts_bytes:
            in_bytes = _position_in_characters(text, cursor)
            here = text[:cursor].endswith(committed)
            there = in_bytes != cursor and text[:in_bytes].endswith(committed)
            self.counts_bytes = cursor > len(text) or bool(committed and not here and there)
        if self.counts_bytes:
            cursor, anchor = _position_in_characters(text, cursor), _position_in_characters(text, anchor)
        first, last = min(cursor, anchor), max(cursor, anchor)
        self.report = Report(text[max(0, first - SURROUNDING_LENGTH) : first], text[last : last + 1])
        return self.report


def _position_in_characters(text: str, n_byte: int) -> int:
    return len(text.encode("utf-8", "surrogatepass")[:n_byte].decode("utf-8", "ignore"))
