"""Turn the user's settings into the engine's options."""

from __future__ import annotations

from dataclasses import dataclass, field, fields, replace

from engine.errors import Said
from engine.learning.learner import LearningMode, LearningOptions
from engine.session.options import SessionOptions
from engine.spelling.options import SpellingError, SpellingOptions
from ime_app.settings.schema import InputSettings, LearningSettings, Settings, SpellingSettings


@dataclass(frozen=True)
class EngineOptions:
    """All that the engine is told of the settings, at its start and at each change."""

    session: SessionOptions = field(default_factory=SessionOptions)
    spelling: SpellingOptions = field(default_factory=SpellingOptions)
    learning: LearningOptions = field(default_factory=LearningOptions)


def engine_options(settings: Settings, *, private: bool = False) -> EngineOptions:
    """Return what the settings mean to the engine; private mode is a state of the window.

    Raises SpellingError if a scheme of the user's own is missing or not sound.
    """
    spelling = spelling_options(settings.spelling)
    return EngineOptions(
        session_options(settings.input, spelling),
        spelling,
        learning_options(settings.learning, private=private),
    )


def engine_options_or_complaint(settings: Settings, *, private: bool = False) -> tuple[EngineOptions, Said]:
    """Return the options, with full pinyin and a sentence if the scheme cannot be used."""
    try:
        return engine_options(settings, private=private), ""
    except SpellingError as error:
        without = replace(settings, spelling=replace(settings.spelling, scheme=""))
        return engine_options(without, private=private), error.message


def session_options(settings: InputSettings, spelling: SpellingOptions) -> SessionOptions:
    """Return the session's options; the settings of input have the same names."""
    names = {option.name for option in fields(SessionOptions)}
    given = {each.name: getattr(settings, each.name) for each in fields(settings) if each.name in names}
    return SessionOptions(**given).spelt(spelling)


def spelling_options(settings: SpellingSettings) -> SpellingOptions:
    """Return how the keys are to be read. Raises SpellingError."""
    return SpellingOptions(frozenset(settings.fuzzy), settings.correct, settings.scheme)


def learning_options(settings: LearningSettings, *, private: bool) -> LearningOptions:
    """Return what may be kept and used."""
    mode = LearningMode.LEARN if settings.learn else LearningMode.FREEZE
    return LearningOptions(LearningMode.PRIVATE if private else mode, settings.keep_before)
