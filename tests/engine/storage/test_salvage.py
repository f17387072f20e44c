"""What can be read of a damaged database is read, whatever page is broken, and nothing is made up."""

from __future__ import annotations

import random
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from engine.storage.phrase import Phrase
from engine.storage.phrase_log import PhraseLog
from engine.storage.salvage import Salvaged, salvage
from engine.storage.user_store import UserStore
from engine.storage.word_store import Pin, UserWord, WordStore

PAGE = 4096
N_PHRASE = 600


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """Return the file of a log with words, forgotten texts and a pin."""
    store = UserStore(tmp_path_factory.mktemp("whole"))
    log = PhraseLog(store)
    rows = [
        Phrase(f"你好{i}", ("ni", "hao"), f"nihao{i}", "从前" * (i % 9), time=float(i))
        for i in range(N_PHRASE)
    ]
    log.add(rows)
    words = WordStore(store)
    words.add_words(UserWord(f"词{i}", ("ci",), 2.0) for i in range(400))
    words.forget(["拟好"])
    words.pin(Pin("nihao", "你好", ("ni", "hao")))
    store.connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    store.close()
    return store.path.read_bytes()


def salvaged(data: bytes, folder: Path) -> tuple[Salvaged, list[Phrase], set[str]]:
    (folder / "damaged.sqlite3").write_bytes(data)
    store = UserStore(folder)
    read = salvage(folder / "damaged.sqlite3", store.connection, folder / "copy")
    found = list(PhraseLog(store)), {word.text for word in WordStore(store).words()}
    assert store.connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    store.close()
    assert not list(folder.glob("copy*"))
    return read, *found


def noise(page: bytes) -> bytes:
    return random.Random(1).randbytes(len(page))


@pytest.mark.parametrize("broken", [lambda page: bytes(len(page)), noise], ids=["zeros", "noise"])
def test_any_page(whole: bytes, tmp_path: Path, broken: Callable[[bytes], bytes]) -> None:
    """A page costs the rows that lie on it; only one that names the others, all of its table's."""
    _, originals, words = salvaged(whole, _made(tmp_path / "whole"))
    known = {phrase.id: phrase for phrase in originals}
    assert len(known) == N_PHRASE
    losses = []
    for number in range(len(whole) // PAGE):
        start = number * PAGE
        page = broken(whole[start : start + PAGE])
        data = whole[:start] + page + whole[start + PAGE :]
        read, phrases, kept = salvaged(data, _made(tmp_path / f"{number}"))
        assert all(known[phrase.id] == phrase for phrase in phrases)
        assert kept <= words
        if read.lost is not None:
            assert read.found + read.lost == N_PHRASE
        losses.append(N_PHRASE - read.found)
    assert sum(loss == 0 for loss in losses) > len(losses) // 4
    assert sum(loss >= N_PHRASE // 7 for loss in losses) <= 3, "the table's root, and what names the tables"


def test_the_first_page(whole: bytes, tmp_path: Path) -> None:
    read, phrases, words = salvaged(noise(whole[:PAGE]) + whole[PAGE:], tmp_path)
    assert read == Salvaged(N_PHRASE, 0)
    assert len(phrases) == N_PHRASE
    assert len(words) == 400


def test_a_file_cut_short(whole: bytes, tmp_path: Path) -> None:
    read, phrases, _ = salvaged(whole[: len(whole) // 2], tmp_path)
    assert 0 < read.found == len(phrases) < N_PHRASE


def test_the_write_ahead_log_is_read(tmp_path: Path) -> None:
    """The last commits are only there while a window is open."""
    store = UserStore(_made(tmp_path / "old"))
    PhraseLog(store).add([Phrase("你好", ("ni", "hao"), "nihao")])
    wal = Path(f"{store.path}-wal").read_bytes()
    damaged = tmp_path / "damaged.sqlite3"
    damaged.write_bytes(noise(bytes(PAGE)) + store.path.read_bytes()[PAGE:])
    Path(f"{damaged}-wal").write_bytes(wal)
    store.close()
    fresh = UserStore(_made(tmp_path / "new"))
    assert salvage(damaged, fresh.connection, tmp_path / "copy").found == 1
    assert [phrase.text for phrase in PhraseLog(fresh)] == ["你好"]
    fresh.close()


def test_what_is_in_the_backup_stays(whole: bytes, tmp_path: Path) -> None:
    """The newer file counts where both have a row; what it lacks is kept."""
    store = UserStore(_made(tmp_path / "store"))
    with store.transaction() as connection:
        for number, text in ((1, "旧的"), (9999, "只在备份里")):
            connection.execute(
                "INSERT INTO phrase VALUES (?, 1, '', '', ?, '', 0, '', '', '')", (number, text)
            )
    (tmp_path / "damaged.sqlite3").write_bytes(whole)
    read = salvage(tmp_path / "damaged.sqlite3", store.connection, tmp_path / "copy")
    texts = {phrase.id: phrase.text for phrase in PhraseLog(store)}
    assert texts[1] == "你好0"
    assert texts[9999] == "只在备份里"
    assert read.found == N_PHRASE - 1
    store.close()


def test_values_of_a_wrong_type_are_left_out(whole: bytes, tmp_path: Path) -> None:
    path = tmp_path / "changed"
    path.write_bytes(whole)
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("UPDATE phrase SET text = x'00ff' WHERE id = 7")
    read, phrases, _ = salvaged(path.read_bytes(), tmp_path)
    assert read == Salvaged(N_PHRASE - 1, 1)
    assert 7 not in {phrase.id for phrase in phrases}


def _made(folder: Path) -> Path:
    folder.mkdir()
    return folder
