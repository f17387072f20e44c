"""Read folders of UTF-8 text, plain or compressed, as a stream of paragraphs."""

from __future__ import annotations

import io
import lzma
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final, TextIO

from zstandard import ZstdDecompressor, ZstdError

from training.errors import WorkshopError

SUFFIXES: Final[tuple[str, ...]] = (".txt", ".txt.xz", ".txt.zst")


class CorpusError(WorkshopError):
    """A folder without text, or a file that is not UTF-8; the message names it."""


def text_files(folder: Path) -> dict[str, Path]:
    """Return source name to file, for every text file directly in `folder`, sorted by name.

    Raises CorpusError if there is none, or if two files have one source name.
    """
    files: dict[str, Path] = {}
    for path in sorted(folder.iterdir()) if folder.is_dir() else []:
        suffix = next((s for s in reversed(SUFFIXES) if path.name.endswith(s)), None)
        if suffix is None:
            continue
        name = path.name.removesuffix(suffix)
        if name in files:
            raise CorpusError(f"{files[name].name} and {path.name} are one source; rename one of them")
        files[name] = path
    if not files:
        raise CorpusError(f"no {', '.join(SUFFIXES)} file in {folder}; one paragraph a line, UTF-8")
    return files


def paragraphs(path: Path) -> Iterator[str]:
    """Yield the non-empty lines of a text file. Raises CorpusError if it is no such text."""
    with _open_text(path) as lines:
        try:
            for line in lines:
                if stripped := line.strip():
                    yield stripped
        except UnicodeDecodeError as error:
            raise CorpusError(f"{path} is not UTF-8 ({error.reason}); convert it first") from error
        except (lzma.LZMAError, EOFError, ZstdError) as error:
            raise CorpusError(f"{path} is damaged or not compressed as its name says ({error})") from error


@contextmanager
def _open_text(path: Path) -> Iterator[TextIO]:
    if path.suffix == ".xz":
        with lzma.open(path, "rt", encoding="utf-8") as file:
            yield file
    elif path.suffix == ".zst":
        with path.open("rb") as raw, ZstdDecompressor().stream_reader(raw) as stream:
            yield io.TextIOWrapper(stream, encoding="utf-8")
    else:
        with path.open(encoding="utf-8") as file:
            yield file
