"""Every method of the daemon's, as calls without a bus."""

from __future__ import annotations

from typing import Any

import pytest

from ime_app.ibus import wire
from ime_app.ibus.inheritance import Inheritance
from ime_app.ibus.service import Call, IBusService
from tests.ime_app.field.bench import PATH, Bench

ENGINE = wire.ENGINE


@pytest.fixture
def service(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> IBusService:
    inheritance, show = Inheritance(), bench.port.show_preedit

    def show_preedit(path: str, text: str, caret: int) -> None:
        inheritance.show(path, text)
        show(path, text, caret)

    monkeypatch.setattr(bench.port, "show_preedit", show_preedit)
    return IBusService(bench.host, bench.port, inheritance)


def ask(
    service: IBusService, interface: str, member: str, *body: Any, path: str = PATH, at: float = 0.0
) -> tuple[Any, ...]:
    """Return what is answered: signature and body, or the error's name alone."""
    answers: list[tuple[Any, ...]] = []
    service.handle(
        Call(
            path,
            interface,
            member,
            body,
            lambda signature, values: answers.append((signature, values)),
            lambda name, text: answers.append((name.rpartition(".")[2],)),
            at,
        )
    )
    (answer,) = answers
    return answer


def test_engine_is_made_and_types(service: IBusService, bench: Bench) -> None:
    signature, (path,) = ask(service, wire.FACTORY, "CreateEngine", "moyin", path=wire.FACTORY_PATH)
    assert (signature, path) == ("o", f"{wire.ENGINE_PATH}/1")
    assert ask(service, ENGINE, "FocusIn", path=path) == ("", ())
    for letter in "shijie":
        assert ask(service, ENGINE, "ProcessKeyEvent", ord(letter), 0, 0, path=path) == ("b", (True,))
    ask(service, ENGINE, "ProcessKeyEvent", 0x20, 57, 0, path=path)
    assert bench.port.of("commit") == [("commit", path, "世界")]
    assert ask(service, wire.SERVICE, "Destroy", path=path) == ("", ())


def test_another_engine_is_not_made(service: IBusService) -> None:
    assert ask(service, wire.FACTORY, "CreateEngine", "pinyin") == ("InvalidArgs",)


def test_both_flags_are_plain_booleans(service: IBusService) -> None:
    for name in ("FocusId", "ActiveSurroundingText"):
        assert ask(service, wire.PROPERTIES, "Get", ENGINE, name) == ("v", (("b", True),))
    signature, (everything,) = ask(service, wire.PROPERTIES, "GetAll", ENGINE)
    assert signature == "a{sv}"
    assert set(everything.values()) == {("b", True)}
    assert ask(service, wire.PROPERTIES, "Get", ENGINE, "Colour") == ("InvalidArgs",)


def test_content_type_is_heard(service: IBusService, bench: Bench) -> None:
    assert ask(service, wire.PROPERTIES, "Set", ENGINE, "ContentType", ("(uu)", (8, 0))) == ("", ())
    assert ask(service, ENGINE, "ProcessKeyEvent", ord("n"), 0, 0) == ("b", (False,))


@pytest.mark.parametrize(
    ("member", "body"),
    [
        ("FocusInId", ("/context", "gtk3-im:editor")),
        ("Enable", ()),
        ("SetCapabilities", (9,)),
        ("SetCursorLocation", (1, 2, 3, 4)),
        ("SetSurroundingText", (wire.text("你好"), 2, 2)),
        ("PageDown", ()),
        ("PageUp", ()),
        ("CursorDown", ()),
        ("CursorUp", ()),
        ("CandidateClicked", (16, 1, 0)),
        ("PropertyActivate", ("width", 1)),
        ("PropertyShow", ("width",)),
        ("Reset", ()),
        ("Disable", ()),
        ("FocusOutId", ("/context",)),
    ],
)
def test_method_is_accepted(service: IBusService, member: str, body: tuple[Any, ...]) -> None:
    assert ask(service, ENGINE, member, *body) == ("", ())
    assert ask(service, ENGINE, member, *body, 0) == ("InvalidArgs",)


def test_unknown_method_is_refused(service: IBusService) -> None:
    assert ask(service, ENGINE, "FlyAway") == ("UnknownMethod",)
    assert ask(service, "org.example", "FocusIn") == ("UnknownMethod",)
    assert ask(service, wire.PEER, "Ping") == ("", ())


def test_field_from_which_the_keyboard_was_taken_has_its_letters_when_a_key_brings_it_back(
    service: IBusService, bench: Bench
) -> None:
    now = 0.0

    def change(left: str, entered: str, program: str = "editor") -> None:
        ask(service, ENGINE, "FocusOutId", left, at=now)
        ask(service, ENGINE, "FocusInId", entered, program, at=now)

    def key(letter: str, seconds: float = 0.0) -> None:
        nonlocal now
        now += seconds
        assert ask(service, ENGINE, "ProcessKeyEvent", ord(letter), 0, 0, at=now) == ("b", (True,))

    ask(service, ENGINE, "FocusInId", "/a", "editor")
    key("n", 0.2)
    key("i", 0.2)
    change("/a", "/b")
    key("s", 0.2)
    change("/b", "/a")
    key("h")
    assert bench.port.preedit == "nih"
    change("/a", "/fake", "fake")  # its client has left it, with the letters
    change("/fake", "/a")
    key("m")
    assert bench.port.preedit == "m"
    change("/a", "/b")
    key("h")
    assert bench.port.preedit == "sh"
    change("/b", "/a")
    key("a", 0.2)  # by hand: the client had left the field after the other had come
    assert bench.port.preedit == "a"
    assert bench.port.commits == []


@pytest.mark.parametrize("between", ["Destroy", "Reset", ""])
def test_field_that_was_left_for_another_engine_begins_anew(
    service: IBusService, bench: Bench, between: str
) -> None:
    """The daemon has made text of its letters."""
    ask(service, ENGINE, "FocusInId", "/a", "editor")
    ask(service, ENGINE, "ProcessKeyEvent", ord("n"), 0, 0)
    ask(service, ENGINE, "FocusOutId", "/a")
    if between:
        ask(service, wire.SERVICE if between == "Destroy" else ENGINE, between)
    ask(service, ENGINE, "FocusInId", "/b", "editor", at=0.0 if between else 1.0)
    ask(service, ENGINE, "FocusOutId", "/b", at=1.0)
    ask(service, ENGINE, "FocusInId", "/a", "editor", at=1.0)
    ask(service, ENGINE, "ProcessKeyEvent", ord("m"), 0, 0, at=1.0)
    assert bench.port.preedit == "m"
