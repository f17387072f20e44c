"""Custom phrases of other input methods, as their own programs write them."""

from __future__ import annotations

import io
import plistlib
import struct
import time
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile

import pytest

from engine.interchange.phrase_files import FORMS, holds_phrases, read_phrases, write_phrases
from engine.interchange.word_lists import BadLine
from engine.protocol import CustomPhrase
from engine.rewriters.phrase_variables import DEFAULT_FORMATS, filled_in

RIME = """\
# Rime table
# coding: utf-8
#@/db_name\tcustom_phrase.txt
#@/db_type\ttabledb
#
# 用於【朙月拼音】系列輸入方案
#
# no comment
100000\tqq\t1
QQ 号：{date}\tqq\t3
#井号\tjing
没有编码
"""
FCITX = """\
; comment
# comment
yx,2=second@hao.cn
yx,1=ni@hao.cn
dz,1="北京市\\n海淀区 \\"1\\" 号\\\\"
rq,1=#$year年$month_mm月${day}日 $weekday_cn$$1
dj,1=$100
off,-1=关掉的
bad,1=#$clipboard
"""
SOGOU = """\
; 搜狗拼音输入法--自定义短语配置文件

wz,3=http://www.example.com
dz,1=
北京市
; 海淀区
sj,1=#$fullhour:$minute:$second
old=旧的写法
"""


def read(path: Path, data: bytes) -> tuple[list[CustomPhrase], list[int]]:
    path.write_bytes(data)
    rows = list(read_phrases(path))
    bad = [row.number for row in rows if isinstance(row, BadLine)]
    return [row for row in rows if isinstance(row, CustomPhrase)], bad


def test_rime(tmp_path: Path) -> None:
    assert read(tmp_path / "custom_phrase.txt", RIME.encode()) == (
        [CustomPhrase("qq", "QQ 号：{{date}}"), CustomPhrase("qq", "100000"), CustomPhrase("jing", "#井号")],
        [12],
    )


def test_a_file_of_rime_without_its_head(tmp_path: Path) -> None:
    assert read(tmp_path / "list", "100000\tqq\t1\n你好\tnh\n".encode()) == (
        [CustomPhrase("qq", "100000"), CustomPhrase("nh", "你好")],
        [],
    )


def test_fcitx(tmp_path: Path) -> None:
    assert read(tmp_path / "customphrase", FCITX.encode()) == (
        [
            CustomPhrase("yx", "ni@hao.cn"),
            CustomPhrase("yx", "second@hao.cn", 2),
            CustomPhrase("dz", '北京市\n海淀区 "1" 号\\'),
            CustomPhrase("rq", "{date:YYYY}年{date:MM}月{date:D}日 {weekday:W}$1"),
            CustomPhrase("dj", "$100"),
        ],
        [8, 9],
    )


def test_sogou(tmp_path: Path) -> None:
    data = SOGOU.replace("\n", "\r\n").encode("utf-16")
    assert read(tmp_path / "phrases.ini", data) == (
        [
            CustomPhrase("wz", "http://www.example.com", 2),
            CustomPhrase("dz", "北京市\n; 海淀区"),
            CustomPhrase("sj", "{time:HH}:{time:mm}:{time:ss}"),
            CustomPhrase("old", "旧的写法"),
        ],
        [],
    )


def test_microsoft_by_the_bytes_of_its_own_export(tmp_path: Path) -> None:
    """The sample that the open converters print in their sources: aaa in place 6."""
    phrase = bytes.fromhex("10001000 1800 06 06 00000000 960a9920".replace(" ", ""))
    phrase += "aaa".encode("utf-16-le") + b"\0\0" + "啊啊啊".encode("utf-16-le") + b"\0\0"
    head = (
        b"mschxudp"
        + bytes.fromhex("0200600001000000")
        + struct.pack("<4I", 0x40, 0x44, 0x44 + len(phrase), 1)
    )
    data = head + bytes.fromhex("494e0662") + bytes(28) + struct.pack("<I", 0) + phrase
    assert read(tmp_path / "UserDefinedPhrase.dat", data) == ([CustomPhrase("aaa", "啊啊啊", 2)], [])
    for length in range(0, len(data), 5):
        read(tmp_path / "cut", data[:length])


def test_microsoft_before_1703(tmp_path: Path) -> None:
    """Another sample of theirs: neither zeros nor a time before the code."""
    rows = [bytes.fromhex("08000800 1000 01 06") + "aaa\0好人\0".encode("utf-16-le")]
    rows.append(bytes.fromhex("08000800 0e00 05 06") + "bb\0第二\0".encode("utf-16-le"))
    start = 0x40 + 8
    head = b"mschxudp" + struct.pack("<6I", 1, 0x40, start, start + sum(map(len, rows)), 2, 0)
    data = head.ljust(0x40, b"\0") + struct.pack("<2I", 0, len(rows[0])) + b"".join(rows)
    assert read(tmp_path / "ChsPinyinUDP.lex", data) == (
        [CustomPhrase("aaa", "好人"), CustomPhrase("bb", "第二", 2)],
        [],
    )
    for length in range(0, len(data), 3):
        read(tmp_path / "cut", data[:length])


def test_every_function_in_the_head_of_sogous_file(tmp_path: Path) -> None:
    names = "year year_yy month month_mm day day_dd weekday fullhour fullhour_hh halfhour halfhour_hh ampm"
    names += " minute second year_cn year_yy_cn month_cn day_cn weekday_cn fullhour_cn halfhour_cn ampm_cn"
    names += " minute_cn second_cn"
    lines = [f"a,{place}=#${name}" for place, name in enumerate(names.split(), start=1)]
    phrases, bad = read(tmp_path / "phrases.ini", "\r\n".join(lines).encode("utf-16"))
    assert bad == []
    said = [filled_in(phrase.text, datetime(2006, 8, 3, 14, 5, 9)) for phrase in phrases]
    assert " ".join(said) == (
        "2006 06 8 08 3 03 4 14 14 02 02 PM 05 09 二〇〇六 〇六 八 三 四 十四 二 下午 零五 零九"
    )


GBOARD = """\
# Gboard Dictionary version:1

nihao\t你好\tzh-CN
dz\t北京市海淀区1号\tzh-CN
omw\tOn my way!\ten-US
hi\thello\ten-US\t
\t没有编码\tzh-CN
"""
GBOARD_ROWS = [
    CustomPhrase("nihao", "你好"),
    CustomPhrase("dz", "北京市海淀区1号"),
    CustomPhrase("omw", "On my way!"),
    CustomPhrase("hi", "hello"),
]


def zipped(name: str, data: bytes) -> bytes:
    target = io.BytesIO()
    with ZipFile(target, "w", ZIP_DEFLATED) as archive:
        archive.writestr(name, data)
    return target.getvalue()


def test_gboard(tmp_path: Path) -> None:
    """The ZIP is what Android's settings export."""
    for data in (GBOARD.encode(), zipped("dictionary.txt", GBOARD.replace("\n", "\r\n").encode())):
        path = tmp_path / "PersonalDictionary"
        assert read(path, data) == (GBOARD_ROWS, [7])
        assert holds_phrases(path) is True
    words = "# Gboard Dictionary version:2\nnihao\t你好\tzh-CN\nshijie\t世界\tzh-CN\n"
    path.write_bytes(zipped("dictionary.txt", words.encode()))
    assert holds_phrases(path) is False


@pytest.mark.parametrize("damage", [lambda d: d[:30], lambda d: d[:20] + d[25:], lambda d: d[:-30] + d[-9:]])
def test_a_damaged_zip_is_no_text(tmp_path: Path, damage: Callable[[bytes], bytes]) -> None:
    assert read(tmp_path / "a.zip", damage(zipped("dictionary.txt", GBOARD.encode() * 9))) == ([], [1])


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("smile ＾_＾\nlala φ(￣▽￣*)ο\nzly 张三, 李四\n", [("smile", "＾_＾"), ("zly", "张三, 李四")]),
        (
            'poem "床前明月光\\n疑是地上霜"\naddr 北京\n',
            [("poem", "床前明月光\n疑是地上霜"), ("addr", "北京")],
        ),
        ("# a comment\nalpha  α\nbeta\tβ\ngamma γ\n", [("alpha", "α"), ("beta", "β")]),
        ("yx\ta@b.com\ngs\t某某公司\nsj\t13800138000\n", [("yx", "a@b.com"), ("sj", "13800138000")]),
    ],
)
def test_a_code_before_its_text(tmp_path: Path, text: str, expected: list[tuple[str, str]]) -> None:
    """fcitx' quickphrase, and tables with the code first."""
    path = tmp_path / "quick.mb"
    found, bad = read(path, text.encode())
    assert bad == []
    assert set(expected) <= {(phrase.code, phrase.text) for phrase in found}
    assert holds_phrases(path) is True


REPLACEMENTS = [{"shortcut": "dz", "phrase": "北京市"}, {"shortcut": "msd", "phrase": "马上到！"}]


@pytest.mark.parametrize("form", list(plistlib.PlistFormat))
def test_text_replacements_of_macos(tmp_path: Path, form: plistlib.PlistFormat) -> None:
    path = tmp_path / "Text Substitutions.plist"
    data = plistlib.dumps(REPLACEMENTS, fmt=form)
    assert read(path, data) == ([CustomPhrase("dz", "北京市"), CustomPhrase("msd", "马上到！")], [])
    assert holds_phrases(path) is True
    for length in range(0, len(data), 7):
        read(path, data[:length])


@pytest.mark.parametrize("other", [[{"a": 1}], ["dz"], [{"shortcut": "dz"}], []])
@pytest.mark.parametrize("form", list(plistlib.PlistFormat))
def test_other_property_lists_hold_nothing(
    tmp_path: Path, other: list[Any], form: plistlib.PlistFormat
) -> None:
    found, bad = read(tmp_path / "a.plist", plistlib.dumps(other, fmt=form))
    assert found == []
    assert bad
    assert not holds_phrases(tmp_path / "a.plist")


def test_entries_with_spaces_around_their_marks(tmp_path: Path) -> None:
    text = "yx = a@b.com\ngs , 2 = 某某公司\ndz=\n x = 5\n行\nzz=1\n"
    found, bad = read(tmp_path / "phrases.ini", text.encode())
    assert [(each.code, each.text) for each in found] == [
        ("yx", "a@b.com"),
        ("gs", "某某公司"),
        ("dz", " x = 5\n行"),
        ("zz", "1"),
    ]
    assert bad == []


def test_no_number_and_no_line_is_too_long(tmp_path: Path) -> None:
    start = time.process_time()
    for line in (
        f"yx,{'1' * 5000}=a",
        f"yx,1=a\nyx\ta\t{'9' * 5000}",
        "a" + " " * 300_000 + "b",
        "a" * 300_000,
    ):
        read(tmp_path / "phrases.ini", f"{line}\n".encode())
        holds_phrases(tmp_path / "phrases.ini")
    assert time.process_time() - start < 1


LISTS = {
    "words alone": "你好\n世界\nB站\n",
    "Rime's dictionary": "---\nname: a\nsort: original\n...\n你好\tni hao\t3\n",
    "a table of characters": "---\nname: wubi\n...\n工\ta\n式\taa\n",
    "Rime's export": "# Rime user dictionary export\n#@/db_type\tuserdb\n黄金\thuang jin\t2\n",
    "Rime's synchronised dictionary": "huáng jīn \t黄金\tc=2 d=1 t=4\nqq \t一\tc=0 d=1 t=4\n",
    "readings in one": "你好\tnihao\t3\n我爱你\twoaini\n西安\txian\n",
    "libime": "你好 ni'hao 0.0\n包含 bao'han 1\n",
    "Sogou's text": "'ni'hao 你好\n'shi'jie 世界\n",
}
LISTS["fcitx 4's words"] = "nihao 你好\nshi'jie 世界\nnü'er 女儿\n"
LISTS["fcitx 4's table"] = "KeyCode=abc\nLength=4\n[Data]\n你好\n世界\n西安\n"
EITHER = {
    "nothing": "",
    "a comment": "# nothing\n",
    "texts": "100000\nni@hao.cn\n",
    "prose": "hello world of\nwords\n",
}


def test_what_a_file_holds_whatever_it_is_called(tmp_path: Path) -> None:
    """A list that is taken for phrases would stand before everything else in the menu, for ever."""
    path = tmp_path / "file"

    def held(text: str, encoding: str = "utf-8") -> bool | None:
        path.write_bytes(text.encode(encoding))
        return holds_phrases(path)

    codes = "100000\tqq\t1\n你好\tnh\n我家\twj\t2\n"
    phrases = [RIME, FCITX, SOGOU, codes, "# comment\n\n" + codes, f"\ufeff{SOGOU}", "old=旧的写法\n"]
    for encoding in ("utf-8", "utf-16", "gb18030"):
        found = [held(text.replace("\n", "\r\n"), encoding) for text in phrases]
        assert found == [True] * len(phrases), encoding
    assert {name: held(text) for name, text in LISTS.items()} == dict.fromkeys(LISTS, False)
    assert {name: held(text) for name, text in EITHER.items()} == dict.fromkeys(EITHER)
    assert held("工\taw\n" * 2000) is None  # a table of codes, and nobody's own phrases
    for form in FORMS:
        write_phrases(PHRASES, path, form, DEFAULT_FORMATS)
        assert holds_phrases(path) is True


def test_our_own_file(tmp_path: Path) -> None:
    data = b'[[phrase]]\ncode = "a"\ntext = "{date}"\n[[phrase]]\ncode = "B"\ntext = "c"\n'
    assert read(tmp_path / "phrases.toml", data) == ([CustomPhrase("a", "{date}")], [4])


PHRASES = (
    CustomPhrase("dz", "北京市海淀区"),
    CustomPhrase("dz", '引号"反斜杠\\'),
    CustomPhrase("yx", "ni@hao.cn", 2),
    CustomPhrase("jg", "{{date}} 是字"),
)


@pytest.mark.parametrize("form", FORMS)
def test_what_is_written_is_read(tmp_path: Path, form: str) -> None:
    path = tmp_path / form
    written = write_phrases(PHRASES, path, form, DEFAULT_FORMATS)
    assert (written.count, written.left_out) == (4, ())
    found, bad = read(path, path.read_bytes())
    assert bad == []
    assert [(each.code, each.text) for each in found] == [(each.code, each.text) for each in PHRASES]


@pytest.mark.parametrize(
    ("form", "left_out"),
    [("fcitx5", ()), ("sogou", ()), ("rime", ("rq", "hh")), ("microsoft", ("rq",))],
)
def test_variables_and_several_lines(tmp_path: Path, form: str, left_out: tuple[str, ...]) -> None:
    phrases = [CustomPhrase("rq", "今天{date}，{weekday}，$5"), CustomPhrase("hh", "一行\n二行")]
    path = tmp_path / form
    assert write_phrases(phrases, path, form, DEFAULT_FORMATS).left_out == left_out
    found, _ = read(path, path.read_bytes())
    assert [each.code for each in found] == [each.code for each in phrases if each.code not in left_out]
    if form in ("fcitx5", "sogou"):
        assert found[0].text == "今天{date:YYYY}年{date:M}月{date:D}日，星期{weekday:W}，$5"
        assert found[1].text == "一行\n二行"
