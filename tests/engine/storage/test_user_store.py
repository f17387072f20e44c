"""The user's database: whole after any death, private, backed up, set aside when damaged, erased."""

from __future__ import annotations

import os
import sqlite3
import stat
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from pathlib import Path
from threading import Timer
from types import SimpleNamespace

import pytest

from engine.storage import user_store
from engine.storage.backups import N_BACKUP
from engine.storage.phrase import Phrase
from engine.storage.phrase_log import PhraseLog
from engine.storage.schema import MIGRATIONS, SCHEMA_VERSION, DamagedStoreError, StoreError
from engine.storage.user_store import UserStore, erase

HELLO = Phrase("你好", ("ni", "hao"), "nihao")


Opener = Callable[[], UserStore]


@pytest.fixture
def opened(tmp_path: Path) -> Iterator[Opener]:
    """Return a function that opens a store in `tmp_path`; all are closed in the end."""
    with ExitStack() as stack:

        def open_one() -> UserStore:
            store = UserStore(tmp_path)
            stack.callback(store.close)
            return store

        yield open_one


def texts(store: UserStore) -> list[str]:
    return [phrase.text for phrase in PhraseLog(store)]


def damage(path: Path) -> None:
    with path.open("r+b") as file:
        file.write(b"no database at all" * 20)


def test_files_are_their_owners_only(opened: Opener) -> None:
    store = opened()
    PhraseLog(store).add([HELLO])
    store.back_up()
    modes = {path: stat.S_IMODE(path.stat().st_mode) for path in store.folder.rglob("*")}
    assert len(modes) >= 4
    assert {mode for path, mode in modes.items() if path.is_dir()} == {0o700}
    assert {mode for path, mode in modes.items() if path.is_file()} == {0o600}
    assert stat.S_IMODE(store.folder.stat().st_mode) == 0o700


def test_a_folder_that_others_may_read_is_closed(tmp_path: Path, opened: Opener) -> None:
    (tmp_path / user_store.FOLDER).mkdir(mode=0o755)
    assert stat.S_IMODE(opened().folder.stat().st_mode) == 0o700


def test_version_and_migrations(monkeypatch: pytest.MonkeyPatch, opened: Opener) -> None:
    opened().close()
    later = (*MIGRATIONS, "ALTER TABLE phrase ADD COLUMN mood TEXT NOT NULL DEFAULT 'calm'")
    monkeypatch.setattr(user_store, "MIGRATIONS", later)
    monkeypatch.setattr(user_store, "SCHEMA_VERSION", len(later))
    store = opened()
    PhraseLog(store).add([HELLO])
    assert store.connection.execute("SELECT mood FROM phrase").fetchall() == [("calm",)]
    assert store.connection.execute("PRAGMA user_version").fetchone() == (len(later),)


def test_a_newer_database_is_refused_and_left_alone(tmp_path: Path, opened: Opener) -> None:
    store = opened()
    PhraseLog(store).add([HELLO])
    store.connection.execute(f"PRAGMA user_version = {SCHEMA_VERSION + 1}")
    with pytest.raises(StoreError, match=f"version {SCHEMA_VERSION} or older .* found version"):
        opened()
    assert texts(store) == ["你好"]


def test_a_transaction_is_whole_or_nothing(opened: Opener) -> None:
    store = opened()

    def interrupted() -> Iterator[Phrase]:
        yield HELLO
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        PhraseLog(store).add(interrupted())
    assert texts(store) == []
    PhraseLog(store).add([HELLO])
    assert texts(store) == ["你好"]


def test_damaged_with_a_backup(opened: Opener) -> None:
    store = opened()
    PhraseLog(store).add([HELLO])
    store.back_up()
    PhraseLog(store).add([Phrase("世界", ("shi", "jie"), "shijie")])
    store.close()
    damage(store.path)
    store = opened()
    assert texts(store) == ["你好", "世界"]
    (notice,) = map(str, store.notices)
    (aside,) = (store.folder / "damaged").glob("phrases-*.sqlite3")
    assert str(aside) in notice
    assert "backup of 20" in notice
    assert "1 phrase could be read out of the damaged file; none was lost" in notice
    assert "你好" not in notice
    assert [path.name for path in (store.folder / "damaged").iterdir()] == [aside.name]


def test_beyond_reading(opened: Opener) -> None:
    store = opened()
    PhraseLog(store).add([HELLO])
    store.back_up()
    PhraseLog(store).add([Phrase("世界", ("shi", "jie"), "shijie")])
    store.close()
    store.path.write_bytes(b"no database" * 5000)
    store = opened()
    assert texts(store) == ["你好"]
    assert "how many were lost is not known" in str(store.notices[0])


def test_damaged_without_a_backup(tmp_path: Path, opened: Opener) -> None:
    opened().close()
    damage(tmp_path / "learning" / "phrases.sqlite3")
    store = opened()
    assert texts(store) == []
    assert "no backup" in str(store.notices[0])


def test_a_damaged_backup_is_passed_over(opened: Opener) -> None:
    store = opened()
    PhraseLog(store).add([HELLO])
    store.back_up()
    (backup,) = (store.folder / "backups").iterdir()
    backup.rename(backup.with_name("phrases-20200101.sqlite3"))
    store.back_up()
    damage(backup)
    store.close()
    damage(store.path)
    store = opened()
    assert texts(store) == ["你好"]
    assert "backup of 2020-01-01" in str(store.notices[0])


def test_damage_found_while_running(opened: Opener) -> None:
    store = opened()
    log = PhraseLog(store)
    log.add([HELLO])
    store.back_up()
    store.connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    damage(store.path)
    store.connection.execute("PRAGMA cache_size = 0")
    with pytest.raises(DamagedStoreError):
        log.add([HELLO])
    store.recover()
    assert texts(store) == ["你好"]


def test_few_backups_are_kept(opened: Opener) -> None:
    store = opened()
    for day in range(1, 9):
        (store.folder / "backups").mkdir(exist_ok=True)
        (store.folder / "backups" / f"phrases-2020010{day}.sqlite3").touch()
    store.back_up()
    assert len(list((store.folder / "backups").iterdir())) == N_BACKUP


def test_disk_full_is_a_sentence(opened: Opener) -> None:
    store = opened()
    log = PhraseLog(store)
    log.add([HELLO])
    store.connection.execute("PRAGMA max_page_count = 1")
    with pytest.raises(StoreError, match="No space left on device") as raised:
        log.add([Phrase("世界" * 50, ("shi", "jie") * 50, "shijie" * 50)] * 200)
    assert "世界" not in str(raised.value)
    assert texts(store)[0] == "你好"


def test_a_folder_that_cannot_be_made_is_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(StoreError, match=r"phrases.sqlite3 cannot be used: Not a directory"):
        UserStore(tmp_path / "file")


def test_a_read_only_file_is_a_sentence(opened: Opener) -> None:
    store = opened()
    store.connection.execute("PRAGMA query_only = ON")  # as root, permissions stop nobody
    with pytest.raises(StoreError, match="read-only"):
        PhraseLog(store).add([HELLO])


@pytest.mark.parametrize(("free", "reason"), [(0, "No space left"), (1 << 30, "disk reports an error")])
def test_a_full_disk_is_called_one(
    tmp_path: Path, opened: Opener, monkeypatch: pytest.MonkeyPatch, free: int, reason: str
) -> None:
    """SQLite calls it an error of the disk where the file of its shared memory cannot grow."""

    def fail(connection: sqlite3.Connection) -> None:
        error = sqlite3.OperationalError("disk I/O error")
        error.sqlite_errorcode = 4874  # SQLITE_IOERR_SHMSIZE
        raise error

    opened().close()
    monkeypatch.setattr(user_store, "_write_ahead", fail)
    monkeypatch.setattr("shutil.disk_usage", lambda folder: SimpleNamespace(free=free))
    with pytest.raises(StoreError, match=reason):
        UserStore(tmp_path)


def test_erase_leaves_nothing(tmp_path: Path, opened: Opener) -> None:
    store = opened()
    PhraseLog(store).add([HELLO])
    store.back_up()
    erase(tmp_path)
    (lock,) = tmp_path.iterdir()
    assert (lock.name, lock.stat().st_size) == ("learning.lock", 0)
    erase(tmp_path)


def test_another_window_does_not_write_on_into_an_erased_file(tmp_path: Path, opened: Opener) -> None:
    here, there = opened(), opened()
    PhraseLog(here).add([HELLO])
    erase(tmp_path)
    PhraseLog(there).add([Phrase("世界", ("shi", "jie"), "shijie")])
    assert texts(there) == ["世界"]
    assert texts(opened()) == ["世界"]


def test_what_is_deleted_is_in_no_file(opened: Opener) -> None:
    store = opened()
    log = PhraseLog(store)
    (row, _) = log.add([Phrase("秘密在这里", ("_",) * 5, "mimizaizheli"), HELLO])
    store.back_up()
    log.remove([(row, "秘密在这里")])
    store.purge()
    files = [path.read_bytes() for path in store.folder.rglob("*") if path.is_file()]
    assert [data for data in files if "秘密在这里".encode() in data] == []
    assert any("你好".encode() in data for data in files)
    assert len(list((store.folder / "backups").iterdir())) == 1


def test_two_windows_write_at_once(opened: Opener) -> None:
    stores = [opened() for _ in range(2)]
    for i in range(40):
        PhraseLog(stores[i % 2]).add([HELLO])
    assert texts(stores[0]) == texts(stores[1]) == ["你好"] * 40
    assert os.stat(stores[0].path).st_ino == os.stat(stores[1].path).st_ino  # noqa: PTH116


def test_two_windows_make_the_database_at_once(tmp_path: Path, opened: Opener) -> None:
    """SQLite does not wait where one that makes a database meets another."""
    path = tmp_path / user_store.FOLDER / user_store.FILE_NAME
    path.parent.mkdir()
    with closing(sqlite3.connect(path, isolation_level=None, check_same_thread=False)) as first:
        first.execute("BEGIN IMMEDIATE")
        Timer(0.1, first.execute, ["COMMIT"]).start()
        store = opened()
        PhraseLog(store).add([HELLO])
        assert texts(store) == ["你好"]


def test_a_database_that_stays_held_is_a_sentence(tmp_path: Path, opened: Opener) -> None:
    path = tmp_path / user_store.FOLDER / user_store.FILE_NAME
    path.parent.mkdir()
    with closing(sqlite3.connect(path, isolation_level=None)) as first:
        first.execute("BEGIN IMMEDIATE")
        with pytest.raises(StoreError, match="another process holds it"):
            opened()


def test_a_clock_that_was_wrong_costs_no_backup(opened: Opener) -> None:
    """Days to come are older than all others: today's copy stays, and is the one that is restored."""
    store = opened()
    folder = store.folder / "backups"
    store.back_up()
    (today,) = folder.iterdir()
    for day in ("20990101", "20990102", "20990103", "20200101"):
        (folder / f"phrases-{day}.sqlite3").write_bytes(today.read_bytes())
    today.unlink()
    PhraseLog(store).add([Phrase("你好", ("ni", "hao"))])
    assert store.back_up()
    assert not store.back_up(), "it is there"
    kept = sorted(backup.stem for backup in folder.iterdir())
    assert kept == ["phrases-20200101", today.stem, "phrases-20990103"]
    store.close()
    store.path.write_bytes(b"no database" * 1000)
    again = opened()
    assert len(PhraseLog(again)) == 1


@pytest.mark.parametrize(
    "loss",
    ["gone", "empty", "gone with its log left", "cut", "empty backup newest", "one byte", "no table", "new"],
)
def test_a_lost_log_comes_back_from_its_backup_and_says_so(opened: Opener, loss: str) -> None:
    store = opened()
    PhraseLog(store).add([HELLO] * 73)
    store.back_up()
    store.close()
    if loss.startswith("gone"):
        store.path.unlink()
    else:
        os.truncate(store.path, 4096 if loss == "cut" else 0)
    if loss == "one byte":
        store.path.write_bytes(b"x")
    if loss in ("no table", "new"):  # a database in which nothing is, or nothing was ever put
        with closing(sqlite3.connect(store.path)) as other:
            other.execute("PRAGMA journal_mode = WAL")
            if loss == "no table":
                other.execute("CREATE TABLE phrase (id INTEGER)")
                other.execute("DROP TABLE phrase")
    if loss == "gone with its log left":
        Path(f"{store.path}-wal").write_bytes(b"of the file that is gone" * 200)
    if loss == "empty backup newest":
        (today,) = (store.folder / "backups").iterdir()
        today.rename(today.with_name("phrases-20200101.sqlite3"))
        today.touch()
    again = opened()
    assert len(PhraseLog(again)) == 73
    (notice,) = map(str, again.notices)
    assert "the backup of 20" in notice
    again.notices.clear()
    assert opened().notices == []


def test_a_log_that_is_lost_while_it_is_open(opened: Opener) -> None:
    store = opened()
    PhraseLog(store).add([HELLO] * 5)
    store.back_up()
    store.path.unlink()
    PhraseLog(store).add([HELLO])
    assert len(PhraseLog(store)) == 6
    assert "was gone" in str(store.notices[0])


def test_another_programs_database_is_set_aside(opened: Opener) -> None:
    store = opened()
    PhraseLog(store).add([HELLO])
    store.back_up()
    store.close()
    for version in (0, 70):
        store.path.unlink()
        with closing(sqlite3.connect(store.path)) as other:
            other.execute("CREATE TABLE moz_places (id INTEGER)")
            other.execute(f"PRAGMA user_version = {version}")
        again = opened()
        assert texts(again) == ["你好"]
        assert "was damaged" in str(again.notices[0])
        again.close()


def test_a_backup_richer_than_the_log_is_never_deleted_by_age(opened: Opener) -> None:
    store = opened()
    folder = store.folder / "backups"
    PhraseLog(store).add([HELLO] * 73)
    store.back_up()
    (today,) = folder.iterdir()
    rich = today.rename(today.with_name("phrases-20200101.sqlite3"))
    PhraseLog(store).take_back([(row, "你好") for row in range(2, 74)])
    for day in range(1, 6):
        store.back_up()
        today.rename(today.with_name(f"phrases-2020020{day}.sqlite3"))
    store.back_up()
    assert rich.exists()
    assert len(list(folder.iterdir())) == N_BACKUP + 1
    PhraseLog(store).add([HELLO] * 80)
    today.unlink()
    store.back_up()
    assert not rich.exists(), "the log holds more again"
