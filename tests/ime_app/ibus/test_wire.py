"""Values byte for byte as libibus 1.5.27 writes them: recorded.tsv, made with gi.repository.IBus."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from jeepney import DBusAddress, new_signal

from ime_app.field.values import MenuItem, PropertyType, Table
from ime_app.ibus import wire
from ime_app.ibus.service import SignalPort

RECORDED = dict(
    row.split("\t")
    for row in Path(__file__).with_name("recorded.tsv").read_text(encoding="utf-8").splitlines()
)
MODE = MenuItem("InputMode", "中文 (中)", "中", "Shift")


def body_of(member: str, signature: str, body: tuple[Any, ...]) -> str:
    """Return the marshalled body of a signal, in hexadecimal."""
    message = new_signal(DBusAddress("/a", interface="b.c"), member, signature, body)
    data = message.serialise(serial=1)
    return data[len(data) - int.from_bytes(data[4:8], "little") :].hex()


@pytest.fixture
def sent() -> list[tuple[str, str]]:
    return []


@pytest.fixture
def port(sent: list[tuple[str, str]]) -> SignalPort:
    return SignalPort(
        lambda path, member, signature, body: sent.append((member, body_of(member, signature, body))),
    )


def test_every_signal_is_as_recorded(port: SignalPort, sent: list[tuple[str, str]]) -> None:
    port.commit("/e", "你好，Ａ")
    port.show_preedit("/e", "你好shijie", 5)
    port.show_auxiliary("/e", "ni hao")
    rows = ("你好", ""), ("妈", "改 ma")
    port.show_table("/e", Table(rows, 1, 2, has_before=True, has_after=True, vertical=True))
    port.register_menu(
        "/e",
        [MODE, MenuItem("width", "全角", kind=PropertyType.TOGGLE, is_on=True), MenuItem("line", kind=4)],
    )
    port.update_menu("/e", MenuItem("InputMode", "中文 (英)", "英", "Shift"))
    assert [member for member, _ in sent] == [name for name in RECORDED if "," not in name]
    for member, data in sent:
        assert data == RECORDED[member], member
    sent.clear()
    port.show_preedit("/e", "", 0)
    assert sent == [("UpdatePreeditText", RECORDED["UpdatePreeditText, none"])]


def test_string_of_what_comes() -> None:
    assert wire.string_of(wire.text("你好")) == "你好"
    assert wire.string_of(("s", "你好")) == wire.string_of(None) == ""


def test_address_is_found_as_libibus_finds_it(tmp_path: Path) -> None:
    bus = tmp_path / ".config" / "ibus" / "bus"
    bus.mkdir(parents=True)
    machine = wire.machine_id()
    for name in (f"{machine}-unix-1", f"{machine}-there-7", f"{machine}-unix-wayland-0"):
        (bus / name).write_text(
            f"# made by ibus-daemon\nIBUS_ADDRESS=unix:path=/{name},guid=a=b\nIBUS_DAEMON_PID=1\n"
        )
    home = {"HOME": str(tmp_path)}
    assert wire.address({"IBUS_ADDRESS": "unix:path=/x"}) == "unix:path=/x"
    assert wire.address(home | {"DISPLAY": ":1.0"}) == f"unix:path=/{machine}-unix-1,guid=a=b"
    assert wire.address(home | {"DISPLAY": "there:7"}) == f"unix:path=/{machine}-there-7,guid=a=b"
    wayland = home | {"DISPLAY": ":1", "WAYLAND_DISPLAY": "wayland-0"}
    assert wire.address(wayland) == f"unix:path=/{machine}-unix-wayland-0,guid=a=b"
    named = {"IBUS_ADDRESS_FILE": str(bus / f"{machine}-unix-1")}
    assert wire.address(named) == f"unix:path=/{machine}-unix-1,guid=a=b"
    assert wire.address(home | {"DISPLAY": ":9"}) is None
