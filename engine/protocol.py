"""Define the frozen values that cross the engine's borders: keys in, `Output` out.

Spans are half-open, [start, end), in letters of the composition's unconverted keystrokes.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum, Flag, auto
from typing import Final, Literal, get_args

PAGE_SIZE: Final[int] = 9

RetrainingMode = Literal["full", "partial", "frozen", "low-rank"]
RETRAINING_MODES: Final[tuple[str, ...]] = get_args(RetrainingMode)
LEAST_PHRASES: Final[int] = 60  # in the log: with fewer a model is not retrained


class Modifier(Flag):
    """Modifier keys held while a key is pressed."""

    NONE = 0
    SHIFT = auto()
    CONTROL = auto()
    ALT = auto()
    META = auto()


SHORTCUT: Final[Modifier] = Modifier.CONTROL | Modifier.ALT | Modifier.META  # a key with one types no text


class Key(str, Enum):
    """Keys that produce no character; every other key is named by the character it types."""

    SPACE = "space"
    ENTER = "Return"
    ESCAPE = "Escape"
    BACKSPACE = "BackSpace"
    DELETE = "Delete"
    LEFT = "Left"
    RIGHT = "Right"
    UP = "Up"
    DOWN = "Down"
    HOME = "Home"
    END = "End"
    PAGE_UP = "Page_Up"
    PAGE_DOWN = "Page_Down"
    TAB = "Tab"
    SHIFT = "Shift"  # pressed and released with no other key between
    MODE = "Mode"  # on no keyboard: a click on 中/英, whatever Shift is set to do


@dataclass(frozen=True)
class KeyEvent:
    """One key press: a `Key`, or the one character that the key types (`a`, `A`, `1`, `'`)."""

    key: Key | str
    modifiers: Modifier = Modifier.NONE


@dataclass(frozen=True)
class Preedit:
    """The text under composition as shown in the editor; `caret` counts its characters.

    `typed` is the same without the spaces shown between syllables: what Enter would commit, and
    what a front end puts into the text if it has to stop in the middle. `typed_caret` is the caret in it.
    """

    text: str = ""
    caret: int = 0
    typed: str = ""
    typed_caret: int = 0


class Source(Enum):
    """Where a candidate comes from."""

    SENTENCE = "sentence"  # the search, over the whole input
    PHRASE = "phrase"  # the search, over the first syllables
    LEXICON = "lexicon"
    CHARACTER = "character"
    USER = "user"  # a word or phrase of the user's own
    ENGLISH = "english"
    SYMBOL = "symbol"  # an emoji or symbol by its meaning
    COMPUTED = "computed"  # a date, a number, a code point: made from the letters by rule
    CUSTOM = "custom"  # a phrase that the user has written for these letters
    PREDICTION = "prediction"  # what may follow the last commit
    RAW = "raw"  # the letters as typed


class Mark(Enum):
    """Why a candidate is labelled in the menu. The front end chooses the wording."""

    NONE = "none"
    CORRECTED = "corrected"  # a typing slip was read as what was meant; `annotation` says how
    YOURS = "yours"  # a word that is known from this user alone
    PINNED = "pinned"  # the user wants it first for these letters
    CUSTOM = "custom"  # a phrase that the user has written for these letters


@dataclass(frozen=True)
class Candidate:
    """One row of the menu.

    `span` is what it covers, [start, end) in the unconverted keystrokes; `reading` one syllable
    a hanzi; `tokens` the reading ids (empty for raw letters); `score` its log-probability in
    nats, comparable only between candidates of equal span. `annotation` is shown small beside the
    text: what was read where that is not what was typed, the name of an emoji. `written`: the text in
    traditional hanzi, where these are not the usual forms.
    """

    text: str
    span: tuple[int, int]
    reading: tuple[str, ...]
    tokens: tuple[int, ...]
    score: float
    source: Source
    annotation: str = ""
    mark: Mark = Mark.NONE
    written: str = ""

    @property
    def label(self) -> str:
        """The text on one line, as a menu shows it: a custom phrase may have several."""
        return on_one_line(self.text)


def on_one_line(text: str) -> str:
    """Return the text with ⏎ for each line end and a blank for each tab; as long as it was."""
    return text.translate(_ON_ONE_LINE)


_ON_ONE_LINE: Final = str.maketrans("\n\t", "⏎ ")


@dataclass(frozen=True)
class CustomPhrase:
    """A text that the user has written for the letters `code`; variables in it are not filled in yet.

    `place`: 1 before all candidates, 2 behind the first one.
    """

    code: str
    text: str
    place: int = 1


@dataclass(frozen=True)
class Menu:
    """All candidates in order; `highlighted` is an index into `candidates`.

    The page shown is the one of the highlighted candidate.
    """

    candidates: tuple[Candidate, ...] = ()
    highlighted: int = 0
    page_size: int = PAGE_SIZE

    @property
    def page(self) -> int:
        """Zero-based number of the page shown."""
        return self.highlighted // self.page_size

    @property
    def n_page(self) -> int:
        return -(-len(self.candidates) // self.page_size)

    @property
    def page_start(self) -> int:
        """Index of the first candidate of the page shown."""
        return self.page * self.page_size

    @property
    def page_candidates(self) -> tuple[Candidate, ...]:
        return self.candidates[self.page_start : self.page_start + self.page_size]


@dataclass(frozen=True)
class Segment:
    """A part of a composition or commit: `text` stands for the keys `keys`.

    `reading` one syllable a hanzi and `tokens` one reading id each; both are empty where nothing
    was converted (letters as typed, a mark). `rank` is the place that the choice had in the menu,
    0 the first. One hanzi taken out of a phrase has the keys of the whole phrase. `written`: see Candidate.
    """

    text: str
    keys: str
    reading: tuple[str, ...] = ()
    tokens: tuple[int, ...] = ()
    rank: int = 0
    source: Source = Source.RAW
    written: str = ""


@dataclass(frozen=True)
class TakenBack:
    """A choice that was taken back while composing.

    `text` stood for the letters `keys`, which begin `place` letters behind the first; `rank` is the place
    that it had in the menu.
    """

    place: int
    text: str
    keys: str
    rank: int = 0


@dataclass(frozen=True)
class Commit:
    """Text that goes into the editor; `reading` one syllable a hanzi, empty for raw text.

    `segments` say what was converted: in order, marks and raw letters included, in simplified
    hanzi whatever `text` shows. `before` is the text before the caret at that moment.

    `taken_back`: choices undone while composing, whatever took their place, in order.

    `text` takes the place of the `replaced` characters behind the caret, and its own last
    `behind` characters stay behind the caret: the ） of a pair. The `erased` characters before the caret go
    first: they were the session's own, and the key said that they were meant otherwise.
    """

    text: str
    reading: tuple[str, ...] = ()
    segments: tuple[Segment, ...] = ()
    before: str = ""
    replaced: int = 0
    behind: int = 0
    taken_back: tuple[TakenBack, ...] = ()
    erased: int = 0


class Deed(Enum):
    """What can be done with a candidate besides picking it."""

    PIN = "pin"
    UNPIN = "unpin"
    FORGET = "forget"
    ADD = "add"  # make it a word of the user's own
    READ = "read"  # show its reading


class NoticeKind(Enum):
    """What a notice is about. The front end chooses the wording."""

    FORGOTTEN = "forgotten"  # a candidate; Ctrl+Z brings it back while the notice stands
    RESTORED = "restored"
    PINNED = "pinned"  # a candidate, first from now on for its letters
    UNPINNED = "unpinned"
    ADDED = "added"  # a candidate is a word of the user's own from now on
    READING = "reading"  # a candidate with its syllables: nothing was changed


@dataclass(frozen=True)
class Notice:
    """A message to show beside the menu until the next output; `text` is what it is about."""

    kind: NoticeKind
    text: str


@dataclass(frozen=True)
class Output:
    """All that a front end renders after a key.

    `handled` is False where the key is the editor's own business. `refused` asks for a visible
    sign that a key was not taken (the composition is full). `takes_digit`: although nothing is composed, a
    digit is the session's: it may go on `H.` or `3,`.
    """

    handled: bool
    preedit: Preedit = field(default_factory=Preedit)
    menu: Menu = field(default_factory=Menu)
    commit: Commit | None = None
    chinese: bool = True
    refused: bool = False
    chinese_punctuation: bool = True
    full_width: bool = False
    traditional: bool = False
    notice: Notice | None = None
    takes_digit: bool = False
