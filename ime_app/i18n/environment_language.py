"""Choose the language by the environment alone, for a process that loads no Qt."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Final

_VARIABLES: Final[tuple[str, ...]] = ("LC_ALL", "LC_MESSAGES", "LANG")


def environment_language(choice: str, environment: Mapping[str, str] = os.environ) -> str:
    """Return `zh` or `en`, for a value of the setting `appearance.language`.

    `system`: English where the desktop speaks another language than Chinese; Chinese if it says nothing.
    """
    if choice != "system":
        return choice
    locale = next((environment[name] for name in _VARIABLES if environment.get(name)), "C")
    language = locale.partition(".")[0].partition("_")[0]
    return "zh" if language in ("zh", "C", "POSIX") else "en"
