"""Recognise known names that end in digits, typed in small letters: mp3, h264, b2b.

A digit picks a candidate, and of nearly all letters there is one: 慢跑 of `mp`, 和 of `h`. So the names are
listed here, and only what stands behind full pinyin counts. Not listed is what people type as picks: the d of
c4d is 的, the digits of a11y a number behind 啊.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from engine.spelling.spelling_table import is_pinyin
from engine.spelling.syllable_graph import FULL_PINYIN

_NAMES: Final[frozenset[str]] = frozenset(
    "mp3 mp4 mp5 md5 ps2 ps3 ps4 ps5 py2 py3 es5 es6 css2 css3 co2 cs2 pm2 ipv4 ipv6 usb2 usb3 utf8 utf16 "
    "utf32 ddr3 ddr4 ddr5 gpt2 gpt3 gpt4 gpt5 vue2 vue3 web2 web3 h264 h265 h266 x264 x265 x86 x64 k8s "
    "b2b b2c c2c c2b o2o p2p f2f m3u8 i18n l10n n95 kn95 gb2312 gb18030 sha1 sha256 "
    "sha512 rtx3060 rtx3070 rtx3080 rtx3090 rtx4060 rtx4070 rtx4080 rtx4090 rtx5060 rtx5070 rtx5080 rtx5090 "
    "stm32 esp32 esp8266 log4j gta5 gta6 dota2 csgo2".split()
)
_BEGUN: Final[frozenset[str]] = frozenset(name[:i] for name in _NAMES for i in range(1, len(name) + 1))
_AT_ONCE: Final[frozenset[str]] = frozenset(
    name for name in _NAMES if re.fullmatch(r"[a-z]{2,}[0-9]", name) and not is_pinyin(name[:-1], FULL_PINYIN)
)
_TYPED: Final = re.compile(r"[!-~]*$")  # behind hanzi chosen already


def ends_numbered(letters: str) -> bool:
    """Return whether the letters end in a known name whose one digit is text at once: 我想用mp3.

    The letters before its digit are two at least, and no pinyin.
    """
    return any(is_pinyin(before, FULL_PINYIN) for before, name in _split(letters) if name in _AT_ONCE)


def begun_numbered(letters: str) -> bool:
    """Return whether the letters end in a known name or the beginning of one, with a digit: h26, 我想用k8."""
    return any(
        is_pinyin(before, FULL_PINYIN)
        for before, name in _split(letters)
        if name in _BEGUN and not name.isalpha()
    )


def _split(letters: str) -> Iterator[tuple[str, str]]:
    """Yield what may stand before a name that ends the letters, and the name."""
    found = _TYPED.search(letters)
    typed = found.group() if found else ""
    return ((typed[:start], typed[start:]) for start in range(len(typed) - 1))
