"""What is written of what was typed, what is not, and that typing goes on whatever the disk does."""

from __future__ import annotations

import logging
import socket
import sqlite3
import time
from dataclasses import replace
from pathlib import Path

import pytest

from engine.learning.learner import LearningOptions
from engine.protocol import Key, KeyEvent
from engine.storage.phrase_log import PhraseLog
from engine.storage.user_store import BUSY_MS, FOLDER, UserStore, erase
from engine.storage.word_store import WordStore
from tests.engine.learning_typist import Opener, logged, menus


def test_raw_letters_are_never_written(opened: Opener, tmp_path: Path) -> None:
    typist = opened()
    typist.type("shijie")
    typist.session.process_key(KeyEvent(Key.ENTER))
    typist.type("nihaosecret")
    typist.pick("你好")
    typist.session.process_key(KeyEvent(Key.ENTER))
    typist.type("shijie")
    typist.session.process_key(KeyEvent(","))
    assert logged(tmp_path) == ["你好", "世界，"]
    store = UserStore(tmp_path)
    phrases = list(PhraseLog(store))
    store.close()
    assert [phrase.keys for phrase in phrases] == ["nihao", "shijie,"]
    assert [phrase.before for phrase in phrases] == ["a", "a你好a"]
    typist.learner.close()
    files = [path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()]
    assert [data for data in files if b"secret" in data] == []


def test_the_text_before_is_kept_only_if_wanted(opened: Opener, tmp_path: Path) -> None:
    for options in (LearningOptions(), LearningOptions(keep_before=False)):
        typist = opened(options)
        typist.session.set_surrounding_text("我去")
        typist.type("shijie")
        typist.session.process_key(KeyEvent(Key.SPACE))
    store = UserStore(tmp_path)
    assert [phrase.before for phrase in PhraseLog(store)] == ["我去", ""]
    store.close()


def test_erase(opened: Opener, tmp_path: Path) -> None:
    typist = opened()
    fresh = menus(typist)
    for _ in range(2):
        typist.commit("shijie", "时节")
    typist.learner.erase()
    assert menus(typist) == menus(opened()) == fresh
    assert logged(tmp_path) == []


def test_erased_elsewhere(opened: Opener, tmp_path: Path) -> None:
    typist = opened()
    fresh = menus(typist)
    typist.commit("shijie", "时节")
    erase(tmp_path)
    typist.session.warm()
    assert menus(typist) == fresh
    typist.commit("wo", "我")
    assert logged(tmp_path) == ["我"]


def test_taken_back_after_all_was_erased_elsewhere(opened: Opener, tmp_path: Path) -> None:
    """The row has its number again by then, of another window's phrase."""
    typist = opened()
    typist.type("shijie")
    typist.session.process_key(KeyEvent(Key.SPACE))
    erase(tmp_path)
    opened().commit("wo", "我")
    typist.session.process_key(KeyEvent(Key.BACKSPACE))
    assert logged(tmp_path) == ["我"]


def test_typing_goes_on_where_nothing_can_be_kept(opened: Opener, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    typist = opened(folder=tmp_path / "file")
    for _ in range(2):
        typist.commit("shijie", "时节")
    assert typist.menu("shijie")[0] == "时节", "learnt for as long as the window is open"
    (notice,) = map(str, typist.learner.take_notices())
    assert "Not a directory" in notice
    assert "时节" not in notice
    assert typist.learner.take_notices() == []


def test_what_could_not_be_written_is_written_later(opened: Opener, tmp_path: Path) -> None:
    typist = opened()
    typist.learner.store.connection.execute("PRAGMA query_only = ON")
    typist.commit("shijie", "时节")
    assert logged(tmp_path) == []
    assert len(typist.learner.take_notices()) == 1
    typist.learner.store.connection.execute("PRAGMA query_only = OFF")
    typist.session.warm()
    assert logged(tmp_path) == ["时节"]


def test_what_is_said_of_candidates_waits_as_phrases_do(opened: Opener, tmp_path: Path) -> None:
    """Forgotten, pinned and taken back while nothing can be written: in effect at once, written later."""
    typist = opened()
    typist.pause()
    learner, words = typist.learner, WordStore(typist.learner.store)
    learner.pin("nihao", typist.candidate("nihao", "你好"))
    learner.forget(typist.candidate("shi", "是"))
    connection = learner.store.connection
    connection.execute("PRAGMA query_only = ON")
    learner.forget(typist.candidate("shijie", "世界"))
    learner.restore(replace(typist.candidate("wo", "我"), text="是"))
    learner.pin("shijie", typist.candidate("shijie", "时节"))
    learner.unpin("nihao", "你好")
    typist.pause()
    assert (words.forgotten(), [pin.keys for pin in words.pins()]) == (["是"], ["nihao"])
    assert learner.personal.forgotten == {"世界"}
    menu = typist.menu("shijie")
    assert menu[0] == "时节"
    assert "世界" not in menu
    connection.execute("PRAGMA query_only = OFF")
    typist.pause()
    assert (words.forgotten(), [pin.keys for pin in words.pins()]) == (["世界"], ["shijie"])
    assert typist.menu("shijie") == menu


def test_what_is_said_of_candidates_holds_where_nothing_can_be_kept(opened: Opener, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    typist = opened(folder=tmp_path / "file")
    typist.learner.forget(typist.candidate("shijie", "世界"))
    third = typist.menu("shijie")[2]
    typist.learner.pin("shijie", typist.candidate("shijie", third))
    typist.pause()
    menu = typist.menu("shijie")
    assert menu[0] == third
    assert "世界" not in menu


def test_a_database_damaged_while_typing(opened: Opener, tmp_path: Path) -> None:
    typist = opened()
    typist.commit("shijie", "时节")
    typist.session.warm()
    typist.learner.store.connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    (tmp_path / FOLDER / "phrases.sqlite3").write_bytes(b"no database" * 2000)
    typist.learner.store.connection.execute("PRAGMA cache_size = 0")
    typist.commit("wo", "握")
    (notice,) = map(str, typist.learner.take_notices())
    assert "was damaged" in notice
    assert logged(tmp_path) == ["时节", "握"]


def test_no_socket_and_no_word_in_any_log(
    opened: Opener, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("a socket was opened")

    monkeypatch.setattr(socket, "socket", refuse)
    monkeypatch.setattr(socket, "create_connection", refuse)
    with caplog.at_level(logging.DEBUG):
        typist = opened()
        typist.commit("shijie", "时节")
        typist.learner.forget(typist.candidate("shijie", "时节"))
        typist.session.warm()
        typist.learner.erase()
    assert caplog.text == ""


def test_half_a_surrogate_pair_before_the_caret_stops_nothing(opened: Opener, tmp_path: Path) -> None:
    """Pasted text may end so; SQLite takes UTF-8 alone."""
    typist = opened()
    typist.session.set_surrounding_text("好\ud83d")
    for text in ("世界", "时节"):
        typist.type("shijie")
        output = typist.pick(text)
        assert output.commit is not None
    assert typist.learner.take_notices() == []
    assert logged(tmp_path) == ["世界", "时节"]
    store = UserStore(tmp_path)
    assert [phrase.before for phrase in PhraseLog(store)] == ["好\ufffd", "好\ufffd世界"]
    store.close()


def test_forgetting_no_text_forgets_nothing(opened: Opener, tmp_path: Path) -> None:
    """`words forget ""` of an empty shell variable; an archive of an older version may hold it as well."""
    typist = opened()
    with typist.learner.store.transaction() as connection:
        connection.execute("INSERT INTO forgotten VALUES ('', 1.0)")
    again = opened()
    again.commit("shijie", "时节")
    assert again.learner.personal.forgotten == frozenset()
    WordStore(again.learner.store).restore([""])
    WordStore(again.learner.store).forget([""])
    assert WordStore(again.learner.store).forgotten() == []


def test_what_was_written_late_can_still_be_taken_back(opened: Opener, tmp_path: Path) -> None:
    """Another process held the file when the commit was made, and has let it go before Backspace."""
    typist = opened()
    typist.learner.store.connection.execute("PRAGMA query_only = ON")
    typist.type("shijie")
    typist.session.process_key(KeyEvent(Key.SPACE))
    typist.learner.store.connection.execute("PRAGMA query_only = OFF")
    typist.pause()
    assert len(logged(tmp_path)) == 1
    typist.session.process_key(KeyEvent(Key.BACKSPACE))
    assert logged(tmp_path) == []
    assert menus(typist) == menus(opened(folder=tmp_path / "fresh"))


def test_a_commit_during_which_the_database_is_found_damaged_can_be_taken_back(
    opened: Opener, tmp_path: Path
) -> None:
    typist = opened()
    typist.pause()
    typist.learner.store.connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    (tmp_path / FOLDER / "phrases.sqlite3").write_bytes(b"no database" * 2000)
    typist.learner.store.connection.execute("PRAGMA cache_size = 0")
    typist.type("shijie")
    typist.session.process_key(KeyEvent(Key.SPACE))
    assert len(logged(tmp_path)) == 1
    typist.session.process_key(KeyEvent(Key.BACKSPACE))
    assert logged(tmp_path) == []
    assert menus(typist) == menus(opened(folder=tmp_path / "fresh"))


def test_a_database_that_another_process_holds_keeps_no_key_waiting(
    opened: Opener, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    typist = opened()
    typist.pause()
    holder = sqlite3.connect(tmp_path / FOLDER / "phrases.sqlite3", isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")
    typist.commit("shijie", "时节")
    (notice,) = map(str, typist.learner.take_notices())
    assert "another process holds it" in notice
    start = time.monotonic()
    for key in "nihaoshijie":
        typist.session.process_key(KeyEvent(key))
        typist.pause()
    typist.session.process_key(KeyEvent(Key.SPACE))
    assert time.monotonic() - start < 2 * BUSY_MS / 1000, "each of twelve tries would take BUSY_MS"
    holder.close()
    assert logged(tmp_path) == []
    monkeypatch.setattr("engine.learning.user_learner.UserLearner._is_blocked", False)  # some seconds later
    typist.pause()
    assert len(logged(tmp_path)) == 2
