"""Hold a loaded engine for a front end: configure it, ask it for answers, close it.

It is shared by the window and by the IBus engine, and imports no Qt.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final, Protocol

from engine.errors import MoyinError, Said
from engine.learning.learner import LearningOptions
from engine.protocol import Commit, KeyEvent, Output
from engine.session.script_conversion import ScriptError
from engine.session.session import Session
from engine.spelling.options import SpellingError, SpellingOptions
from ime_app.settings.engine_options import EngineOptions

UNUSABLE: Final = (
    SpellingError,
    ScriptError,
)  # options that the engine refuses, with a sentence


class LearnerPort(Protocol):
    """What a front end asks of the learner besides what the session tells it."""

    def configure(self, options: LearningOptions) -> None: ...
    def take_notices(self) -> list[Said]: ...
    def erase(self) -> None: ...
    def close(self) -> None: ...


class PhrasesPort(Protocol):
    """What a front end asks of the user's custom phrases."""

    def take_notices(self) -> list[Said]: ...


@dataclass(frozen=True)
class Engine:
    """A loaded engine: a session, the name of its model, how its spelling is changed, the learner.

    `notices` are sentences for the user: the retrained model does not load, a file of the program's is gone.
    """

    session: Session
    name: str
    set_spelling: Callable[[SpellingOptions], None] | None = None
    learner: LearnerPort | None = None
    notices: tuple[Said, ...] = ()
    phrases: PhrasesPort | None = None

    def take_notices(self) -> list[Said]:
        """Return what has to be told since the last time: of the learner, of the custom phrases."""
        ports = (self.learner, self.phrases)
        return [notice for port in ports if port is not None for notice in port.take_notices()]

    def configure(self, options: EngineOptions) -> Output:
        """Go on with these options; the composition stays. Raises SpellingError or ScriptError."""
        if self.set_spelling is not None:
            self.set_spelling(options.spelling)
        if self.learner is not None:
            self.learner.configure(options.learning)
        return self.session.configure(options.session)

    def close(self) -> None:
        """Write what was learnt, and let go of the user's files."""
        if self.learner is not None:
            self.learner.close()


class EngineError(MoyinError):
    """An engine that cannot be loaded; the message is for the user."""


def given_back(session: Session, typed: str, event: KeyEvent | None) -> Output:
    """Return the letters of a composition as plain text, after a key on which the session failed.

    `typed` is what the composition held before the key; the key's own letter comes behind it.
    """
    letter = event.key if event is not None and len(event.key) == 1 else ""
    text = typed + letter
    return replace(session.reset(), commit=Commit(text) if text else None)
