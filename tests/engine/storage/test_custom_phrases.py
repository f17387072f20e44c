"""The file of custom phrases: read, edited, damaged, replaced."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.protocol import CustomPhrase
from engine.storage.custom_phrases.phrase_book import CustomPhraseBook
from engine.storage.custom_phrases.phrase_file import FILE_NAME, PhraseError, block_of, checked, parse

FILE = '''\
# 我的短语
[formats]
date = "YYYY-MM-DD"

# 地址
[[phrase]]
code = "dz"
text = """
北京市
[[phrase]]
海淀区"""

[[phrase]] # 邮箱
code = "yx"
text = 'ni@hao.cn'
place = 2
'''


def phrases_of(text: str) -> list[CustomPhrase]:
    return list(parse(text).phrases)


def test_a_file_as_a_person_writes_it() -> None:
    file = parse(FILE)
    assert file.phrases == (
        CustomPhrase("dz", "北京市\n[[phrase]]\n海淀区"),
        CustomPhrase("yx", "ni@hao.cn", 2),
    )
    assert (file.formats, file.wrong) == ({"date": "YYYY-MM-DD"}, ())


@pytest.mark.parametrize(
    ("wrong", "line", "says"),
    [
        ('[[phrase]]\ncode = "DZ"\ntext = "a"', 1, "small letters"),
        ('[[phrase]]\ncode = "d1"\ntext = "a"', 1, "small letters"),
        ('[[phrase]]\ncode = "dz"', 1, "a text in quotation marks"),
        ('[[phrase]]\ncode = "dz"\ntext = "  "', 1, "1 to 10000 characters"),
        ('[[phrase]]\ncode = "dz"\ntext = "a"\nplace = 3', 1, "place 1 or 2"),
        ('[[phrase]]\ncode = "dz"\ntext = "a"\nplace = true', 1, "place 1 or 2"),
        ('[[phrase]]\ncode = "dz"\ntext = "a"\nplcae = 1', 1, "found plcae"),
        ('[[phrase]]\ncode = "dz\ntext = "a"', 1, "quotation mark"),
        ('[[phrase]]\ncode = "dz"\ntext = """a', 1, "quotation mark"),
        ("[[phrase]]\ncode = " + "9" * 5000, 1, "usual size"),
        ("[[phrase]]\ncode = " + "[" * 5000, 1, "usual size"),
        ('[phrase]\ncode = "a"', 1, "formats alone"),
        ('[formats]\nday = "D"', 1, "found another"),
    ],
)
def test_what_is_wrong_is_named_and_the_rest_is_used(wrong: str, line: int, says: str) -> None:
    good = '[[phrase]]\ncode = "yx"\ntext = "ni@hao.cn"\n'
    before = "" if wrong.startswith(("[phrase]", "[formats]")) else "# 头\n\n" + good
    file = parse(f"{before}{wrong}\n{good}")
    assert len(file.phrases) == (2 if before else 1)
    (found,) = file.wrong
    assert found.line == line + (before.count("\n") if before else 0)
    assert says in str(found.reason)


def test_an_edit_keeps_comments_and_what_is_wrong(tmp_path: Path) -> None:
    path = tmp_path / FILE_NAME
    path.write_text(FILE + '[[phrase]]\ncode = "WRONG"\ntext = "x"\n', encoding="utf-8")
    book = CustomPhraseBook(tmp_path)
    book.edit(lambda phrases: [CustomPhrase("sj", "{time}"), *phrases[1:]])
    text = path.read_text(encoding="utf-8")
    assert "# 我的短语" in text
    assert "# 邮箱" in text
    assert "WRONG" in text
    assert phrases_of(text) == [CustomPhrase("sj", "{time}"), CustomPhrase("yx", "ni@hao.cn", 2)]
    assert path.stat().st_mode & 0o077 == 0


@given(
    st.lists(
        st.builds(
            CustomPhrase,
            st.from_regex(r"[a-z]{1,8}", fullmatch=True),
            st.text(
                st.characters(exclude_categories=["Cs"], exclude_characters="\r"), min_size=1, max_size=60
            )
            | st.text("\"'\\\n[]{}a ", min_size=1, max_size=20),
            st.sampled_from((1, 2)),
        ).filter(lambda phrase: phrase.text.strip() != ""),
        max_size=4,
    )
)
def test_what_is_written_is_read(phrases: list[CustomPhrase]) -> None:
    file = parse("").with_phrases(phrases)
    again = parse(file.text())
    assert (list(again.phrases), again.wrong) == (phrases, ())
    assert parse(again.with_phrases(phrases).text()).phrases == file.phrases


def test_half_a_character_is_refused() -> None:
    with pytest.raises(PhraseError, match="half of a character"):
        checked(CustomPhrase("a", "\ud800"))


def test_a_change_of_the_file_is_seen_at_the_next_key(tmp_path: Path) -> None:
    book, path = CustomPhraseBook(tmp_path), tmp_path / FILE_NAME
    assert not book.of("dz")
    path.write_text(block_of(CustomPhrase("dz", "一")), encoding="utf-8")
    assert [phrase.text for phrase in book.of("dz")] == ["一"]
    path.write_text(block_of(CustomPhrase("dz", "二")) + '[[phrase]]\ncode="A"\ntext="b"', encoding="utf-8")
    assert [phrase.text for phrase in book.of("dz")] == ["二"]
    (notice,) = map(str, book.take_notices())
    assert "line 4" in notice
    assert book.take_notices() == []
    path.unlink()
    assert not book.of("dz")


def test_a_file_that_cannot_be_read_changes_nothing(tmp_path: Path) -> None:
    book, path = CustomPhraseBook(tmp_path), tmp_path / FILE_NAME
    book.edit(lambda _: [CustomPhrase("dz", "一")])
    assert book.of("dz")
    path.write_bytes(b"\xff\xfe\xff")
    assert [phrase.text for phrase in book.of("dz")] == ["一"]
    assert "no such file" in str(book.take_notices()[0])
    with pytest.raises(PhraseError):
        book.edit(lambda phrases: phrases)
    assert path.read_bytes() == b"\xff\xfe\xff"


def test_a_folder_that_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(PhraseError, match="cannot be written"):
        CustomPhraseBook(tmp_path / "file" / "sub").edit(lambda _: [CustomPhrase("dz", "一")])


def test_two_books_edit_one_after_the_other(tmp_path: Path) -> None:
    first, second = CustomPhraseBook(tmp_path), CustomPhraseBook(tmp_path)
    first.edit(lambda phrases: [*phrases, CustomPhrase("a", "一")])
    second.edit(lambda phrases: [*phrases, CustomPhrase("b", "二")])
    first.edit(lambda phrases: [*phrases, CustomPhrase("c", "三")])
    assert [phrase.code for phrase in second.read().phrases] == ["a", "b", "c"]
    assert not list(tmp_path.glob("*.part"))
