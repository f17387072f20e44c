"""Provide Moyin's engine: from keystrokes to ranked hanzi, headless and local.

The public surface: `Session`, `Converter`, `KeyEvent`, `Key`, `Output`, `MoyinError`, and the two
constructors `create_session` and `create_converter`. Each is imported when it is first asked for,
so that importing one package of the engine does not load the others.
"""

from __future__ import annotations

import os
from importlib import import_module
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from engine.conversion.converter import Converter
    from engine.errors import MoyinError
    from engine.factory import create_converter, create_session
    from engine.protocol import Key, KeyEvent, Output
    from engine.session.session import Session

__all__ = [
    "Converter",
    "Key",
    "KeyEvent",
    "MoyinError",
    "Output",
    "Session",
    "create_converter",
    "create_session",
]

# onnxruntime from 1.29 on sends reports on its use to its maker, on Linux and macOS as well, and keeps a
# number for the machine in ~/.cache. It looks at this once, when it is loaded, and then does neither.
os.environ["ORT_DISABLE_TELEMETRY"] = "1"

_PLACES: Final[dict[str, str]] = {
    "Converter": "engine.conversion.converter",
    "Key": "engine.protocol",
    "KeyEvent": "engine.protocol",
    "MoyinError": "engine.errors",
    "Output": "engine.protocol",
    "Session": "engine.session.session",
    "create_converter": "engine.factory",
    "create_session": "engine.factory",
}


def __getattr__(name: str) -> Any:
    if name not in _PLACES:
        raise AttributeError(f"module 'engine' has no attribute {name!r}")
    return getattr(import_module(_PLACES[name]), name)
