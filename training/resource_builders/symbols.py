"""Build `resources/symbols/symbols.tsv` from CLDR: `python -m training symbols --source DIR`.

The sources are the Unicode CLDR annotations (`zh.json`, `zh_derived.json`). A symbol stays if it has a name
and a keyword of one to seven hanzi, which is what pinyin can type; of the derived ones only flags are taken,
as the others differ in the colour of the skin. The same inputs give the same bytes.
"""

from __future__ import annotations

import argparse
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from engine.rewriters.symbol_rewriter import format_row
from engine.spelling.hanzi import HANZI
from training.errors import WorkshopError

PLAIN: Final[str] = "zh.json"
DERIVED: Final[str] = "zh_derived.json"
FLAG: Final[str] = "旗: "

_KEYWORD: Final = re.compile(f"[{HANZI}]{{1,7}}")
_AS_EMOJI: Final[str] = "\ufe0f"
_SKIN: Final = re.compile("[\U0001f3fb-\U0001f3ff]")
# Emoji that are drawn as text without the selector (Emoji_Presentation=No in Unicode's emoji-data).
_TEXT_BY_DEFAULT: Final = re.compile(
    "[‼⁉™ℹ↔-↙↩↪⌨⏏⏭-⏯⏱⏲⏸-⏺Ⓜ▪▫▶◀◻◼☀-☄☎☑☘☝☠☢☣☦☪☮☯☸-☺♀♂♟♠♣♥♦♨♻♾⚒⚔-⚗⚙⚛⚜⚠⚧⚰⚱⛈⛏⛑⛓⛩⛰⛱⛴⛷-⛹"
    "✂✈✉✏✒✔✖✝✡✳✴❄❇❣❤➡⤴⤵⬅-⬇〰〽㊗㊙🅰🅱🅾🅿🈂🈷🌡🌤-🌬🌶🍽🎖🎗🎙-🎛🎞🎟🏋-🏎🏔-🏟🏳🏵🏷🐿👁📽🕉🕊🕯🕰🕳-🕹🖇🖊-🖍🖐🖥"
    "🖨🖱🖲🖼🗂-🗄🗑-🗓🗜-🗞🗡🗣🗨🗯🗳🗺🛋🛍-🛏🛠-🛥🛩🛰🛳]"
)

SymbolRow = tuple[str, str, list[str]]  # symbol, name, keywords


def build_symbols(options: argparse.Namespace) -> None:
    """Build the table; prints how much was taken. `options`: of the command line."""
    rows = list(read_annotations(options.source))
    options.output.parent.mkdir(parents=True, exist_ok=True)
    options.output.write_text("".join(format_row(*row) for row in rows), encoding="utf-8")
    n_keyword = len({keyword for _, _, keywords in rows for keyword in keywords})
    print(f"{len(rows)} symbols under {n_keyword} keywords in {options.output}.")


def read_annotations(folder: Path) -> Iterator[SymbolRow]:
    """Yield symbols in CLDR's order, plain ones before flags."""
    for symbol, name, keywords in _entries(folder / PLAIN, "annotations"):
        kept = [keyword for keyword in dict.fromkeys([name, *keywords]) if _KEYWORD.fullmatch(keyword)]
        if kept:
            yield presented(symbol), name, kept
    for symbol, name, _ in _entries(folder / DERIVED, "annotationsDerived"):
        country = name.removeprefix(FLAG)
        if name.startswith(FLAG) and _KEYWORD.fullmatch(country):
            yield symbol, country, [country]


def presented(symbol: str) -> str:
    """Return the symbol with the selector without which ❤ is drawn as text, which CLDR leaves out."""
    return symbol + _AS_EMOJI if _TEXT_BY_DEFAULT.fullmatch(symbol) else symbol


def _entries(path: Path, root: str) -> Iterator[SymbolRow]:
    try:
        entries: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))[root]["annotations"]
    except (json.JSONDecodeError, KeyError, TypeError) as error:
        raise WorkshopError(f"expected CLDR annotations in {path}, found something else ({error})") from error
    for symbol, entry in entries.items():
        if entry.get("tts") and symbol.isprintable() and not _SKIN.fullmatch(symbol):
            yield symbol, entry["tts"][0], entry.get("default", [])
