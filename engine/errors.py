"""Define what is said of something that is wrong, and the base class of every error about it.

An error carries no sentence but a kind and fields; the sentence is made where it is shown, in the
language of whoever reads it, from the words of the kind:

    raise BundleError.of(says(Kind.THE_FILE, path=path), says(Kind.NO_FILE), says(Kind.FETCH_BUNDLE))
"""

from __future__ import annotations

import errno
import re
import tomllib
from dataclasses import dataclass
from typing import Any, Final, Self

from engine.error_kinds import Kind

_PLACE: Final[re.Pattern[str]] = re.compile(r"\(at line (\d+), column (\d+)\)")
_DIGITS: Final[str] = "integer string conversion"  # what Python says of a number of 5,000 digits
_MAX_DEPTH: Final[int] = 8  # of messages in messages that come from another process


@dataclass(frozen=True)
class Message:
    """A statement to be worded: a kind and what fills its sentence, messages among it. `str` is English."""

    kind: Kind
    fields: tuple[tuple[str, object], ...] = ()

    def said(self, language: str) -> str:
        """Return the sentence in `zh` or `en`."""
        values = {
            name: value.said(language) if isinstance(value, Message) else value for name, value in self.fields
        }
        return self.kind.sentence(language).format(**values)

    def __str__(self) -> str:
        return self.said("en")

    def as_json(self) -> dict[str, object]:
        """Return the message as JSON objects, for another process."""
        fields = {
            name: value.as_json() if isinstance(value, Message) else str(value) for name, value in self.fields
        }
        return {"kind": self.kind.name.lower(), "fields": fields}


Said = Message | str  # a text is what a system or a library says, in its own words


def says(kind: Kind, **fields: object) -> Message:
    """Return the message of that kind."""
    return Message(kind, tuple(fields.items()))


class MoyinError(ValueError):
    """An error that a user can act on: its `kind`, and its fields by name.

    Fields that many have: `expected`, `found`, `remedy`, `path`, `line`, `reason`.
    """

    def __init__(self, message: Said = "") -> None:
        self.message = message if isinstance(message, Message) else says(Kind.SENTENCE, text=message)
        super().__init__(self.message)

    @classmethod
    def of(cls, expected: Said, found: Said, remedy: Said | None = None) -> Self:
        """Return the error of something else than was expected, and what to do about it."""
        if remedy is None:
            return cls(says(Kind.EXPECTED_FOUND, expected=expected, found=found))
        return cls(says(Kind.EXPECTED, expected=expected, found=found, remedy=remedy))

    @property
    def kind(self) -> Kind:
        return self.message.kind

    def field(self, name: str) -> object:
        """Return what the error says of `expected`, `found`, `path` …; None where it says nothing."""
        return dict(self.message.fields).get(name)

    def __str__(self) -> str:
        return str(self.message)


_SYSTEM: Final[dict[int, Kind]] = {
    errno.ENOSPC: Kind.NO_SPACE,
    errno.EACCES: Kind.NO_PERMISSION,
    errno.EPERM: Kind.NO_PERMISSION,
    errno.EROFS: Kind.READ_ONLY,
    errno.ENOENT: Kind.NO_SUCH_FILE,
    errno.ENOTDIR: Kind.NOT_A_FOLDER,
    errno.EISDIR: Kind.IS_A_FOLDER,
    errno.EEXIST: Kind.FILE_EXISTS,
    errno.EIO: Kind.DISK_ERROR,
    errno.ELOOP: Kind.LINK_LOOP,
    errno.ENAMETOOLONG: Kind.NAME_TOO_LONG,
}


def reason_of(error: BaseException) -> Message:
    """Return what an error says, whatever it is."""
    if isinstance(error, MoyinError):
        return error.message
    if isinstance(error, OSError):
        return system_reason(error)
    if isinstance(error, UnicodeDecodeError):
        return says(Kind.NOT_UTF8)
    if isinstance(error, tomllib.TOMLDecodeError):
        return _toml_reason(str(error))
    if isinstance(error, RecursionError):
        return says(Kind.TOO_DEEP)
    if isinstance(error, ValueError) and _DIGITS in str(error):
        return says(Kind.LONG_NUMBER)
    return says(Kind.SENTENCE, text=str(error) or type(error).__name__)


def _toml_reason(said: str) -> Message:
    """Return where Python's reader of TOML found a mistake; it names that in English alone."""
    place = _PLACE.search(said)
    if place is None:
        return says(Kind.TOML_CUT)
    return says(Kind.TOML_MISTAKE, line=place[1], column=place[2])


def system_reason(error: OSError, *, with_path: bool = True) -> Message:
    """Return what the system says, with the file that it says it of."""
    kind = _SYSTEM.get(error.errno or 0)
    reason = says(kind) if kind else says(Kind.SENTENCE, text=error.strerror or str(error))
    if with_path and error.filename:
        return says(Kind.SYSTEM_AT, reason=reason, path=error.filename)
    return reason


def message_of_json(value: Any, depth: int = 0) -> Message:
    """Return what another process wrote with `as_json`. Raises ValueError, KeyError, TypeError."""
    if depth > _MAX_DEPTH:
        raise ValueError("expected a message, found one too deep")
    fields = {
        str(name): message_of_json(field, depth + 1) if isinstance(field, dict) else str(field)
        for name, field in dict(value["fields"]).items()
    }
    message = says(Kind[str(value["kind"]).upper()], **fields)
    str(message)  # a field that is missing is a KeyError
    return message


def short_repr(value: object, length: int = 80) -> str:
    """Return the `repr` of what was found in a file, cut to so many characters."""
    try:
        text = repr(value)
    except (ValueError, RecursionError):  # a number of thousands of digits; lists in lists in lists
        return "…"
    return text if len(text) <= length else text[: length - 1] + "…"
