"""What the rewriters add to a menu, and where."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest

from engine.factory import create_rewriters
from engine.protocol import Candidate, Source
from engine.rewriters.address_rewriter import AddressRewriter
from engine.rewriters.date_rewriter import (
    DateLettersRewriter,
    DateRewriter,
    date_texts,
    time_texts,
    weekday_texts,
)
from engine.rewriters.number_rewriter import CodePointRewriter, NumberRewriter, character_of_code_point
from engine.rewriters.reading_rewriter import ReadingRewriter
from engine.rewriters.rewriter import Rewriter, inserted
from engine.rewriters.symbol_rewriter import SymbolError, SymbolRewriter, format_row, load_table
from engine.session.options import SessionOptions

MOMENT = datetime(2026, 11, 24, 18, 5, 9)


def menu_of(letters: str, *texts: str) -> tuple[Candidate, ...]:
    """Words for all of the letters, then the letters themselves."""
    span = 0, len(letters)
    words = [
        Candidate(text, span, ("x",) * len(text), tuple(map(ord, text)), 0.0, Source.LEXICON)
        for text in texts
    ]
    return (*words, Candidate(letters, span, (), (), 0.0, Source.RAW))


def texts_of(rewriter: Rewriter, letters: str, *texts: str) -> list[str]:
    return [candidate.text for candidate in rewriter.rewrite(letters, menu_of(letters, *texts))]


def test_dates_by_letters() -> None:
    dates = DateLettersRewriter(lambda: MOMENT)
    assert texts_of(dates, "rq", "人群", "容器") == [
        *["人群", "2026年11月24日", "容器"],
        *["2026-11-24", "二〇二六年十一月二十四日", "2026/11/24", "11月24日", "rq"],
    ]
    assert texts_of(dates, "sj", "时间", "手机", "世界", "数据")[:5] == [
        "时间",
        "18:05",
        "手机",
        "世界",
        "18:05:09",
    ]
    assert texts_of(dates, "xq", "星期")[:3] == ["星期", "星期二", "周二"]
    assert texts_of(dates, "rqa", "人") == ["人", "rqa"]
    assert not dates.is_on(SessionOptions(full_pinyin=False))


def test_dates_by_words() -> None:
    dates = DateRewriter(lambda: MOMENT)
    assert texts_of(dates, "jintian", "今天") == ["今天", "2026年11月24日", "2026-11-24", "jintian"]
    assert texts_of(dates, "mingtian", "明天", "名天", "鸣天")[3] == "2026年11月25日"
    assert texts_of(dates, "zuotian", "昨天", "作天", "做天")[3] == "2026年11月23日"
    assert texts_of(dates, "xmzl", "现在", "先在", "限在")[3] == "18:05"
    assert texts_of(dates, "xingqi", "星期", "兴起", "刑期")[3] == "星期二"
    assert texts_of(dates, "jintian", "金田", "今天") == ["金田", "今天", "jintian"]
    assert dates.rewrite("jintian", ()) == ()


@pytest.mark.parametrize(
    ("hour", "minute", "spoken", "hanzi"),
    [
        (0, 0, "凌晨12点00分", "零点整"),
        (6, 30, "上午6点30分", "六点三十分"),
        (11, 5, "中午11点05分", "十一点零五分"),
        (12, 10, "中午12点10分", "十二点十分"),
        (13, 0, "下午1点00分", "十三点整"),
        (23, 59, "晚上11点59分", "二十三点五十九分"),
    ],
)
def test_times(hour: int, minute: int, spoken: str, hanzi: str) -> None:
    assert time_texts(MOMENT.replace(hour=hour, minute=minute))[2:4] == [spoken, hanzi]


def test_days() -> None:
    assert date_texts(date(2000, 1, 1))[:3] == ["2000年1月1日", "2000-01-01", "二〇〇〇年一月一日"]
    assert [weekday_texts(date(2026, 11, day))[0][-1] for day in range(23, 30)] == list("一二三四五六日")


def test_numbers() -> None:
    numbers = NumberRewriter()
    assert texts_of(numbers, "v123.45") == [
        *["一百二十三点四五", "壹佰贰拾叁元肆角伍分", "123.45", "壹佰贰拾叁点肆伍", "一二三点四五"],
        "v123.45",
    ]
    assert texts_of(numbers, "v2*(3+4)")[:3] == ["14", "2*(3+4)=14", "十四"]
    assert texts_of(numbers, "v2*(3+4")[:2] == ["14", "2*(3+4)=14"]
    assert texts_of(numbers, "v1+1=")[:2] == ["2", "1+1=2"]
    assert texts_of(numbers, "v2026")[4] == "二〇二六"
    assert texts_of(numbers, "v-3")[0] == "负三"
    assert texts_of(numbers, "v.5")[0] == "零点五"
    assert texts_of(numbers, "v2026-11-24")[0] == "2026年11月24日"
    assert texts_of(numbers, "v2026-2-30")[0] == "1994"
    for letters in ("v", "v1/0", "v1+", "vvv", "nv"):
        assert texts_of(numbers, letters) == [letters]


def test_code_points() -> None:
    points = CodePointRewriter()
    assert texts_of(points, "u4f60") == ["你", "u4f60"]
    assert texts_of(points, "u+1f600") == ["😀", "u+1f600"]
    assert texts_of(points, "uface", "词") == ["词", "\uface", "uface"]
    assert points.rewrite("u4f60", ())[0].annotation == "U+4F60"
    for letters in ("u", "u4", "ud800", "u0", "u110000", "ue000", "u4f60x", "ugly"):
        assert texts_of(points, letters) == [letters]
    assert character_of_code_point(0x0A) is None


def test_addresses_come_first_as_they_are() -> None:
    addresses = AddressRewriter()
    assert texts_of(addresses, "www.", "我") == ["www.", "我"]
    assert texts_of(addresses, "nihao@", "你好") == ["nihao@", "你好"]
    assert texts_of(addresses, "nihao", "你好") == ["你好", "nihao"]


TABLE = {
    "猫": (("🐈", "猫"), ("🐱", "猫脸")),
    "笑": tuple((c, "笑") for c in "😀😁😂🤣"),
    "冒": (("☁", "云"),),
}


def test_symbols_come_behind_the_words() -> None:
    symbols = SymbolRewriter(TABLE)
    assert texts_of(symbols, "mao", "猫", "毛") == ["猫", "毛", "🐈", "🐱", "mao"]
    assert texts_of(symbols, "mao", "毛", "猫") == ["毛", "猫", "🐈", "mao"]
    assert texts_of(symbols, "m", "猫") == ["猫", "m"]
    row = symbols.rewrite("mao", menu_of("mao", "猫"))[1]
    assert (row.annotation, row.source, row.span, row.tokens) == ("猫", Source.SYMBOL, (0, 3), ())


def test_one_symbol_at_most_on_the_first_page() -> None:
    symbols = SymbolRewriter(TABLE)
    words = "猫毛矛茂帽贸冒卯铆锚"
    menu = texts_of(symbols, "mao", *words)
    assert menu == [*words[:8], "🐈", "🐱", "☁", *words[8:], "mao"]
    assert texts_of(symbols, "mao", *"毛猫矛茂帽贸冒卯铆锚")[:9] == [*"毛猫矛茂帽贸冒卯铆"]
    assert texts_of(symbols, "xiao", *"笑小校效消孝肖晓哮")[7:] == [*"晓😀😁😂哮", "xiao"]


def test_a_symbol_has_a_short_label() -> None:
    symbols = SymbolRewriter({"世界": (("🌍", "地球上的欧洲非洲"), ("🗺️", "世界地图"))})
    rows = symbols.rewrite("shijie", menu_of("shijie", "世界"))
    assert [row.annotation for row in rows if row.source is Source.SYMBOL] == ["世界", "世界地图"]


def test_a_symbol_comes_behind_texts_for_a_part_of_the_letters() -> None:
    symbols = SymbolRewriter({"猫咪": (("🐱", "猫脸"),), "猫": (("🐈", "猫"),)})
    part = Candidate("猫", (0, 3), ("mao",), (1,), 0.0, Source.CHARACTER)
    word, typed = menu_of("maomi", "猫咪")
    for rows in ((word, part, typed), (part, word, typed), (word, typed)):
        texts = [c.text for c in symbols.rewrite("maomi", rows)]
        assert texts == [*(c.text for c in rows[:-1]), "🐱", "maomi"]


def test_a_symbol_for_a_part_of_the_letters_waits() -> None:
    part = Candidate("猫", (0, 3), ("mao",), (1,), 0.0, Source.CHARACTER)
    assert SymbolRewriter(TABLE).rewrite("maoduo", (part,)) == (part,)


def test_all_signs_are_offered_before_other_symbols() -> None:
    signs = {"箭头": tuple((c, "箭头") for c in "←↑→↓"), "猫": (("🐱", "猫脸"),)}
    symbols = SymbolRewriter({"箭头": tuple((c, "箭头") for c in "→⇒⇔⇨🏹"), **TABLE}, signs)
    assert texts_of(symbols, "jiantou", "箭头") == ["箭头", *"←↑→↓", "⇒", "⇔", "jiantou"]
    assert texts_of(symbols, "mao", "毛", "猫") == ["毛", "猫", "🐱", "🐈", "mao"]
    words = "箭头 剪头 肩头 间头 见头 尖头 渐头 健头 减头".split()
    assert texts_of(symbols, "jiantou", *words) == [
        *words[:4],
        "←",
        *words[4:8],
        *"↑→↓⇒⇔",
        words[8],
        "jiantou",
    ]
    assert texts_of(symbols, "jiantou", *words[::-1])[4] == words[4]  # 箭头 is the ninth
    assert texts_of(symbols, "jiantou", "剪头", "箭头", *words[2:])[4] == "←"


def test_the_table_of_symbols(tmp_path: Path) -> None:
    path = tmp_path / "symbols.tsv"
    rows = [("😺", "大笑的猫", ["猫", "笑"]), ("🐱", "猫脸", ["猫", "宠物"]), ("🐈", "猫", ["猫"])]
    path.write_text("".join(format_row(*row) for row in rows), encoding="utf-8")
    table = load_table(path)
    assert [symbol for symbol, _ in table["猫"]] == ["🐈", "😺", "🐱"]
    assert "笑" not in table  # in the midst of the only name
    assert table["宠物"] == (("🐱", "猫脸"),)
    with pytest.raises(SymbolError, match="python -m training symbols"):
        load_table(tmp_path / "missing.tsv")
    path.write_text("no table", encoding="utf-8")
    with pytest.raises(SymbolError, match="expected symbols"):
        load_table(path)


def test_what_ships() -> None:
    """The resource loads, and offers what the README says."""
    symbols = create_rewriters()[0]
    for letters, word, symbol in [("xiao", "笑", "😄"), ("maomi", "猫咪", "🐱"), ("jiantou", "箭头", "→")]:
        assert symbol in texts_of(symbols, letters, word, "一", "二", "三")
    assert texts_of(symbols, "shi", "是") == ["是", "shi"]
    assert texts_of(symbols, "pingfangmi", "平方米")[1:3] == ["㎡", "m²"]
    greek = texts_of(symbols, "xilazimu", "希腊字母")[1:-1]
    assert (len(greek), greek[:3]) == (34, ["α", "β", "γ"])


@pytest.mark.parametrize("option", ["symbols", "dates", "computed", "addresses"])
def test_each_can_be_turned_off(option: str) -> None:
    change: dict[str, Any] = {option: False}
    on, off = SessionOptions(), SessionOptions(**change)
    states = [(rewriter.is_on(on), rewriter.is_on(off)) for rewriter in create_rewriters()]
    assert (True, False) in states


def test_all_are_on_unless_asked_for() -> None:
    asleep = [rewriter for rewriter in create_rewriters() if not rewriter.is_on(SessionOptions())]
    assert [type(rewriter) for rewriter in asleep] == [ReadingRewriter]
    assert asleep[0].is_on(SessionOptions(show_reading=True))


def test_inserted_repeats_nothing() -> None:
    menu = menu_of("xq", "星期二", "需求")
    new = [Candidate(text, (0, 2), (), (), 0.0, Source.COMPUTED) for text in ("星期二", "周二")]
    assert [candidate.text for candidate in inserted(menu, new, 1)] == ["星期二", "周二", "需求", "xq"]
