"""Look up the custom phrases of one data directory at every key, and read the file again when it has changed.

An edit is made of what the file holds at that moment, one process at a time, and replaces it as a whole.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from engine.error_kinds import Kind
from engine.errors import Said, says, system_reason
from engine.protocol import CustomPhrase
from engine.storage.atomic_files import make_private_folder, write_lines
from engine.storage.custom_phrases.phrase_file import (
    FILE_NAME,
    PhraseChange,
    PhraseError,
    PhraseFile,
    checked,
    load_phrase_file,
)
from engine.storage.directory_lock import directory_lock

_WAIT_S = 5.0  # for another process that edits


class CustomPhraseBook:
    """The phrases of a folder. A file that cannot be read changes nothing and is reported once."""

    def __init__(self, data_directory: Path) -> None:
        self.path = data_directory / FILE_NAME
        self._file = PhraseFile()
        self._by_code: dict[str, list[CustomPhrase]] = {}
        self._seen: tuple[int, int, int] | None = None
        self._notices: list[Said] = []

    @property
    def formats(self) -> Mapping[str, str]:
        """The formats in which the variables are written."""
        return self._file.formats

    def of(self, code: str) -> Sequence[CustomPhrase]:
        """Return the phrases of exactly this code, in the user's order."""
        self._read_where_changed()
        return self._by_code.get(code, ())

    def read(self) -> PhraseFile:
        """Return what the file holds now. Raises PhraseError."""
        return load_phrase_file(self.path)

    def edit(self, change: PhraseChange) -> tuple[CustomPhrase, ...]:
        """Replace the phrases by what `change` makes of them; returns them. Raises PhraseError."""
        return self.exchange(lambda file: change(list(file.phrases)))

    def exchange(self, change: Callable[[PhraseFile], list[CustomPhrase]]) -> tuple[CustomPhrase, ...]:
        """Do the same with what `change` makes of the file as a whole."""
        try:
            make_private_folder(self.path.parent)
            with directory_lock(self.path, _WAIT_S):
                file = load_phrase_file(self.path)
                phrases = [checked(phrase) for phrase in change(file)]
                if tuple(phrases) != file.phrases:
                    written = file.with_phrases(phrases).text()
                    write_lines(self.path, written.removesuffix("\n").split("\n"))
                return tuple(phrases)
        except TimeoutError:
            held = says(Kind.HELD)
            raise PhraseError(says(Kind.CANNOT_BE_WRITTEN, path=self.path, reason=held)) from None
        except OSError as error:
            reason = system_reason(error, with_path=False)
            raise PhraseError(says(Kind.CANNOT_BE_WRITTEN, path=self.path, reason=reason)) from error

    def take_notices(self) -> list[Said]:
        """Return sentences about wrong lines, each once; none quotes a line."""
        notices, self._notices = self._notices, []
        return notices

    def _read_where_changed(self) -> None:
        try:
            found = os.stat(self.path)  # noqa: PTH116 - at every key, and twice as fast
            seen = (found.st_ino, found.st_size, found.st_mtime_ns)
        except OSError:
            seen = None
        if seen == self._seen:
            return
        self._seen = seen
        try:
            self._take(load_phrase_file(self.path))
        except PhraseError as error:
            self._notices.append(error.message)

    def _take(self, file: PhraseFile) -> None:
        self._file = file
        self._by_code = {}
        for phrase in file.phrases:
            self._by_code.setdefault(phrase.code, []).append(phrase)
        self._notices += [
            says(Kind.IN_LINE, path=self.path, line=wrong.line, reason=wrong.reason) for wrong in file.wrong
        ]


def added(phrases: list[CustomPhrase], new: list[CustomPhrase]) -> list[CustomPhrase]:
    """Return the phrases with the new ones behind them; one that is there already stays where it is."""
    known = {(phrase.code, phrase.text) for phrase in phrases}
    fresh = {(phrase.code, phrase.text): phrase for phrase in new}
    return [*phrases, *(phrase for key, phrase in fresh.items() if key not in known)]
