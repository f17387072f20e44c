"""A database that is damaged anyhow: the session opens, types and keeps what is typed from then on."""

from __future__ import annotations

import random
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing, suppress
from pathlib import Path

import pytest

from engine.__main__ import main
from engine.learning.user_lexicon_cache import build_words
from engine.protocol import Key, KeyEvent
from engine.storage.schema import StoreError
from engine.storage.user_store import FILE_NAME, FOLDER, UserStore
from engine.storage.word_store import Pin, UserWord, WordStore
from tests.engine.learning_typist import Opener, logged

PAGE = 4096


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of the database that every test gets a copy of."""
    return tmp_path_factory.mktemp("kept")


@pytest.fixture
def database(opened: Opener, tmp_path: Path, kept: Path) -> Path:
    """Of somebody who has typed, imported, forgotten and pinned."""
    if not (kept / FOLDER).exists():
        fill(opened, kept)
    shutil.copytree(kept / FOLDER, tmp_path / FOLDER)
    return tmp_path / FOLDER / FILE_NAME


def fill(opened: Opener, folder: Path) -> None:
    typist = opened(folder=folder)
    for text in ("时节", "使节") * 12:
        typist.commit("shijie", text)
        typist.commit("nihaoshijie", "你好", text)
    words = WordStore(typist.learner.store)
    words.add_words(UserWord(a + b, ("ni", "hao")) for a in "你尼呢泥" for b in "好号浩")
    build_words(typist.learner.store)
    words.forget(["上课"])
    words.pin(Pin("wo", "握", ("wo",)))
    typist.learner.close()


def goes_on(opened: Opener, folder: Path) -> list[str]:
    """Return what is told; after that a commit is kept and taken back as ever."""
    typist = opened()
    typist.commit("shijie", "世界")
    typist.pause()
    typist.type("wo")
    typist.session.process_key(KeyEvent(Key.SPACE))
    typist.session.process_key(KeyEvent(Key.BACKSPACE))
    typist.pause()
    typist.learner.close()
    notices = [str(notice) for notice in typist.learner.take_notices()]
    assert len(list((folder / FOLDER).glob("damaged/*.sqlite3"))) <= 1
    assert logged(folder)[-1] == "世界"
    assert opened().learner.take_notices() == []
    return notices


@pytest.mark.parametrize(
    ("statement", "is_told"),
    [
        ("UPDATE phrase SET parts = '[[1,', taken_back = '[3]'", False),
        ("UPDATE phrase SET parts = '{\"a\": 1}', taken_back = '5'", False),
        ("UPDATE phrase SET text = CAST(x'e4bd' AS TEXT) WHERE id = 3", False),
        ("UPDATE derived SET value = zeroblob(40)", False),
        ("UPDATE derived SET value = substr(value, 1, 70)", False),
        ("DELETE FROM edition", False),
        ("UPDATE edition SET number = x'00'", False),
        ("UPDATE phrase SET keys = x'00' WHERE id = 3", True),
        ("UPDATE pin SET reading = x'00'", True),
        ("DROP TABLE word", True),
        ("ALTER TABLE phrase RENAME COLUMN before TO after", True),
        ("PRAGMA user_version = 0", True),
    ],
)
def test_what_sqlite_itself_does_not_find(
    opened: Opener, database: Path, tmp_path: Path, statement: str, is_told: bool
) -> None:
    with closing(sqlite3.connect(database, isolation_level=None)) as connection:
        connection.execute(statement)
    notices = goes_on(opened, tmp_path)
    assert ["was damaged" in notice for notice in notices] == [True] * is_told


def test_the_command_line_recovers_as_well(
    database: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with closing(sqlite3.connect(database, isolation_level=None)) as connection:
        connection.execute("UPDATE word SET text = x'00' WHERE text = '你好'")
    out = str(tmp_path / "words.txt")
    assert main(["words", "export", out, "--data-directory", str(tmp_path)]) == 0
    printed = capsys.readouterr()
    assert printed.out == "11 words\n"
    assert "was damaged" in printed.err


def test_a_row_of_the_wrong_type_in_the_backup_as_well(
    opened: Opener, database: Path, tmp_path: Path
) -> None:
    with closing(sqlite3.connect(database, isolation_level=None)) as connection:
        connection.execute("UPDATE phrase SET keys = x'00' WHERE id = 3")
        connection.execute("VACUUM INTO ?", (str(tmp_path / "backup"),))
    backups = database.parent / "backups"
    backups.mkdir(exist_ok=True)
    (tmp_path / "backup").replace(backups / "phrases-20200101.sqlite3")
    (notice,) = goes_on(opened, tmp_path)
    assert "the backup of" in notice


def flipped(data: bytearray, draw: random.Random) -> None:
    for _ in range(draw.choice((1, 50))):
        data[draw.randrange(len(data))] ^= 1 << draw.randrange(8)


def cut(data: bytearray, draw: random.Random) -> None:
    del data[draw.randrange(len(data)) :]


def shifted(data: bytearray, draw: random.Random) -> None:
    start = draw.randrange(len(data))
    data[start : start + draw.randrange(3000)] = draw.randbytes(draw.randrange(9))


def scribbled(data: bytearray, draw: random.Random) -> None:
    start = draw.randrange(len(data) - 200)
    data[start : start + 200] = bytes(draw.choices(b"[],01a\xff\xe4", k=200))


def swapped(data: bytearray, draw: random.Random) -> None:
    """Pages that name each other can then stand in a circle."""
    a, b = (PAGE * draw.randrange(len(data) // PAGE) for _ in range(2))
    data[a : a + PAGE], data[b : b + PAGE] = data[b : b + PAGE], data[a : a + PAGE]


@pytest.mark.parametrize("damage", [flipped, cut, shifted, scribbled, swapped])
def test_any_bytes(
    opened: Opener, database: Path, tmp_path: Path, damage: Callable[[bytearray, random.Random], None]
) -> None:
    whole, draw = database.read_bytes(), random.Random(5)
    for number in range(8):
        folder = tmp_path / str(number)
        (folder / FOLDER).mkdir(parents=True)
        data = bytearray(whole)
        damage(data, draw)
        (folder / FOLDER / FILE_NAME).write_bytes(data)
        typist = opened(folder=folder)
        for _ in range(2):
            typist.type("shijie")
            typist.session.process_key(KeyEvent(Key.SPACE))
            typist.pause()
        typist.learner.close()
        with suppress(StoreError):  # the byte that says which version it is was hit
            assert logged(folder)[-1] in ("世界", "时节", "使节")


def test_without_room_for_the_backup_everything_stays_where_it_is(
    opened: Opener, database: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = UserStore(tmp_path)
    store.back_up()
    store.close()
    database.write_bytes(b"no database" * 1000)

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr("shutil.copyfile", full)
        typist = opened()
        typist.commit("shijie", "世界")
        assert all("No space left" in str(notice) for notice in typist.learner.take_notices())
        typist.learner.close()
    assert database.read_bytes().startswith(b"no database")
    (notice,) = goes_on(opened, tmp_path)
    assert "the backup of" in notice
    assert len(logged(tmp_path)) == 49


def test_killed_while_the_backup_is_put_in_place(opened: Opener, database: Path, tmp_path: Path) -> None:
    """The damaged file has gone, the backup has not got its name yet."""
    database.rename(database.with_suffix(".part"))
    assert goes_on(opened, tmp_path) == []
    assert len(logged(tmp_path)) == 49
