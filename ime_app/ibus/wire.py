"""Make and read IBus' values as they go over the bus; name its interfaces and find its daemon's address.

A value is a D-Bus variant: a signature and a tuple. Every IBus object is a structure whose first two
members are its name and a dictionary of attachments, here always empty. Layouts as in `libibus`
(`ibustext.c`, `ibuslookuptable.c`, `ibusproperty.c`), the same since 1.5.0.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from ime_app.field.values import MenuItem, Table

Variant = tuple[str, Any]  # signature, value

BUS_NAME: Final[str] = "org.freedesktop.IBus.Moyin"  # of the component
ENGINE_NAME: Final[str] = "moyin"
FACTORY: Final[str] = "org.freedesktop.IBus.Factory"
ENGINE: Final[str] = "org.freedesktop.IBus.Engine"
SERVICE: Final[str] = "org.freedesktop.IBus.Service"
PROPERTIES: Final[str] = "org.freedesktop.DBus.Properties"
PEER: Final[str] = "org.freedesktop.DBus.Peer"
FACTORY_PATH: Final[str] = "/org/freedesktop/IBus/Factory"
ENGINE_PATH: Final[str] = "/org/freedesktop/IBus/Engine/Moyin"  # and a number behind it
COMMIT_AT_FOCUS_LOSS: Final[int] = 1  # IBUS_ENGINE_PREEDIT_COMMIT
ANNOTATION_COLOUR: Final[int] = 0x808080

_UNDERLINE, _FOREGROUND, _SINGLE = 1, 2, 1


def text(string: str, *attributes: Variant) -> Variant:
    """Return an IBusText. Positions in attributes are in characters."""
    marks: Variant = "(sa{sv}av)", ("IBusAttrList", {}, list(attributes))
    return "(sa{sv}sv)", ("IBusText", {}, string, marks)


def preedit(string: str) -> Variant:
    """Return the text under composition, underlined."""
    return text(string, _attribute(_UNDERLINE, _SINGLE, 0, len(string))) if string else text("")


def candidate(string: str, annotation: str) -> Variant:
    """Return one row's text, the annotation behind it in grey."""
    if not annotation:
        return text(string)
    whole = f"{string}  {annotation}"
    return text(whole, _attribute(_FOREGROUND, ANNOTATION_COLOUR, len(string), len(whole)))


def lookup_table(table: Table) -> Variant:
    """Return an IBusLookupTable of the page shown.

    A panel shows its arrows where the table has rows before and behind the page: an empty page and an
    empty row stand for them, as in ibus-rime. What is turned comes back as PageUp and PageDown.
    """
    filler = text("")
    rows = [filler] * (table.page_size if table.has_before else 0)
    cursor = len(rows) + max(0, table.highlighted)
    rows += [candidate(string, annotation) for string, annotation in table.rows]
    if table.has_after:
        rows += [filler] * (table.page_size - len(table.rows) + 1)
    orientation = 1 if table.vertical else 0
    body: tuple[object, ...] = (table.page_size, cursor, table.highlighted >= 0, False, orientation, rows, [])
    return "(sa{sv}uubbiavav)", ("IBusLookupTable", {}, *body)


def menu_item(item: MenuItem) -> Variant:
    """Return an IBusProperty."""
    body: tuple[object, ...] = (
        item.name,
        item.kind,
        text(item.label),
        "",  # no icon
        text(item.tip),
        True,  # sensitive
        True,  # visible
        int(item.is_on),
        menu(()),
        text(item.symbol),
    )
    return "(sa{sv}suvsvbbuvv)", ("IBusProperty", {}, *body)


def menu(items: Sequence[MenuItem]) -> Variant:
    """Return an IBusPropList."""
    return "(sa{sv}av)", ("IBusPropList", {}, [menu_item(item) for item in items])


def string_of(variant: object) -> str:
    """Return the string of an IBusText that came over the bus; empty where it is none."""
    match variant:
        case (str(), (_, _, str() as string, *_)):
            return string
    return ""


def address(environment: Mapping[str, str] = os.environ) -> str | None:
    """Return the address of the running daemon's bus; None where no file names one.

    As `ibus_get_address` of libibus: the variable, else the file of this machine and display.
    """
    if given := environment.get("IBUS_ADDRESS"):
        return given
    try:
        lines = address_file(environment).read_text(encoding="utf-8").splitlines()
    except OSError:
        return None
    named = dict(line.split("=", 1) for line in lines if "=" in line and not line.startswith("#"))
    return named.get("IBUS_ADDRESS")


def address_file(environment: Mapping[str, str]) -> Path:
    """Return the path of the file in which the daemon of this display writes its address."""
    if given := environment.get("IBUS_ADDRESS_FILE"):
        return Path(given)
    config = environment.get("XDG_CONFIG_HOME") or Path(environment.get("HOME", "~")).expanduser() / ".config"
    host, number = "unix", environment.get("WAYLAND_DISPLAY", "")
    if not number:
        host, _, screen = environment.get("DISPLAY", ":0").rpartition(":")
        host, number = host or "unix", screen.partition(".")[0]
    return Path(config) / "ibus" / "bus" / f"{machine_id()}-{host}-{number}"


def machine_id() -> str:
    """Return the id of this machine as D-Bus has it; `machine-id` where there is none, as libibus does."""
    for path in ("/var/lib/dbus/machine-id", "/etc/machine-id"):
        try:
            return Path(path).read_text(encoding="ascii").strip()
        except OSError:
            continue
    return "machine-id"


def _attribute(kind: int, value: int, start: int, end: int) -> Variant:
    return "(sa{sv}uuuu)", ("IBusAttribute", {}, kind, value, start, end)
