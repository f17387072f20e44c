"""Take the forms of simplified hanzi from OpenCC's dictionaries, for `python -m training hanzi`."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Final

CHARACTERS: Final[str] = "OpenCC_APACHE2/STCharacters.txt"
PHRASES: Final[str] = "OpenCC_APACHE2/STPhrases.txt"
MAX_WORD: Final[int] = 4  # hanzi of the words that are kept as certain


def form_rows(source: Path) -> Iterator[tuple[str, str]]:
    """Yield (hanzi or word, its forms joined by spaces) of all that have several."""
    for path in (CHARACTERS, PHRASES):
        yield from ((text, forms) for text, forms in read_opencc(source / path) if " " in forms)


def certain_words(source: Path) -> Iterator[str]:
    """Yield the words with a hanzi of several forms that OpenCC knows to be written in the usual ones."""
    forms = {text: of.split(" ") for text, of in read_opencc(source / CHARACTERS)}
    for word, of in read_opencc(source / PHRASES):
        usual = "".join(forms.get(hanzi, [hanzi])[0] for hanzi in word)
        if len(word) <= MAX_WORD and of == usual and any(len(forms.get(h, "")) > 1 for h in word):
            yield word


def read_opencc(path: Path) -> Iterator[tuple[str, str]]:
    """Yield (simplified, traditional forms joined by spaces) of each row."""
    for line in path.read_text(encoding="utf-8").splitlines():
        text, tab, forms = line.partition("\t")
        if tab and not text.startswith("#"):
            yield text, forms.strip()
