"""What is offered for a composition, and what the converter is asked for it."""

from __future__ import annotations

from dataclasses import dataclass, field

from engine.protocol import Candidate, Source
from engine.rewriters.rewriter import Candidates
from engine.session.composition import Composition
from engine.session.menu_builder import MenuBuilder
from engine.session.options import SessionOptions

OPTIONS = SessionOptions()


@dataclass(frozen=True)
class Answer:
    candidates: Candidates
    boundaries: tuple[int, ...]


@dataclass
class Echo:
    """Reads every letter as a syllable; knows the English word app."""

    asked: list[str] = field(default_factory=list)

    def set_surrounding_text(self, text: str) -> None: ...
    def warm(self) -> None: ...

    def is_word(self, tokens: tuple[int, ...]) -> bool:
        return False

    def predict(self, limit: int) -> Candidates:
        return ()

    def convert(self, keys: str, fixed: tuple[int, ...] = ()) -> Answer:
        self.asked.append(keys)
        span = 0, len(keys)
        english = [Candidate("app", span, (), (), 0.0, Source.ENGLISH)] if keys == "app" else []
        raw = [Candidate(keys, span, (), (), 0.0, Source.RAW)] if keys != "'" else []
        return Answer((*english, *raw), tuple(range(1, len(keys) + 1)))


def texts(keys: str, caret: int | None = None) -> list[str]:
    composition = Composition((), keys, len(keys) if caret is None else caret)
    return [candidate.text for candidate in MenuBuilder(Echo()).offer(composition, OPTIONS).candidates]


def test_the_letters_as_typed_are_not_repeated() -> None:
    assert texts("app") == ["app"]
    assert texts("apps") == ["apps"]
    assert texts("'") == []
    assert texts("") == []


def test_candidates_are_those_of_the_letters_before_the_caret() -> None:
    assert [texts("abc", caret) for caret in range(4)] == [["abc"], ["a"], ["ab"], ["abc"]]


def test_the_letters_before_the_caret_are_read_last() -> None:
    """What was asked last is what the next letter extends."""
    converter = Echo()
    maker = MenuBuilder(converter)
    offer = maker.offer(Composition((), "abc", 2), OPTIONS)
    assert converter.asked == ["abc", "ab"]
    assert offer.boundaries == (1, 2, 3)
    assert maker.offer(Composition((), "abc", 1), OPTIONS, offer.boundaries).boundaries == (1, 2, 3)
    assert converter.asked[2:] == ["a"]


def test_an_address_has_no_syllables() -> None:
    maker = MenuBuilder(Echo())
    assert maker.offer(Composition((), "www.a", 5), OPTIONS).boundaries == ()
    off = SessionOptions(addresses=False)
    assert maker.offer(Composition((), "www.a", 5), off).boundaries == (1, 2, 3, 4, 5)
