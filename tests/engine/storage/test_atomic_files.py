from __future__ import annotations

import errno
import os
import subprocess
import sys
from pathlib import Path

import pytest

from engine.storage import atomic_files
from engine.storage.atomic_files import make_private_folder, whole_file, write_lines


def test_a_folder_that_others_erase_meanwhile_is_made(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Check both ends of the race: the folder is there and cannot be seen then, its parent is gone."""
    folder, make = tmp_path / "a" / "b", Path.mkdir
    failures: list[type[OSError]] = [FileExistsError, FileNotFoundError]

    def mkdir(path: Path, mode: int = 0o777, parents: bool = False, exist_ok: bool = False) -> None:
        if path == folder and failures:
            raise failures.pop()
        make(path, mode, parents, exist_ok)

    monkeypatch.setattr(Path, "mkdir", mkdir)
    make_private_folder(folder)
    assert not failures
    assert folder.stat().st_mode & 0o777 == 0o700


def test_a_file_in_the_place_of_a_folder_is_said(tmp_path: Path) -> None:
    place = tmp_path / "folder"
    place.write_text("no folder")
    with pytest.raises(FileExistsError):
        make_private_folder(place)
    assert place.read_text() == "no folder"


@pytest.mark.parametrize("refused", ["mkstemp", "replace"])
def test_why_a_file_cannot_be_written_names_it_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, refused: str
) -> None:
    def refuse(part: Path, target: Path | None = None) -> None:
        raise OSError(errno.EROFS, "Read-only file system", str(part), None, target and str(target))

    if refused == "mkstemp":
        monkeypatch.setattr(atomic_files, "mkstemp", lambda **_: refuse(tmp_path / ".text.txt.x.part"))
    else:
        monkeypatch.setattr(Path, "replace", refuse)
    path = tmp_path / "text.txt"
    with pytest.raises(OSError, match="Read-only") as raised, whole_file(path) as file:
        file.write(b"x")
    assert str(raised.value) == f"[Errno {errno.EROFS}] Read-only file system: '{path}'"
    assert not path.exists()


def test_what_is_no_file_is_written_to_and_stays(tmp_path: Path) -> None:
    """`log export /dev/full` as root put a file in the place of the device."""
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    with subprocess.Popen(["cat", str(pipe)], stdout=subprocess.PIPE) as reader:
        assert write_lines(pipe, ["一", "二"]) == 2
        assert reader.stdout is not None
        assert reader.stdout.read().decode() == "一\n二\n"
    assert pipe.is_fifo()


@pytest.mark.parametrize("device", ["/dev/stdout", "/proc/self/fd/1"])
def test_standard_output_is_a_file_to_write(device: str) -> None:
    """Behind a pipe its name resolves to no file at all."""
    code = f"from engine.storage.atomic_files import *; write_lines(Path({device!r}), ['一'])"
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True)
    assert result.stdout.decode() == "一\n"
