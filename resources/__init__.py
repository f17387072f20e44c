"""Name the files that a fresh clone needs to run at once: model bundle, lexicon, characters, symbols.

Each constant is the path of one resource. Every package may import it; it imports none.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

ROOT: Final[Path] = Path(__file__).parent
MANIFEST: Final[Path] = ROOT / "manifest.json"  # sha256 of the files below, but those of the bundle

MODEL: Final[Path] = ROOT / "model"
LEXICON: Final[Path] = ROOT / "lexicon" / "words.bin"
WORD_LIST: Final[Path] = ROOT / "lexicon" / "jieba.txt.xz"
ENGLISH: Final[Path] = ROOT / "lexicon" / "english.tsv"
UTTERANCES: Final[Path] = ROOT / "lexicon" / "utterances.bin"
ABBREVIATED: Final[Path] = ROOT / "lexicon" / "abbreviated.bin"
CHARACTERS: Final[Path] = ROOT / "characters.tsv"
RARE_READINGS: Final[Path] = ROOT / "hanzi" / "rare_readings.tsv"
COMPONENTS: Final[Path] = ROOT / "hanzi" / "components.tsv"
TRADITIONAL_FORMS: Final[Path] = ROOT / "hanzi" / "traditional_forms.tsv"
TRADITIONAL_WORDS: Final[Path] = ROOT / "hanzi" / "traditional_words.txt"
TONES: Final[Path] = ROOT / "hanzi" / "tones.tsv"
SYMBOLS: Final[Path] = ROOT / "symbols" / "symbols.tsv"
SIGNS: Final[Path] = ROOT / "symbols" / "signs.tsv"
SCHEMES: Final[Path] = ROOT / "schemes"
