"""The loop that runs a host: what it does beside the keys."""

from __future__ import annotations

import os
import shutil
import signal
import threading
import time
from contextlib import closing
from pathlib import Path

import pytest

from engine.interchange.exchange_folder import exchange, join_folder
from engine.interchange.moving_house import House
from engine.storage.user_store import UserStore
from engine.storage.word_store import UserWord, WordStore
from ime_app.field import engine_loop
from ime_app.field.engine_loop import EngineLoop
from ime_app.field.home import Home
from tests.ime_app.field.bench import PATH, RecordingPort
from tests.ime_app.field.small_engine import small_model


def run_until(loop: EngineLoop, is_done: object, timeout_s: float = 30.0) -> None:
    """Run the loop with messages that never end, until that is so."""
    reading, writing = os.pipe()
    os.write(writing, b".")  # there is always something to read: the loop never sleeps for long
    deadline = time.monotonic() + timeout_s

    def handle_one() -> bool:
        time.sleep(0.005)
        assert time.monotonic() < deadline
        if is_done():  # type: ignore[operator]
            raise ConnectionError
        return False

    before = signal.getsignal(signal.SIGTERM)
    try:
        loop.run(reading, handle_one)
    finally:
        signal.signal(signal.SIGTERM, before)
        os.close(reading)
        os.close(writing)


def test_who_types_in_other_applications_alone_exchanges_as_well(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engine_loop, "FIRST_EXCHANGE_S", 0.0)
    monkeypatch.setattr(engine_loop, "LATER_EXCHANGE_S", 0.1)
    here, there = (House(tmp_path / name, tmp_path / name / "settings.toml") for name in ("here", "there"))
    shared = tmp_path / "shared"
    shared.mkdir()
    with closing(UserStore(there.data_directory)) as store:
        WordStore(store).add_words([UserWord("墨音", ("mo", "yin"))])
    exchange(there, shared)
    join_folder(here, shared)
    port = RecordingPort()
    loop = EngineLoop(
        port, lambda: small_model(here.data_directory), Home(here.data_directory, here.settings)
    )
    run_until(loop, lambda: len(list(shared.glob("moyin-*.jsonl"))) == 2)
    with closing(UserStore(here.data_directory)) as store:
        assert [word.text for word in WordStore(store).words()] == ["墨音"]


def test_a_shared_folder_that_is_gone_is_said_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine_loop, "FIRST_EXCHANGE_S", 0.0)
    monkeypatch.setattr(engine_loop, "LATER_EXCHANGE_S", 0.02)
    shared = tmp_path / "shared"
    shared.mkdir()
    house = House(tmp_path / "here", tmp_path / "here" / "settings.toml")
    join_folder(house, shared)
    shutil.rmtree(shared)
    port = RecordingPort()
    loop = EngineLoop(port, lambda: small_model(tmp_path / "here"), Home(tmp_path / "here", house.settings))
    loop.host.create(PATH)
    loop.host.focus_in(PATH)
    end = time.monotonic() + 3.0
    run_until(loop, lambda: str(shared) in str(port.log) and time.monotonic() > end)
    assert str(port.log).count(str(shared)) == 1


def test_a_message_that_a_flush_has_read_is_handled_before_the_loop_waits(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing is left on the connection then: the key of a user who has just changed a setting waited for the
    next one.
    """
    loop = EngineLoop(
        RecordingPort(), lambda: small_model(tmp_path), Home(tmp_path, tmp_path / "settings.toml")
    )
    monkeypatch.setattr(loop, "load", lambda: None)  # whose end would wake the loop
    reading, writing = os.pipe()
    inbox, handled = list[str](), list[str]()

    def handle_one() -> bool:
        if handled:
            raise ConnectionError
        handled.extend(inbox)
        return bool(handled)

    before = signal.getsignal(signal.SIGTERM)
    killed = threading.Timer(5.0, os.close, [writing])  # the wait would end by this, too late
    killed.start()
    start = time.monotonic()
    try:
        loop.run(reading, handle_one, lambda: inbox.append("key"))
    finally:
        signal.signal(signal.SIGTERM, before)
        killed.cancel()
    assert handled
    assert time.monotonic() - start < 4.0
