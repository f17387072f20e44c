"""What each editing key does to a composition.

Knows actions and compositions; knows nothing of menus or conversion, so that a front end may do
these edits ahead.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from engine.session.composition import Composition
from engine.session.keymap import Action

# Given the ends of the composition's syllables.
EDITS: Final[dict[Action, Callable[[Composition, tuple[int, ...]], Composition]]] = {
    Action.DELETE_BEFORE: lambda composition, _: composition.delete_before(),
    Action.DELETE_AFTER: lambda composition, _: composition.delete_after(),
    Action.DELETE_SYLLABLE_BEFORE: Composition.delete_before,
    Action.DELETE_SYLLABLE_AFTER: Composition.delete_after,
    Action.MOVE_LEFT: lambda composition, _: composition.move_left(),
    Action.MOVE_RIGHT: lambda composition, _: composition.move_right(),
    Action.MOVE_SYLLABLE_LEFT: Composition.move_left_by_syllable,
    Action.MOVE_SYLLABLE_RIGHT: Composition.move_right_by_syllable,
    Action.MOVE_HOME: lambda composition, _: composition.home(),
    Action.MOVE_END: lambda composition, _: composition.end(),
}
