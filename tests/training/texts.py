"""The tiny corpus of the workshop's tests."""

from __future__ import annotations

from pathlib import Path

# The two commonest hanzi of each syllable, and what the tests type: a tenth of resources/characters.tsv.
CHARACTERS = Path(__file__).parent / "characters.tsv"
LINES = [
    "我现在要去上课，你好世界。",
    "今天天气很好，我们去公园吧！",
    "他慢慢地走了过来，长得很高。",
    "银行行长说：这个方案行不行？",
    "我喜欢吃苹果，也喜欢喝水。",
]
