"""Define the options of a session, as a front end sets them."""

from __future__ import annotations

from dataclasses import dataclass, replace

from engine.protocol import PAGE_SIZE
from engine.rewriters.rewriter import RewriterOptions
from engine.spelling.options import SpellingOptions


@dataclass(frozen=True)
class SessionOptions(RewriterOptions):
    """The options of a session; they may change while something is composed.

    `full_width` and `traditional` are how a session begins, and what it changes to when they are set anew:
    Shift+Space and Ctrl+Shift+F change them at any time. `letters` and `full_pinyin` follow from how the keys
    are read (`spelt`).
    """

    page_size: int = PAGE_SIZE
    page_with_minus_equal: bool = True
    page_with_comma_period: bool = False  # otherwise `,` and `.` commit, as most input methods have it
    page_with_page_keys: bool = True
    pick_with_semicolon_quote: bool = False  # `;` the second and `'` the third candidate
    take_with_brackets: bool = True  # `[` and `]` the first and last character of a phrase
    narrow_with_backquote: bool = True  # ` behind the letters narrows the candidates
    width_with_shift_space: bool = True
    smart_quotes: bool = True  # " types “ and ” in turn
    pair_punctuation: bool = False  # （ brings its ） along
    full_width: bool = False
    traditional: bool = False
    traditional_variant: str = "s2tw"  # a name of `engine.session.script_conversion.VARIANTS`
    predict: bool = False  # offer what may follow a commit
    pick_predictions_with_digits: bool = False
    shift: str = "letters"  # Shift alone switches 中/英 and commits "letters" or "candidate"; or "nothing"
    switch_with_control_space: bool = True
    enter: str = "letters"  # what Enter commits: the "letters", or the "candidate" that is highlighted
    letters: str = ""  # characters besides a-z that spell: `;` of some schemes of double pinyin
    scheme: str = ""  # of double pinyin, by which they spell
    show_full_pinyin: bool = False  # in place of the keys of double pinyin
    erases: bool = True  # whether the front end can take back what stands before the caret

    def spelt(self, spelling: SpellingOptions) -> SessionOptions:
        """Return these options for keys that are read so."""
        scheme = spelling.scheme
        return replace(self, letters=spelling.letters, scheme=scheme, full_pinyin=not scheme)
