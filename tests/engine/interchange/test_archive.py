"""Everything exports to text and comes back the same; words by the hundred thousand take seconds."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from tempfile import mkdtemp

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engine.__main__ import main
from engine.interchange.archive import archive_lines
from engine.interchange.text_files import file_text
from engine.interchange.text_import import phrases_of_text
from engine.lexicon.vocabulary import Vocabulary
from engine.storage.phrase import Part, Phrase
from engine.storage.phrase_log import PhraseLog
from engine.storage.user_store import UserStore
from engine.storage.word_store import Pin, UserWord, WordStore
from tests.engine.read_archive import restore_lines
from tests.engine.tiny_bundle import write_tiny_bundle


@pytest.fixture
def store(tmp_path: Path) -> Iterator[UserStore]:
    opened = UserStore(tmp_path)
    yield opened
    opened.close()


ROW = (
    '{"phrase": "你", "reading": "ni", "keys": "ni", "before": "", "rank": %s, "parts": [], "origin": "", '
    '"time": %s}'
)


def everything(store: UserStore) -> list[str]:
    return list(archive_lines(store))


TEXT = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=6)
WORD = st.text("你好世界，。abc", min_size=1, max_size=6)
PARTS = st.lists(st.builds(Part, WORD, TEXT, st.integers(0, 99)), min_size=2, max_size=3).map(tuple)
PHRASES = st.builds(
    lambda text, parts, **others: Phrase(
        text="".join(part.text for part in parts) if parts else text,
        keys="".join(part.keys for part in parts) if parts else "keys",
        reading=("ni",) * (sum(len(part.text) for part in parts) if parts else len(text)),
        parts=parts,
        **others,
    ),
    WORD,
    st.one_of(st.just(()), PARTS),
    before=TEXT,
    rank=st.integers(0, 99),
    origin=TEXT,
    time=st.floats(1, 2e9),
)


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    phrases=st.lists(PHRASES, max_size=8, unique_by=lambda phrase: (phrase.time, phrase.keys, phrase.text)),
    words=st.dictionaries(WORD, st.floats(1, 1e6), max_size=8),
    forgotten=st.sets(WORD, max_size=4),
    pins=st.dictionaries(WORD, WORD, max_size=4),
)
def test_everything_comes_back_the_same(
    tmp_path: Path,
    phrases: list[Phrase],
    words: dict[str, float],
    forgotten: set[str],
    pins: dict[str, str],
) -> None:
    here, there = UserStore(Path(mkdtemp(dir=tmp_path))), UserStore(Path(mkdtemp(dir=tmp_path)))
    try:
        PhraseLog(here).add(phrases)
        WordStore(here).add_words(UserWord(text, ("ni",) * len(text), n) for text, n in words.items())
        WordStore(here).forget(sorted(forgotten))
        for keys, text in pins.items():
            WordStore(here).pin(Pin(keys, text, ("ni",)))
        before = everything(here)
        restored = restore_lines(before, there)
        assert restored.bad_lines == ()
        assert sorted(everything(there)) == sorted(before)
        assert restore_lines(before, there).changed["phrase"] == 0, (
            "phrases that are there are not added again"
        )
        assert sorted(everything(there)) == sorted(before)
    finally:
        here.close()
        there.close()


@pytest.mark.parametrize(
    "line",
    [
        "no json",
        "[]",
        "1",
        "{}",
        '{"moyin": 2}',
        '{"word": "你", "reading": 3, "count": 1}',
        '{"forgotten": "\\ud83d"}',
        '{"forgotten": ""}',
        '{"word": "你", "reading": "ni", "count": NaN}',
        '{"pin": "", "text": "你", "reading": "ni"}',
        ROW % ("0", "NaN"),
        ROW % ("0", "1e300"),
        ROW % ("0", "-1e12"),
        ROW % ("1" + "0" * 40, "1"),
        (ROW % ("0", "1")).replace("[]", '[["好", "hao", 0]]'),
        '{"phrase": "你好", "reading": "ni", "keys": "", "before": "", "rank": 0, "parts": [], "origin": "", '
        '"time": 1}',
        "[" * 100_000,
    ],
)
def test_a_bad_row_is_reported_and_the_rest_goes_in(store: UserStore, line: str) -> None:
    restored = restore_lines(['{"moyin": 1}', line, '{"forgotten": "你"}'], store)
    assert [bad.number for bad in restored.bad_lines] == [2]
    assert WordStore(store).forgotten() == ["你"]


def test_text_with_marks_that_end_lines_elsewhere_comes_back_the_same(tmp_path: Path) -> None:
    here, there = UserStore(tmp_path / "here"), UserStore(tmp_path / "there")
    before = "a\u2028b\u2029c\x85d\x0b\x0c\x1c\0"
    PhraseLog(here).add([Phrase("你好", ("ni", "hao"), "nihao", before, time=1.0)])
    (tmp_path / "lines").write_bytes("\r\n".join(everything(here)).encode())
    assert restore_lines(file_text(tmp_path / "lines").split("\n"), there).bad_lines == ()
    assert everything(there) == everything(here)
    here.close()
    there.close()


def test_personal_text_becomes_phrases() -> None:
    text = "小王 10:21\n你好，世界！abc 你好\n\n囧\n"
    known = {"你好": ("ni", "hao"), "世界": ("shi", "jie"), "小王": ("xiao", "wang")}
    phrases = list(phrases_of_text(text, known.get, "chat.txt", 5.0))
    assert [phrase.text for phrase in phrases] == ["小王", "你好，", "世界！", "你好"]
    assert phrases[1] == Phrase(
        "你好，",
        ("ni", "hao", "_"),
        "nihao，",
        "",
        0,
        (Part("你好", "nihao"), Part("，", "，")),
        "chat.txt",
        5.0,
    )
    assert phrases[2].before == "你好，"


def test_what_a_text_says_twice_counts_twice_and_importing_it_again_changes_nothing(tmp_path: Path) -> None:
    """A chat says 好 a hundred times; copied or touched it is the same chat, and may have grown."""
    here, there = UserStore(tmp_path / "here"), UserStore(tmp_path / "there")
    read = {"你好": ("ni", "hao"), "世界": ("shi", "jie")}.get
    add = PhraseLog(here).add_missing
    assert add(phrases_of_text("你好\n你好\n世界\n", read, "chat.txt", 5.0)) == 3
    assert add(phrases_of_text("你好\n你好\n世界\n", read, "chat.txt", 9.0)) == 0
    assert add(phrases_of_text("你好\n你好\n世界\n你好\n", read, "chat.txt", 9.0)) == 1
    assert add(phrases_of_text("你好\n", read, "mail.txt", 9.0)) == 1
    assert restore_lines(everything(here), there).changed["phrase"] == 5
    assert everything(there) == everything(here)
    assert restore_lines(everything(here), there).changed["phrase"] == 0
    here.close()
    there.close()


def test_a_hundred_thousand_words_take_seconds(store: UserStore) -> None:
    hanzi = [chr(0x4E00 + i) for i in range(320)]
    words = (UserWord(a + b, ("ni", "hao")) for a in hanzi for b in hanzi)
    start = time.process_time()
    assert WordStore(store).add_words(words) == 102_400
    assert time.process_time() - start < 10  # some 1.5 on a quiet machine
    assert WordStore(store).n_word() == 102_400


def run(tmp_path: Path, *arguments: str) -> int:
    return main([*arguments, "--data-directory", str(tmp_path / "data")])


def test_command_line(tmp_path: Path, vocabulary: Vocabulary, capsys: pytest.CaptureFixture[str]) -> None:
    bundle = str(write_tiny_bundle(tmp_path / "model", vocabulary))
    (tmp_path / "words.txt").write_text("你好 ni hao 3\nbad\n世界\n", encoding="utf-8")
    (tmp_path / "chat.txt").write_text("你好，世界", encoding="utf-8")
    assert run(tmp_path, "words", "import", str(tmp_path / "words.txt"), "--bundle", bundle) == 1
    output = capsys.readouterr()
    assert "words.txt: 2 words; 1 lines were not taken" in output.out
    assert "words.txt, line 2: expected one word of hanzi" in output.err
    assert run(tmp_path, "log", "import", str(tmp_path / "chat.txt"), "--bundle", bundle) == 0
    assert run(tmp_path, "words", "forget", "时节") == 0
    assert run(tmp_path, "words", "pin", "nh", "你好", "ni hao") == 0
    capsys.readouterr()
    run(tmp_path, "words", "forgotten")
    run(tmp_path, "words", "pins")
    run(tmp_path, "log", "show", "世")
    assert [line.split("\t")[-3:] for line in capsys.readouterr().out.splitlines()] == [
        ["时节"],
        ["nh", "你好", "ni hao"],
        ["世界", "1", ""],
    ]
    assert run(tmp_path, "words", "export", str(tmp_path / "out.txt")) == 0
    assert "世界\tshi jie\t1\n你好\tni hao\t3\n" in (tmp_path / "out.txt").read_text("utf-8")
    archive = str(tmp_path / "all.jsonl")
    assert run(tmp_path, "log", "export", archive) == 0
    assert run(tmp_path, "log", "delete", "1") == 0
    assert run(tmp_path, "words", "unpin", "nh") == 0
    assert run(tmp_path, "words", "restore", "时节") == 0
    assert run(tmp_path, "log", "erase", "--yes") == 0
    assert not (tmp_path / "data" / "learning").exists()
    capsys.readouterr()
    assert run(tmp_path, "log", "import", archive, "--bundle", bundle) == 0
    said = "all.jsonl: 2 words, 1 pins, 1 forgotten texts, 2 phrases of the log\n"
    assert capsys.readouterr().out.endswith(said)
