"""The addon's messages, without fcitx5: to the host and back."""

from __future__ import annotations

import pytest

from ime_app.fcitx5.service import Fcitx5Service, MessagePort
from ime_app.field.values import MenuItem, Table
from tests.ime_app.field.bench import PATH, SURROUNDING, Bench


@pytest.fixture
def sent() -> list[tuple[object, ...]]:
    return []


@pytest.fixture
def service(bench: Bench, sent: list[tuple[object, ...]]) -> Fcitx5Service:
    return Fcitx5Service(bench.host, lambda *fields: sent.append(fields))


def type_into(service: Fcitx5Service, text: str) -> None:
    for serial, character in enumerate(text, 1):
        service.handle(["key", PATH, str(serial), str(ord(character)), "0"])


def test_keys_are_answered_and_the_text_committed(
    service: Fcitx5Service, bench: Bench, sent: list[tuple[object, ...]]
) -> None:
    type_into(service, "nihao ")
    assert bench.port.commits == ["你好"]
    assert sent == [("answer", str(serial), True) for serial in range(1, 7)]
    service.handle(["key", PATH, "0", str(0xFFE1), "0"])  # Shift: nothing waits for the answer
    assert len(sent) == 6


def test_focus_is_announced_and_the_field_known_before(
    service: Fcitx5Service, bench: Bench, sent: list[tuple[object, ...]]
) -> None:
    service.handle(["leave", PATH])
    service.handle(["focus", "other", "an editor", str(SURROUNDING), "8", "0"])
    assert sent == [("entered",)]
    service.handle(["key", "other", "1", str(ord("n")), "0"])
    assert sent[-1] == ("answer", "1", False)  # a password
    service.handle(["field", "other", str(SURROUNDING), "0", "0"])
    service.handle(["text", "other", "版本3", "3", "3"])
    service.handle(["key", "other", "2", str(ord(".")), "0"])
    assert bench.port.commits == ["."]
    service.handle(["gone", "other"])


def test_candidates_pages_and_menu(service: Fcitx5Service, bench: Bench) -> None:
    type_into(service, "ni")
    first = bench.port.table.rows
    service.handle(["page", PATH, "1"])
    assert bench.port.table.rows != first
    service.handle(["page", PATH, "-1"])
    service.handle(["highlight", PATH, "1"])
    assert bench.port.table.highlighted == 1
    service.handle(["click", PATH, "0", "1"])
    assert bench.port.commits == [first[0][0]]
    service.handle(["activate", "width"])
    assert bench.port.menu["width"].is_on
    service.handle(["activate", "log"])
    assert bench.opened == ["log"]
    type_into(service, "ni")
    service.handle(["reset", PATH])
    assert bench.port.preedit == ""


@pytest.mark.parametrize("message", [[""], ["what"], ["key", PATH], ["focus"], ["leave", PATH, "more"]])
def test_what_is_not_understood_changes_nothing(
    service: Fcitx5Service, sent: list[tuple[object, ...]], message: list[str]
) -> None:
    service.handle(message)
    assert sent == []


def test_port_says_everything_in_the_addons_order() -> None:
    said: list[tuple[object, ...]] = []
    port = MessagePort(lambda *fields: said.append(fields))
    port.commit("p", "你")
    port.show_preedit("p", "ni", 2)
    port.show_auxiliary("p", "ni")
    port.show_table("p", Table((("你", ""), ("腻", "ni")), 1, has_after=True))
    port.register_menu("p", [MenuItem("a", "b", "c", kind=1, is_on=True), MenuItem("d")])
    port.update_menu("p", MenuItem("a", "b"))
    port.delete_surrounding("p", -1, 1)
    port.press("p", 0xFF51, 105)
    port.ask_surrounding("p")
    assert said == [
        ("commit", "p", "你"),
        ("preedit", "p", "ni", 2),
        ("auxiliary", "p", "ni"),
        ("table", "p", 1, False, True, False, "你", "", "腻", "ni"),
        ("menu", "p", "a", "b", "c", 1, True, "d", "", "", 0, False),
        ("item", "p", "a", "b", "", 0, False),
        ("delete", "p", -1, 1),
        ("press", "p", 0xFF51),
        ("ask", "p"),
    ]
