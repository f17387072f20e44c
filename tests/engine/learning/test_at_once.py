"""Several windows that begin, mend, copy or erase the same database at once; one that dies in doing so."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing, suppress
from pathlib import Path
from threading import Barrier, Thread

import pytest

from engine.errors import Said
from engine.storage.backups import Backups, is_whole
from engine.storage.directory_lock import directory_lock
from engine.storage.phrase import Phrase
from engine.storage.phrase_log import PhraseLog
from engine.storage.recovery import Recovery
from engine.storage.schema import StoreError
from engine.storage.user_store import UserStore, erase

ROOT = Path(__file__).parent.parent.parent.parent
N_WINDOW = 4


def phrase(number: int) -> Phrase:
    return Phrase("你好", ("ni", "hao"), f"nihao{number}", time=1e9 + number)


def keys(folder: Path) -> list[str]:
    with closing(UserStore(folder)) as store:
        return [each.keys for each in PhraseLog(store)]


def together(act: Callable[[int], object]) -> list[Exception]:
    """Return what was raised when as many windows do this at once."""
    barrier, raised = Barrier(N_WINDOW), []

    def run(number: int) -> None:
        barrier.wait()
        try:
            act(number)
        except Exception as error:
            raised.append(error)

    threads = [Thread(target=run, args=[number]) for number in range(N_WINDOW)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return raised


def in_another_process(code: str) -> str:
    """Return what another process prints."""
    imports = (
        "from pathlib import Path",
        "from engine.storage.phrase_log import PhraseLog",
        "from engine.storage.user_store import UserStore",
    )
    command = [sys.executable, "-c", "\n".join((*imports, code))]
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=True).stdout


def damaged(folder: Path, n_copied: int, n_later: int) -> Path:
    """Make a log whose first page is gone, with a backup of some of its phrases."""
    with closing(UserStore(folder)) as store:
        PhraseLog(store).add(map(phrase, range(n_copied)))
        store.back_up()
        PhraseLog(store).add(map(phrase, range(n_copied, n_copied + n_later)))
    with store.path.open("r+b") as file:
        file.write(bytes(4096))
    return store.path


def test_a_new_folder_and_the_copy_of_the_day(tmp_path: Path) -> None:
    for number in range(8):
        folder = tmp_path / str(number)

        def begin(window: int, folder: Path = folder) -> None:
            with closing(UserStore(folder)) as store:
                PhraseLog(store).add([phrase(window)])
                store.back_up()
                assert store.notices == []

        assert together(begin) == []
        assert len(keys(folder)) == N_WINDOW
        (backup,) = (folder / "learning" / "backups").iterdir()
        assert is_whole(backup)


def test_a_damaged_database_is_mended_once(tmp_path: Path) -> None:
    for number in range(4):
        folder = tmp_path / str(number)
        notices: list[Said] = []
        damaged(folder, 300, 300)

        def begin(window: int, folder: Path = folder, notices: list[Said] = notices) -> None:
            with closing(UserStore(folder)) as store:
                PhraseLog(store).add([phrase(1000 + window)])
                notices.extend(store.notices)

        assert together(begin) == []
        assert len(keys(folder)) == 600 + N_WINDOW
        assert len(notices) == 1
        assert len(list((folder / "learning" / "damaged").iterdir())) == 1


def test_erased_while_others_write(tmp_path: Path) -> None:
    def act(window: int) -> None:
        if window == 0:
            for _ in range(10):
                erase(tmp_path)
            return
        with closing(UserStore(tmp_path)) as store:
            for number in range(40):
                with suppress(StoreError):  # what is erased under a transaction; a window tries again
                    PhraseLog(store).add([phrase(number)])
                    store.back_up()
            PhraseLog(store).add([phrase(99)])

    assert together(act) == []
    erase(tmp_path)
    assert keys(tmp_path) == []


def test_a_copy_does_not_keep_what_is_deleted_meanwhile(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with closing(UserStore(tmp_path)) as store, closing(UserStore(tmp_path)) as other:
        (row,) = PhraseLog(store).add([phrase(1)])
        make = Backups.make

        def make_slowly(*arguments: object) -> bool:
            monkeypatch.undo()
            made = make(*arguments)  # type: ignore[arg-type]
            PhraseLog(other).remove([(row, "你好")])
            return made

        monkeypatch.setattr(Backups, "make", make_slowly)
        assert not store.back_up()
        assert list((store.folder / "backups").iterdir()) == []
        assert store.back_up()


def test_a_copy_is_no_failure_where_all_are_deleted_meanwhile(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with closing(UserStore(tmp_path)) as store:

        def gone(self: Path, target: Path) -> None:
            shutil.rmtree(self.parent)
            raise FileNotFoundError(2, "No such file or directory", str(self))

        with monkeypatch.context() as patch:
            patch.setattr(Path, "replace", gone)
            assert not store.back_up()
        assert store.back_up()


def test_another_store_in_the_process_is_closed(tmp_path: Path) -> None:
    """Its file must not be closed under the first one: another window, closed then, would delete the log."""
    with closing(UserStore(tmp_path)) as store:
        PhraseLog(store).add([phrase(1)])
        UserStore(tmp_path).close()
        in_another_process(f"UserStore(Path({str(tmp_path)!r})).close()")
        PhraseLog(store).add([phrase(2)])
        found = in_another_process(f"print(len(PhraseLog(UserStore(Path({str(tmp_path)!r})))))")
    assert int(found) == 2


def test_killed_after_the_damaged_file_was_set_aside(tmp_path: Path) -> None:
    path = damaged(tmp_path, 10, 10)
    Recovery(path, Backups(path.parent / "backups")).set_aside()
    with closing(UserStore(tmp_path)) as store:
        assert len(PhraseLog(store)) == 20
        (notice,) = map(str, store.notices)
    assert "10 phrases could be read out of the damaged file" in notice
    (aside,) = (path.parent / "damaged").iterdir()
    assert str(aside) in notice
    with closing(UserStore(tmp_path)) as store:
        assert store.notices == []


def test_killed_before_the_write_ahead_log_went_along(tmp_path: Path) -> None:
    """What was in it is read as well, and not taken for a part of the file that comes in its place."""
    path = damaged(tmp_path, 10, 0)
    backup = path.with_name("copy")
    with closing(UserStore(tmp_path)) as store:
        PhraseLog(store).add([phrase(99)])
        shutil.copyfile(f"{path}-wal", f"{backup}-wal")
        shutil.copyfile(path, backup)
    for aside in (path.parent / "damaged").iterdir():
        aside.unlink()
    backup.rename(path.parent / "damaged" / "phrases-20200101-000000-000000.unread")
    path.unlink()
    Path(f"{backup}-wal").rename(f"{path}-wal")
    assert "nihao99" in keys(tmp_path)
    assert len(list((path.parent / "damaged").iterdir())) == 2


def test_killed_while_erasing(tmp_path: Path) -> None:
    with closing(UserStore(tmp_path)) as store:
        PhraseLog(store).add([phrase(1)])
    (tmp_path / "learning").rename(tmp_path / ".learning-erased")
    assert keys(tmp_path) == []
    assert not (tmp_path / ".learning-erased").exists()


def test_who_is_kept_waiting_says_so(tmp_path: Path) -> None:
    with closing(UserStore(tmp_path)) as store:
        erase(tmp_path)
        with (
            directory_lock(tmp_path / "learning", 0.0),
            pytest.raises(StoreError, match="another process holds it"),
        ):
            PhraseLog(store).add([phrase(1)])
        PhraseLog(store).add([phrase(2)])
    assert keys(tmp_path) == ["nihao2"]
