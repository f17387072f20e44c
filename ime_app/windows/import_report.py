"""Say what an import has brought, in sentences for the user."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Final

from engine.errors import Said
from ime_app.i18n.strings import Strings

if TYPE_CHECKING:
    from engine.interchange.importing import Imported

MAX_BAD_LINES: Final[int] = 5  # of each file
MAX_REASONS: Final[int] = 3
KINDS: Final[tuple[str, ...]] = ("word", "list", "pin", "forgotten", "custom", "phrase", "setting")


def lines_of_report(report: Imported, strings: Strings) -> list[str]:
    """Return what came of one file, and the first lines that were left out."""
    lines = notes_of(report.notices, strings)
    if report.changed is not None:
        lines.append(strings("moving.took", file=report.path.name, changes=said(strings, report.changed)))
    elif report.custom is not None:
        values = {"file": report.path.name, "count": report.custom, "new": report.new}
        lines.append(strings("words.are_phrases", **values))
    else:
        values = {"file": report.path.name, "phrases": report.phrases, "words": report.words}
        lines.append(strings("log.imported", **values))
    shown = report.bad.first[:MAX_BAD_LINES]
    lines += [strings("log.bad_line", number=line.number, reason=line.reason) for line in shown]
    if len(report.bad) > len(shown):
        lines.append(strings("log.bad_lines", count=len(report.bad) - len(shown)))
        reasons = report.bad.counts.most_common(MAX_REASONS)
        lines += [strings("log.bad_reason", count=count, reason=reason) for reason, count in reasons]
    return lines


def notes_of(notices: Iterable[Said], strings: Strings) -> list[str]:
    """Return the notices about a database in the user's language."""
    return [strings("learning_notice", reason=notice) for notice in notices]


def said(strings: Strings, changed: Mapping[str, int]) -> str:
    """Return in words what has changed."""
    parts = [strings(f"moving.{kind}", count=changed[kind]) for kind in KINDS if changed.get(kind)]
    return strings("moving.and").join(parts) if parts else strings("moving.nothing")
