"""Which keys go on an input that is no pinyin."""

from __future__ import annotations

import pytest

from engine.rewriters.literals import continues_address, continues_computed, is_address


@pytest.mark.parametrize(
    ("typed", "yes", "no"),
    [
        ("v", "09(-.", "+=*/,a"),
        ("v1", "09.+-*/()^%=", ", ;"),
        ("v2*(3+4)", "=*", ","),
        ("u", "09+", ".-"),
        ("u4f", "0", "+."),
        ("u4f6000", "", "0"),
        ("ni", "", "09+-.="),
        ("你v", "", "1"),
        ("nv", "", "1"),
        ("", "", "0-."),
    ],
)
def test_computed(typed: str, yes: str, no: str) -> None:
    assert [c for c in yes + no if continues_computed(typed, c)] == list(yes)


@pytest.mark.parametrize(
    ("typed", "yes", "no"),
    [
        ("www", ".@", ":,"),
        ("WWW", ".", ":"),
        ("www.", "1.-_~:/?#@&=+%", ",;!()"),
        ("http", ":@", "./"),
        ("https", ":", "/"),
        ("http://a", "1./:", ","),
        ("ni", "@", ".:/1"),
        ("a4", "@", "."),
        ("v12", "", "@"),
        ("qq.com", "1.-/:@", ",;!"),
        ("qq.", "", "a@"),
        ("ni@", "1.-_", "@,/"),
        ("我的邮箱ni@", "1.", ","),
        ("我的www", ".", ","),
        ("wwww", "", "."),
        ("'", "", "@"),
        ("", "", "@.:"),
    ],
)
def test_addresses(typed: str, yes: str, no: str) -> None:
    assert [c for c in yes + no if continues_address(typed, c)] == list(yes)


def test_what_is_an_address() -> None:
    assert all(
        map(
            is_address,
            ["www.", "http:", "HTTPS://A", "ftp:", "mailto:a", "ni@", "a1.b@qq.com", "baidu.com", "a.b.cn/c"],
        )
    )
    assert not any(map(is_address, ["www", "http", "ni", "", "@", "1@", "baidu.", "v1.5", "a..b"]))
