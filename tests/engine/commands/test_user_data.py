"""`python -m engine words` and `log`: what a person types to see, move and delete what was learnt."""

from __future__ import annotations

import io
import sqlite3
import stat
from collections.abc import Iterator
from contextlib import AbstractContextManager, closing
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile

import pytest

from engine.__main__ import main
from engine.lexicon.vocabulary import Vocabulary
from engine.storage.custom_phrases import phrase_book
from engine.storage.directory_lock import directory_lock
from engine.storage.phrase import Phrase
from engine.storage.phrase_log import PhraseLog
from engine.storage.schema import StoreError
from engine.storage.user_store import FOLDER, UserStore
from engine.storage.word_store import UserWord, WordStore
from tests.engine.tiny_bundle import write_tiny_bundle


@pytest.fixture
def bundle(tmp_path: Path, vocabulary: Vocabulary) -> str:
    return str(write_tiny_bundle(tmp_path / "model", vocabulary))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "data"


def manage(folder: Path, *arguments: object) -> int:
    return main([*map(str, arguments), "--data-directory", str(folder)])


def test_words_in_and_out(
    tmp_path: Path, folder: Path, bundle: str, capsys: pytest.CaptureFixture[str]
) -> None:
    path, other = tmp_path / "words.txt", tmp_path / "out.txt"
    path.write_text("世界 shi jie 3\nhello\n西安 xi an\n", encoding="utf-8")
    assert manage(folder, "words", "import", path, "--bundle", bundle) == 1
    said = capsys.readouterr()
    assert "2 words" in said.out
    assert "line 2: expected one word of hanzi, found none" in said.err
    assert manage(folder, "words", "export", other) == 0
    assert sorted(other.read_text(encoding="utf-8").split("\n"))[-2:] == [
        "世界\tshi jie\t3",
        "西安\txi an\t1",
    ]


def test_custom_phrases_among_the_lists(
    tmp_path: Path, folder: Path, bundle: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """Sogou's `phrases.ini` was taken for words, each hanzi text one of them."""
    words, phrases = tmp_path / "words.txt", tmp_path / "phrases.ini"
    words.write_text("世界 shi jie 3\n", encoding="utf-8")
    phrases.write_text("; 短语\nsj,1=世界\ndz,1=北京市\nbad,1=#$clipboard\n", encoding="utf-16")
    assert manage(folder, "words", "import", words, phrases, "--bundle", bundle) == 1
    said = capsys.readouterr()
    assert "words.txt: 1 words\n" in said.out
    assert (
        "phrases.ini: no word list but custom phrases: 2, 2 of them new; 1 lines were not taken" in said.out
    )
    assert manage(folder, "custom", "list") == 0
    assert capsys.readouterr().out == "sj\t1\t世界\ndz\t1\t北京市\n"
    assert manage(folder, "words", "lists") == 0
    assert capsys.readouterr().out == "words.txt\t1\n"
    assert manage(folder, "custom", "import", words, phrases) == 1
    said = capsys.readouterr()
    assert "words.txt: holds words, not custom phrases: words import" in said.err
    assert "2 phrases, 0 of them new" in said.out


def test_forgetting_survives_an_import(
    tmp_path: Path, folder: Path, bundle: str, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "words.txt"
    path.write_text("世界 shi jie\n", encoding="utf-8")
    manage(folder, "words", "forget", "世界", "西安")
    manage(folder, "words", "import", path, "--bundle", bundle)
    manage(folder, "words", "restore", "西安")
    capsys.readouterr()
    manage(folder, "words", "forgotten")
    assert capsys.readouterr().out == "世界\n"


def test_pins(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    manage(folder, "words", "pin", "sj", "世界", "shi jie")
    manage(folder, "words", "pins")
    assert "世界" in capsys.readouterr().out
    manage(folder, "words", "unpin", "sj")
    manage(folder, "words", "pins")
    assert capsys.readouterr().out == ""


def test_the_log_in_out_shown_and_deleted(
    tmp_path: Path, folder: Path, bundle: str, capsys: pytest.CaptureFixture[str]
) -> None:
    notes, first, again = tmp_path / "notes.txt", tmp_path / "first.jsonl", tmp_path / "again.jsonl"
    notes.write_text("你好，世界。\n2026-01-01\n", encoding="utf-8")
    assert manage(folder, "log", "import", notes, "--bundle", bundle) == 0
    capsys.readouterr()
    assert manage(folder, "log", "export", first) == 0
    assert capsys.readouterr().out == f"{len(first.read_bytes().splitlines()) - 1} entries\n"
    assert manage(tmp_path / "other", "log", "import", first, "--bundle", bundle) == 0
    assert manage(tmp_path / "other", "log", "export", again) == 0
    assert again.read_bytes() == first.read_bytes()
    capsys.readouterr()
    manage(folder, "log", "show", "世界")
    shown = capsys.readouterr().out
    assert "世界" in shown
    assert "你好" not in shown
    assert manage(folder, "log", "delete", shown.split()[0]) == 0
    manage(folder, "log", "show")
    assert "世界" not in capsys.readouterr().out


def test_what_is_no_text_is_no_phrase(
    bundle: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A picture became phrases of hanzi that nobody has ever written; so did a packed document."""
    picture, document = tmp_path / "a.png", tmp_path / "letter.docx"
    picture.write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 9)
    with ZipFile(document, "w", ZIP_DEFLATED) as archive:
        archive.writestr("word/document.xml", "你好世界" * 99 + str(list(range(999))))
    for path in (picture, document):
        folder = tmp_path / path.stem
        assert manage(folder, "log", "import", path, "--bundle", bundle) == 1
        assert "expected a text file, found a binary one" in capsys.readouterr().err
        assert manage(folder, "log", "show") == 0
        assert capsys.readouterr().out == ""


@pytest.mark.parametrize(("answer", "is_gone"), [("y\n", True), ("n\n", False), ("", False)])
def test_erasing_asks_and_where_nobody_answers_deletes_nothing(
    folder: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    answer: str,
    is_gone: bool,
) -> None:
    manage(folder, "words", "pin", "sj", "世界", "shi jie")
    monkeypatch.setattr("sys.stdin", io.StringIO(answer))
    assert manage(folder, "log", "erase") == (0 if is_gone else 1)
    assert (folder / FOLDER).exists() is not is_gone
    assert ("nothing was deleted" in capsys.readouterr().out) is not is_gone
    assert manage(folder, "log", "erase", "--yes") == 0
    assert not (folder / FOLDER).exists()


@pytest.mark.parametrize("group", ["words", "log"])
def test_an_export_is_its_owners_only_and_replaces_the_old_one_whole_or_not_at_all(
    folder: Path, tmp_path: Path, group: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "out"
    file.write_text("the old one")
    file.chmod(0o644)
    run = [group, "export", str(file), "--data-directory", str(folder)]
    with monkeypatch.context() as patch:
        for method in ("words", "listed_words"):
            patch.setattr(f"engine.storage.word_store.WordStore.{method}", broken)
        assert main(run) == 2
    assert file.read_text() == "the old one"
    assert main(run) == 0
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert "the old one" not in file.read_text("utf-8")


@pytest.mark.parametrize("group", ["words", "log"])
def test_an_export_where_nothing_can_be_written(
    folder: Path, tmp_path: Path, group: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A full or a read-only disk: the database cannot be opened there, and is read all the same."""
    with closing(UserStore(folder)) as store:  # what is committed last is in the write-ahead log alone
        PhraseLog(store).add([Phrase("世界", ("shi", "jie"), "shijie")])
        WordStore(store).add_words([UserWord("世界", ("shi", "jie"))])
        before = {path: path.read_bytes() for path in (folder / FOLDER).iterdir() if path.is_file()}
        with monkeypatch.context() as patch:
            fill_disk(folder, patch)
            out = tmp_path / "out"
            assert main([group, "export", str(out), "--data-directory", str(folder)]) == 0
        assert "世界" in out.read_text("utf-8")
        assert {path: path.read_bytes() for path in before} == before


def test_all_that_only_reads_works_where_nothing_can_be_written(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with closing(UserStore(folder)) as store:
        PhraseLog(store).add([Phrase("世界", ("shi", "jie"), "shijie")])
        WordStore(store).add_words([UserWord("布南", ("bu", "nan"))])
    assert manage(folder, "custom", "add", "dz", "杭州市西湖区") == 0
    fill_disk(folder, monkeypatch)
    assert manage(folder, "custom", "add", "dz", "别的") == 2
    for group, what in (("words", "lists"), ("log", "sounds"), ("words", "pins"), ("log", "show")):
        assert manage(folder, group, what) == 0, what
    assert "世界" in capsys.readouterr().out
    out = tmp_path / "moved"
    settings = str(folder / "settings.toml")
    assert manage(folder, "move", "write", str(out), "--log", "--settings", settings) == 0
    assert all(text in out.read_text("utf-8") for text in ("布南", "世界", "杭州市西湖区"))


def fill_disk(folder: Path, patch: pytest.MonkeyPatch) -> None:
    """Let nothing be opened for writing in the folder."""
    opened = UserStore._connect

    def full(self: UserStore, *, create: bool = False) -> sqlite3.Connection:
        if self.folder.is_relative_to(folder):
            raise StoreError("the disk is full")
        return opened(self, create=create)

    def full_folder(path: Path, timeout_s: float) -> AbstractContextManager[None]:
        if path.is_relative_to(folder):
            raise OSError(28, "No space left on device")
        return directory_lock(path, timeout_s)

    patch.setattr(UserStore, "_connect", full)
    patch.setattr(phrase_book, "directory_lock", full_folder)


def broken(_: object) -> Iterator[UserWord]:
    yield UserWord("你好", ("ni", "hao"))
    raise OSError(28, "No space left on device")
