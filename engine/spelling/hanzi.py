"""Say which characters are hanzi."""

from __future__ import annotations

from typing import Final

# For a character class of a regular expression: the basic block, extension A, the planes beyond, and 〇.
HANZI: Final[str] = "\u3400-\u4dbf\u4e00-\u9fff\U00020000-\U000323af\u3007"
