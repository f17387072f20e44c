"""From the user's settings to the engine's options.

Knows both sides' names; decides nothing else.
"""

from __future__ import annotations

from dataclasses import dataclass, field, fields

from engine.keymap import SessionOptions
from engine.learner import LearningMode, LearningOptions
from engine.spelling import SpellingOptions
from ime_app.settings import InputSettings, LearningSettings, Settings, SpellingSettings


@dataclass(frozen=True)
class EngineOptions:
    """All that the engine is told of the settings, at its start and at each change."""

    session: SessionOptions = field(default_factory=SessionOptions)
    spelling: SpellingOptions = field(default_factory=SpellingOptions)
    learning: LearningOptions = field(default_factory=LearningOptions)


def engine_options(settings: Settings, *, private: bool = False) -> EngineOptions:
    """What the settings mean to the engine; private mode is a state of the window."""
    spelling = spelling_options(settings.spelling)
    return EngineOptions(
        session_options(settings.input).spelt(spelling),
        spelling,
        learning_options(settings.learning, private=private),
    )


def session_options(settings: InputSettings) -> SessionOptions:
    """The settings of input have the names of the session's options."""
    names = {option.name for option in fields(SessionOptions)}
    given = {each.name: getattr(settings, each.name) for each in fields(settings) if each.name in names}
    return SessionOptions(**given)


def spelling_options(settings: SpellingSettings) -> SpellingOptions:
    """How the keys are to be read."""
    return SpellingOptions(frozenset(settings.fuzzy), settings.correct)


def learning_options(settings: LearningSettings, *, private: bool) -> LearningOptions:
    """What may be kept and used."""
    mode = LearningMode.LEARN if settings.learn else LearningMode.FREEZE
    return LearningOptions(LearningMode.PRIVATE if private else mode, settings.keep_before)
