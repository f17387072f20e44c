"""Damage each file of a copy of resources/ in turn and load what reads it; print what is said, as JSON.

Run with the copy first on the path: `python load_damaged_resources.py COPY`.
What was made of a file is kept while its bytes are the same: only the changed one is read anew.
"""

from __future__ import annotations

import json
import sys
import traceback
from collections.abc import Callable
from pathlib import Path

from engine import resource_check
from engine.conversion.converter import Converter
from engine.errors import MoyinError
from engine.factory import (
    create_hanzi_tables,
    create_rewriters,
    parts_around,
    vocabulary_of_characters,
)
from engine.model.fake_decoder import FakeDecoder
from engine.protocol import KeyEvent
from engine.session.session import Session
from engine.spelling import double_pinyin
from engine.spelling.double_pinyin import SCHEME_NAMES, load_scheme
from resources import CHARACTERS, ROOT
from tests.kept_resources import keep_what_is_the_same, kept


def load() -> None:
    """Load everything that a session of the shipped program loads but the bundle, and type."""
    converter = Converter(parts_around(FakeDecoder.preferring(VOCABULARY, ("你好",)), VOCABULARY, None))
    tables = create_hanzi_tables()
    session = Session(converter, rewriters=create_rewriters(), tables=tables)
    for key in "nihao":
        session.process_key(KeyEvent(key))
    for name in SCHEME_NAMES:
        load_scheme(name)
    tables.tones.readings("好")
    tables.components.made_of("muzi")
    tables.forms.of("后")
    tables.forms.is_certain("皇后")


DAMAGES: dict[str, Callable[[bytes, bytes], bytes | None]] = {
    "cut": lambda content, _: content[: len(content) // 2],
    "emptied": lambda *_: b"",
    "garbage": lambda content, _: bytes(range(256)) * (len(content) // 256 + 1),
    "another's": lambda _, other: other,
    "gone": lambda *_: None,
}
ROTATING = ("emptied", "garbage", "another's")  # each file meets one of these as well
VOCABULARY = vocabulary_of_characters(CHARACTERS)


def said() -> str:
    """Return what is said of the files as they are."""
    resource_check._found.clear()
    resource_check._listed.cache_clear()
    create_hanzi_tables.cache_clear()
    load_scheme.cache_clear()
    try:
        load()
    except MoyinError as error:
        return f"error: {error}"
    except Exception:
        return f"traceback: {traceback.format_exc()}"
    return "; ".join(map(str, resource_check.resource_notices())) or "nothing"


def main() -> None:
    """Print one object: file and damage to what was said."""
    names = ["manifest.json", *json.loads((ROOT / "manifest.json").read_text())["sha256"]]
    keep_what_is_the_same()
    double_pinyin._scheme_of = kept(double_pinyin._scheme_of)
    names = [name for name in names if name != "lexicon/jieba.txt.xz"]  # only training reads it
    found = {"whole": said()}
    for place, name in enumerate(names):
        path, content = ROOT / name, (ROOT / name).read_bytes()
        other = (ROOT / names[place - 1]).read_bytes()
        for damage in ("cut", "gone", ROTATING[place % len(ROTATING)]):
            changed = DAMAGES[damage](content, other)
            path.unlink()
            if changed is not None:
                path.write_bytes(changed)
            found[f"{name} {damage}"] = said()
            path.write_bytes(content)
    print(json.dumps(found))


if __name__ == "__main__":
    assert ROOT.is_relative_to(Path(sys.argv[1]))
    main()
