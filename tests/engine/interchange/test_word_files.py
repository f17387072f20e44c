"""Whole word lists of other input methods: heads, encodings, binary files, and lines that cannot be read."""

from __future__ import annotations

import io
import sqlite3
import struct
import time
import tracemalloc
from contextlib import closing
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engine.interchange.text_files import encoding_of, file_text
from engine.interchange.word_lists import BadLine, Complaints, read_words, write_words
from engine.lexicon.lexicon import Lexicon
from engine.lexicon.reading_guesser import KnownReadings
from engine.lexicon.vocabulary import Vocabulary
from engine.storage.word_store import UserWord


@pytest.fixture(scope="module")
def readings(vocabulary: Vocabulary, lexicon: Lexicon) -> KnownReadings:
    return KnownReadings(vocabulary, lexicon)


HELLO = UserWord("你好", ("ni", "hao"))


def read(path: Path, text: str | bytes, readings: KnownReadings) -> list[UserWord | BadLine]:
    path.write_bytes(text if isinstance(text, bytes) else text.encode("utf-8"))
    return list(read_words(path, readings))


def test_a_bad_line_has_its_number_and_the_rest_goes_in(tmp_path: Path, readings: KnownReadings) -> None:
    found = read(tmp_path / "words.txt", "# mine\n你好\n\nnothing\n世界 shi jie 2\n", readings)
    assert [row.number if isinstance(row, BadLine) else row.text for row in found] == ["你好", 4, "世界"]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "gb18030"])
def test_encodings(tmp_path: Path, readings: KnownReadings, encoding: str) -> None:
    assert read(tmp_path / "words.txt", "'ni'hao 你好\r\n".encode(encoding), readings) == [HELLO]


def test_comments_of_others(tmp_path: Path, readings: KnownReadings) -> None:
    path = tmp_path / "words.txt"
    path.write_text("; Sogou's\n// of nobody\n# ours\n你好\n", encoding="utf-8")
    assert list(read_words(path, readings)) == [UserWord("你好", ("ni", "hao"))]


def test_a_broken_byte_spoils_its_line_alone(tmp_path: Path, readings: KnownReadings) -> None:
    """Not the whole file, read as GB18030 because of it; nor one that was cut inside a hanzi."""
    data = "你好\n世界\n时节\n".encode()
    found = read(tmp_path / "words.txt", data.replace("界".encode(), b"\xe7\x95") + b"\xe4\xbd", readings)
    assert [row.number if isinstance(row, BadLine) else row.text for row in found] == ["你好", 2, "时节", 4]
    found = read(tmp_path / "words.txt", "你好\n世界\n时节\n".encode("gb18030") + b"\xff\n", readings)
    assert [row.number if isinstance(row, BadLine) else row.text for row in found] == [
        "你好",
        "世界",
        "时节",
        4,
    ]


def test_rime_export_of_a_user_dictionary(tmp_path: Path, readings: KnownReadings) -> None:
    """What `rime_dict_manager -e` writes: text first, and no c=."""
    text = "# Rime user dictionary export\n#@/db_name\tluna\n\n你好\tni hao\t12\n世界\tshi jie \t3\n"
    found = read(tmp_path / "export.txt", text, readings)
    assert found == [UserWord("你好", ("ni", "hao"), 12), UserWord("世界", ("shi", "jie"), 3)]


def test_rows_of_a_user_dictionary_are_known_without_its_head(
    tmp_path: Path, readings: KnownReadings
) -> None:
    text = (
        "nǐ hǎo \t你好\tc=2 d=1 t=4\nshi jie\t世界\td=1 c=0 t=4\nshi jie\t世界\tc=-3 d=1 t=4\n"
        f"shi jie\t世界\tc={'9' * 5000} d=1 t=4\n"
    )
    found = read(tmp_path / "sync.txt", text, readings)
    assert found[0] == UserWord("你好", ("ni", "hao"), 2)
    assert [row.number for row in found[1:] if isinstance(row, BadLine)] == [4]
    assert len(found) == 2


@pytest.mark.parametrize(
    ("head", "row"),
    [
        ("---\nname: a\ncolumns: [code, text]\n...\n", "ni hao\t你好"),
        ("---\nname: a\ncolumns: # of mine\n  - code  # pinyin\n  - text\n...\n", "ni hao\t你好"),
        ('name: a\ncolumns: [ "code",\n  "text" ]\n... \n', "ni hao\t你好"),
        ("---\nname: a\n" + "# licence\n" * 400 + "...\n", "你好\tni hao"),
        ("--- # begin\nversion: '1'\n...\n# no comment\n", "你好\tni hao"),
    ],
)
def test_heads_of_rime_dictionaries(tmp_path: Path, readings: KnownReadings, head: str, row: str) -> None:
    assert read(tmp_path / "a.dict.yaml", f"{head}{row}\n", readings) == [HELLO]


@pytest.mark.parametrize("row", ["你好 ni hao 3", "你好  ni'hao   3", "ni hao 你好 3"])
def test_rows_of_a_rime_dictionary_whose_tabs_became_spaces(
    tmp_path: Path, readings: KnownReadings, row: str
) -> None:
    text = f"---\nname: a\n...\n{row}\n世界\tshi jie\t2\n西安\n"
    assert read(tmp_path / "a.dict.yaml", text, readings) == [
        UserWord("你好", ("ni", "hao"), 3),
        UserWord("世界", ("shi", "jie"), 2),
        UserWord("西安", ("xi", "an")),
    ]


@pytest.mark.parametrize("text", ["某某公司\n", "某\tmou\n某某\tmou mou\n公司\n", "联通\n某年\n"])
def test_gb18030_of_which_some_is_utf8(tmp_path: Path, text: str) -> None:
    """某 alone is `ĳ` in UTF-8."""
    path = tmp_path / "words.txt"
    path.write_bytes(text.encode("gb18030"))
    assert file_text(path) == text
    path.write_text(text + "nǐ hǎo\n", encoding="utf-8")
    assert file_text(path) == text + "nǐ hǎo\n"


PICTURE = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + bytes(range(256)) * 10
with closing(sqlite3.connect(":memory:")) as _memory:
    _memory.execute("CREATE TABLE words (text TEXT, count REAL)")
    _memory.executemany("INSERT INTO words VALUES (?, ?)", [("你好", 3), ("世界", 2)])
    _memory.commit()
    DATABASE = _memory.serialize()
PACKED = b"\x28\xb5\x2f\xfd\x04\x58" + bytes(7 * i * i % 256 for i in range(4000))


@pytest.mark.parametrize("data", [PICTURE, DATABASE, PACKED])
def test_what_is_no_text_is_one_bad_line_and_no_word(
    tmp_path: Path, readings: KnownReadings, data: bytes
) -> None:
    """A picture gave 塒NG."""
    (row,) = read(tmp_path / "user.dict", data, readings)
    assert isinstance(row, BadLine)
    assert str(row.reason) == "expected a text file, found a binary one"


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_utf16_without_its_mark(tmp_path: Path, readings: KnownReadings, encoding: str) -> None:
    assert read(tmp_path / "words.txt", "ni'hao 你好 1\r\n".encode(encoding), readings) == [HELLO]


def test_many_bad_lines_and_a_long_one_are_counted_not_kept(tmp_path: Path, readings: KnownReadings) -> None:
    path = tmp_path / "words.txt"
    with path.open("w") as file:
        for _ in range(2_000):
            file.write("supercalifragilisticexpialidocious.\n" * 10)
        file.write("x" * 5_000_000 + "\n你好\n")
    bad = Complaints()
    tracemalloc.start()
    words = list(bad.sorted_out(read_words(path, readings)))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert words == [HELLO]
    assert len(bad) == 20_001
    assert len(bad.first) == 20
    assert len(bad.counts) == 2
    assert peak < 6e6  # the lines as rows take 11 MB, the long one 5


def test_rime_user_dictionary(tmp_path: Path, readings: KnownReadings) -> None:
    text = (
        "# Rime user dictionary\n#@/db_name\tluna_pinyin.userdb\n#@/tick\t7\n"
        "ni hao \t你好\tc=3 d=0.27 t=7\nshi jie \t世界\tc=-1 d=0 t=7\nni hao\tno tab and no count\n"
    )
    found = read(tmp_path / "luna_pinyin.userdb.txt", text, readings)
    assert found[0] == UserWord("你好", ("ni", "hao"), 3)
    assert [row.number for row in found[1:] if isinstance(row, BadLine)] == [6]
    assert len(found) == 2, "what was deleted in Rime stays deleted"


@pytest.mark.parametrize(
    ("columns", "rows"),
    [
        ("", "你好\tni hao\t3\n世界"),
        ("columns:\n  - code\n  - text # the word\n  - weight\n", "ni hao\t你好\t3\n\t世界"),
    ],
)
def test_rime_dictionary(tmp_path: Path, readings: KnownReadings, columns: str, rows: str) -> None:
    text = f"# comment\n---\nname: mine\nversion: '1'\nsort: by_weight\n{columns}...\n\n{rows}\n"
    found = read(tmp_path / "mine.dict.yaml", text, readings)
    assert found == [UserWord("你好", ("ni", "hao"), 3), UserWord("世界", ("shi", "jie"))]


def scel(words: list[tuple[list[int], list[str]]], syllables: list[str], kind: int = 0x44) -> bytes:
    """Return a cell dictionary as Sogou writes it; the later kind has the letters in its table."""

    def block(text: str) -> bytes:
        data = text.encode("utf-16-le")
        return struct.pack("<H", len(data)) + data

    head = (b"\x40\x15\x00\x00%c\x43\x53\x01\x01\x00\x00\x00" % kind).ljust(0x1540, b"\0")
    table = struct.pack("<HH", len(syllables), 0)
    table += b"".join(struct.pack("<H", i) + block(text) for i, text in enumerate(syllables))
    groups = b"".join(
        struct.pack(f"<HH{len(reading)}H", len(texts), 2 * len(reading), *reading)
        + b"".join(block(text) + struct.pack("<HH8x", 10, 5) for text in texts)
        for reading, texts in words
    )
    return (
        (head + table).ljust(0x2628 if kind == 0x44 else 0x26C4, b"\0")
        + groups
        + "DELTBL".encode("utf-16-le")
        + b"\1\0"
    )


SCEL = scel([([0, 1], ["你好"]), ([2, 3], ["世界", "时节"]), ([1, 0], ["好你"]), ([0, 4], ["你A"])],
            ["ni", "hao", "shi", "jie"])  # fmt: skip


def test_scel(tmp_path: Path, readings: KnownReadings) -> None:
    found = read(tmp_path / "cell.scel", SCEL, readings)
    words = [row for row in found if isinstance(row, UserWord)]
    assert [(word.text, " ".join(word.reading), word.count) for word in words] == [
        ("你好", "ni hao", 5),
        ("世界", "shi jie", 5),
        ("时节", "shi jie", 5),
        ("好你", "hao ni", 5),
        ("你A", "ni _", 5),
    ]
    assert len(words) == len(found)


def test_scel_with_a_longer_table(tmp_path: Path, readings: KnownReadings) -> None:
    data = scel([([0, 1], ["你好"])], ["ni", "hao", "a"], 0x45)
    assert read(tmp_path / "cell.scel", data, readings) == [UserWord("你好", ("ni", "hao"), 5)]


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.integers(12, len(SCEL)), st.binary(max_size=4))
def test_a_cut_or_damaged_scel(tmp_path: Path, readings: KnownReadings, end: int, junk: bytes) -> None:
    found = read(tmp_path / "cut.scel", SCEL[:end] + junk, readings)
    assert [row.text for row in found if isinstance(row, UserWord)] or found or end < 0x2640


HANZI = "你好世界西安中国人民大学生"
WORDS = st.lists(
    st.tuples(st.text(alphabet=HANZI, min_size=1, max_size=9), st.floats(1, 1e6).map(round)), max_size=20
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(WORDS)
def test_words_come_back_the_same(
    tmp_path: Path, readings: KnownReadings, rows: list[tuple[str, int]]
) -> None:
    words = [UserWord(text, readings.read(text) or (), float(count)) for text, count in rows]
    path = tmp_path / "words.txt"
    assert write_words(iter(words), path) == len(words)
    assert list(read_words(path, readings)) == words


def test_a_zip_that_lies_about_its_size_takes_no_memory(tmp_path: Path, readings: KnownReadings) -> None:
    target, size = io.BytesIO(), 150_000_000
    with ZipFile(target, "w", ZIP_DEFLATED) as archive:
        archive.writestr("dictionary.txt", b"a" * size)
    says, less = struct.pack("<I", size), struct.pack("<I", 1000)
    data = target.getvalue().replace(says, less)
    assert data.count(less) >= 2
    del target
    tracemalloc.start()
    rows = read(tmp_path / "a.zip", data, readings)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert [row.number for row in rows if isinstance(row, BadLine)] == [1]
    assert peak < 100e6


def test_the_encoding_of_a_long_file_is_known_by_its_beginning(tmp_path: Path) -> None:
    path = tmp_path / "long.txt"
    path.write_text("你好 世界 " * 4_000_000, encoding="utf-8")
    start = time.process_time()
    assert encoding_of(path) == "utf-8"
    assert time.process_time() - start < 0.5
