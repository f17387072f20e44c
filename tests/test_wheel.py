"""A wheel as `make dist` builds it, in a bare environment, types: in its window, and through IBus.

Takes the packages that it needs from the package index.
"""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.ime_app.display import REPOSITORY, Desk, running, wait_for, x_server
from tests.ime_app.ibus.daemon import Field, ibus_daemon

pytestmark = pytest.mark.long


def run(*command: object, cwd: Path) -> str:
    words = [str(word) for word in command]
    done = subprocess.run(words, cwd=cwd, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def binaries(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of programs of an environment that holds the wheel and what it needs alone."""
    folder = tmp_path_factory.mktemp("wheel")
    source = folder / "source"
    run("git", "clone", "-q", REPOSITORY, source, cwd=folder)
    changed = run("git", "diff", "HEAD", "--binary", cwd=REPOSITORY)
    if changed:
        (folder / "changes").write_text(changed, encoding="utf-8")
        run("git", "apply", folder / "changes", cwd=source)
    run(sys.executable, "-m", "pip", "wheel", "-q", "--no-deps", "-w", folder / "dist", source, cwd=folder)
    (wheel,) = (folder / "dist").iterdir()
    run(sys.executable, "-m", "venv", folder / "venv", cwd=folder)
    found = folder / "venv" / "bin"
    run(found / "python", "-m", "pip", "install", "-q", wheel, cwd=folder)
    return found


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Enter an empty home, with no way back to the repository."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("PYTHONPATH", raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    return tmp_path


def test_commands(binaries: Path, home: Path) -> None:
    assert run(binaries / "moyin", "--version", cwd=home).startswith("墨音 Moyin ")
    assert "你好世界" in run(binaries / "python", "-P", "-m", "engine", "convert", "nihaoshijie", cwd=home)
    share = binaries.parent / "share"
    assert (share / "applications" / "moyin.desktop").exists()
    assert (share / "metainfo" / "moyin.metainfo.xml").exists()


def test_window_types_a_sentence(binaries: Path, home: Path) -> None:
    data = home / "data"
    command = [str(binaries / "moyin"), "--data-directory", str(data)]
    with x_server() as display, running(command, display) as window:
        desk = Desk(window, display)
        desk.type("nihaoshijie")
        desk.key("space")
        text = data / "text.txt"
        wait_for("the sentence", lambda: text.exists() and text.read_text("utf-8") == "你好世界")


def test_engine_types_a_sentence(binaries: Path, home: Path) -> None:
    """Chosen at once; the model is there before the daemon's patience ends."""
    command = [str(binaries / "python"), "-P", "-m", "ime_app.ibus", "run"]
    with ibus_daemon(home, command, paths=[]) as daemon:
        field = Field.open(daemon)
        started = time.monotonic()
        field.choose()
        assert time.monotonic() - started < 4
        field.type("nihaoshijie ")
        field.settle()
        assert field.text == "你好世界"
