"""Build the menu of the desktop's indicator: the modes as toggles, and the window's dialogs."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from engine.session.output_modes import Modes
from ime_app.field.values import MenuItem, PropertyType
from ime_app.i18n.strings import Strings

MODE: Final[str] = "InputMode"  # a name that desktops know: its symbol is shown in their panel
PRIVATE: Final[str] = "private"
DIALOGS: Final[tuple[str, ...]] = ("settings", "log", "words", "retrain")
_TOGGLES: Final[dict[str, str]] = {  # the item's name, the mode that it switches
    "punctuation": "chinese_punctuation",
    "width": "full_width",
    "script": "traditional",
}


def menu_items(modes: Modes, strings: Strings, *, private: bool, private_here: bool) -> tuple[MenuItem, ...]:
    """Return the whole menu as it is to be shown now.

    `private_here`: the field itself asks that nothing be kept, whatever the user has chosen.
    """
    symbol = strings("chinese") if modes.chinese else strings("english")
    mode = MenuItem(MODE, f"{strings('ibus.mode')} ({symbol})", symbol, strings("mode_tip"))
    toggles = (
        MenuItem(name, strings(f"ibus.{name}"), kind=PropertyType.TOGGLE, is_on=getattr(modes, mode_name))
        for name, mode_name in _TOGGLES.items()
    )
    label = strings("ibus.private_here") if private_here else strings("ibus.private")
    hidden = MenuItem(PRIVATE, label, kind=PropertyType.TOGGLE, is_on=private or private_here)
    dialogs = (MenuItem(name, strings(f"ibus.{name}")) for name in DIALOGS)
    return mode, *toggles, hidden, MenuItem("line", kind=PropertyType.SEPARATOR), *dialogs


def switched(modes: Modes, name: str) -> Modes:
    """Return the modes after a click on the toggle of that name; the same for another item."""
    mode_name = _TOGGLES.get(name)
    return modes if mode_name is None else replace(modes, **{mode_name: not getattr(modes, mode_name)})
