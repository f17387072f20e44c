"""The process that the addon starts, at the other end of a real socket."""

from __future__ import annotations

import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from engine.storage.phrase_log import PhraseLog
from engine.storage.user_store import UserStore
from ime_app.fcitx5.packets import LARGEST, packed, unpacked
from tests.ime_app.display import REPOSITORY

SCRIPT = Path(__file__).with_name("engine_process.py")


class Addon:
    """What fcitx5's addon does: starts the process, speaks, listens."""

    def __init__(self, folder: Path) -> None:
        self._socket, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._socket.settimeout(60)
        self.process = subprocess.Popen(
            [sys.executable, "-P", str(SCRIPT), str(folder)],
            stdin=theirs.fileno(),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            cwd=folder,
            env={"PYTHONPATH": str(REPOSITORY), "HOME": str(folder), "OMP_NUM_THREADS": "1"},
        )
        theirs.close()
        self.heard: list[list[str]] = []

    def say(self, *fields: object) -> None:
        self._socket.send(packed(fields))

    def hear_until(self, *fields: str) -> None:
        while not self.heard or self.heard[-1] != list(fields):
            self.heard.append(unpacked(self._socket.recv(LARGEST)))

    def hang_up(self) -> None:
        self._socket.close()


@pytest.fixture
def addon(tmp_path: Path) -> Iterator[Addon]:
    made = Addon(tmp_path)
    yield made
    made.hang_up()
    made.process.kill()
    made.process.communicate()


def type_a_sentence(addon: Addon) -> None:
    addon.say("focus", "field", "an editor", 33, 0, 0)
    for serial, letter in enumerate("nihaoshijie ", 1):
        addon.say("key", "field", serial, ord(letter), 0)
    addon.hear_until("answer", "12", "1")
    assert ["commit", "field", "你好世界"] in addon.heard
    assert addon.heard[0] == ["entered"]


def test_sentence_is_typed_and_kept_when_fcitx5_ends(addon: Addon, tmp_path: Path) -> None:
    """Keys told before the model is there are answered in their order when it is."""
    type_a_sentence(addon)
    answers = [int(said[1]) for said in addon.heard if said[0] == "answer"]
    assert answers == list(range(1, 13))
    addon.hang_up()
    said, _ = addon.process.communicate(timeout=60)
    assert (addon.process.returncode, said) == (0, b"")
    store = UserStore(tmp_path)
    assert [phrase.text for phrase in PhraseLog(store)] == ["你好世界"]
    store.close()


def test_process_ends_when_it_is_asked_to(addon: Addon) -> None:
    type_a_sentence(addon)
    addon.process.send_signal(signal.SIGTERM)
    assert addon.process.wait(60) == 0
