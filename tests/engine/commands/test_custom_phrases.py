"""`python -m engine custom` and the lists of `words`: what a person types."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import pytest

from engine.__main__ import main
from engine.storage.custom_phrases.phrase_file import FILE_NAME
from engine.storage.user_store import UserStore
from engine.storage.word_store import UserWord, WordStore


def run(folder: Path, *words: str) -> int:
    return main([*words[:2], "--data-directory", str(folder), *words[2:]])


def test_add_list_delete(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(tmp_path, "custom", "add", "dz", "一\n二") == 0
    assert run(tmp_path, "custom", "add", "dz", "三", "--place", "2") == 0
    assert run(tmp_path, "custom", "add", "D1", "四") == 2
    assert "small letters" in capsys.readouterr().err
    assert run(tmp_path, "custom", "list") == 0
    assert capsys.readouterr().out == "dz\t1\t一⏎二\ndz\t2\t三\n"
    assert run(tmp_path, "custom", "delete", "dz", "三") == 0
    assert run(tmp_path, "custom", "delete", "dz", "三") == 1
    with (tmp_path / FILE_NAME).open("a", encoding="utf-8") as file:
        file.write("[[phrase]]\ncode = 1\n")
    capsys.readouterr()
    assert run(tmp_path, "custom", "list") == 1
    assert "line 11" in capsys.readouterr().err


def test_files_of_others(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    theirs, ours = tmp_path / "custom_phrase.txt", tmp_path / "ours"
    theirs.write_text("# Rime table\n100000\tqq\t1\n{date}\trq\n坏的\n", encoding="utf-8")
    assert run(tmp_path / "data", "custom", "import", str(theirs)) == 1
    said = capsys.readouterr()
    assert "2 phrases, 2 of them new" in said.out
    assert "line 4" in said.err
    assert run(tmp_path / "data", "custom", "import", str(theirs)) == 1
    assert "2 phrases, 0 of them new" in capsys.readouterr().out
    assert run(tmp_path / "data", "custom", "add", "jt", "{date}") == 0
    assert run(tmp_path / "data", "custom", "export", str(ours), "--form", "rime") == 1
    said = capsys.readouterr()
    assert (said.out, "jt" in said.err) == ("2 phrases\n", True)
    assert "100000\tqq" in ours.read_text(encoding="utf-8")


def test_lists_of_words(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with closing(UserStore(tmp_path)) as store:
        WordStore(store).add_words(
            [UserWord("墨音", ("mo", "yin"), 1.0, "a.txt"), UserWord("你我", ("ni", "wo"))]
        )
    assert run(tmp_path, "words", "lists") == 0
    assert capsys.readouterr().out == "(by hand)\t1\na.txt\t1\n"
    assert run(tmp_path, "words", "delete-list", "a.txt") == 0
    assert run(tmp_path, "words", "delete-list", "a.txt") == 1
