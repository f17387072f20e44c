"""Say what an import has brought, in sentences for the user."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from engine.errors import Said
from ime_app.i18n.strings import Strings
from ime_app.services.user_data import ImportReport

MAX_BAD_LINES: Final[int] = 5  # of each file
KINDS: Final[tuple[str, ...]] = ("word", "list", "pin", "forgotten", "custom", "phrase", "setting")


def lines_of_report(report: ImportReport, strings: Strings) -> list[str]:
    """Return what came of one file, and the first lines that were left out."""
    lines = notes_of(report.notices, strings)
    if report.changed is not None:
        lines.append(strings("moving.took", file=report.path.name, changes=said(strings, report.changed)))
    else:
        values = {"file": report.path.name, "phrases": report.phrases, "words": report.words}
        lines.append(strings("log.imported", **values))
    shown = report.bad_lines[:MAX_BAD_LINES]
    lines += [strings("log.bad_line", number=number, reason=reason) for number, reason in shown]
    n_bad = max(report.n_bad, len(report.bad_lines))
    if n_bad > len(shown):
        lines.append(strings("log.bad_lines", count=n_bad - len(shown)))
        lines += [strings("log.bad_reason", count=count, reason=reason) for reason, count in report.reasons]
    return lines


def notes_of(notices: Iterable[Said], strings: Strings) -> list[str]:
    """Return the notices about a database in the user's language."""
    return [strings("learning_notice", reason=notice) for notice in notices]


def said(strings: Strings, changed: Mapping[str, int]) -> str:
    """Return in words what has changed."""
    parts = [strings(f"moving.{kind}", count=changed[kind]) for kind in KINDS if changed.get(kind)]
    return strings("moving.and").join(parts) if parts else strings("moving.nothing")
