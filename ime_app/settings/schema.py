"""Define everything the user may set: names, defaults, and what counts as a right value.

The names are those of the settings file; the order is the order in which they are written there.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from difflib import get_close_matches
from typing import Any, Final

from engine.errors import short_repr
from engine.spelling.double_pinyin import SCHEME_NAMES
from engine.spelling.fuzzy_sounds import FUZZY_PAIRS


@dataclass(frozen=True)
class Toggle:
    """A setting that is on or off."""

    def accepts(self, value: object) -> bool:
        return isinstance(value, bool)


@dataclass(frozen=True)
class Range:
    """A setting that is a whole number in [least, most]."""

    least: int
    most: int

    def accepts(self, value: object) -> bool:
        return isinstance(value, int) and not isinstance(value, bool) and self.least <= value <= self.most


@dataclass(frozen=True)
class WordSetting:
    """A setting that is one of a few words."""

    words: tuple[str, ...]

    def accepts(self, value: object) -> bool:
        return value in self.words


@dataclass(frozen=True)
class SchemeSetting:
    """A setting that is one of a few words, or the path of a TOML file."""

    words: tuple[str, ...]

    def accepts(self, value: object) -> bool:
        return isinstance(value, str) and (value in self.words or value.endswith(".toml"))


@dataclass(frozen=True)
class Names:
    """A setting that is any of a few names, each on or off; `labels` are how they are shown."""

    labels: tuple[tuple[str, str], ...]

    @property
    def known(self) -> tuple[str, ...]:
        return tuple(name for name, _ in self.labels)

    def accepts(self, value: object) -> bool:
        return isinstance(value, list | tuple) and all(name in self.known for name in value)


_MAX_FAMILY: Final[int] = 200  # characters


@dataclass(frozen=True)
class Family:
    """A setting that names a font on this computer; empty: the program chooses."""

    def accepts(self, value: object) -> bool:
        return isinstance(value, str) and len(value) <= _MAX_FAMILY and value.isprintable()


Limits = Toggle | Range | WordSetting | SchemeSetting | Names | Family


def _on() -> Any:
    return field(default=True, metadata={"limits": Toggle()})


def _off() -> Any:
    return field(default=False, metadata={"limits": Toggle()})


def _range(default: int, least: int, most: int) -> Any:
    return field(default=default, metadata={"limits": Range(least, most)})


def _choice(default: str, *others: str) -> Any:
    return field(default=default, metadata={"limits": WordSetting((default, *others))})


def _names(labels: Mapping[str, str]) -> Any:
    return field(default=(), metadata={"limits": Names(tuple(labels.items()))})


def _family() -> Any:
    return field(default="", metadata={"limits": Family()})


@dataclass(frozen=True)
class InputSettings:
    """How keys and candidates behave; the names are those of the session's options."""

    page_size: int = _range(5, 3, 9)
    page_with_minus_equal: bool = _on()
    page_with_comma_period: bool = _off()
    page_with_page_keys: bool = _on()
    pick_with_semicolon_quote: bool = _off()
    take_with_brackets: bool = _on()
    narrow_with_backquote: bool = _on()
    shift: str = _choice("letters", "candidate", "nothing")
    switch_with_control_space: bool = _on()
    enter: str = _choice("letters", "candidate")
    smart_quotes: bool = _on()
    pair_punctuation: bool = _off()
    full_width: bool = _off()
    width_with_shift_space: bool = _on()
    traditional: bool = _off()
    traditional_variant: str = _choice("s2tw", "s2t", "s2twp", "s2hk")
    predict: bool = _off()
    pick_predictions_with_digits: bool = _off()
    dates: bool = _on()
    computed: bool = _on()
    addresses: bool = _on()
    symbols: bool = _on()
    show_reading: bool = _off()
    show_full_pinyin: bool = _off()


@dataclass(frozen=True)
class SpellingSettings:
    """How letters are read as pinyin."""

    scheme: str = field(default="", metadata={"limits": SchemeSetting(("", *SCHEME_NAMES))})
    correct: bool = _on()
    fuzzy: tuple[str, ...] = _names({name: pair.label for name, pair in FUZZY_PAIRS.items()})


@dataclass(frozen=True)
class AppearanceSettings:
    """How the window looks."""

    theme: str = _choice("system", "light", "dark")
    candidate_list: str = _choice("horizontal", "vertical")
    font_family: str = _family()
    text_size: int = _range(20, 12, 48)  # pixels
    candidate_size: int = _range(19, 12, 40)  # pixels
    language: str = _choice("system", "zh", "en")
    show_figures: bool = _off()


@dataclass(frozen=True)
class LearningSettings:
    """What is kept of what was typed."""

    learn: bool = _on()
    keep_before: bool = _on()


@dataclass(frozen=True)
class Settings:
    """All settings by section."""

    input: InputSettings = field(default_factory=InputSettings)
    spelling: SpellingSettings = field(default_factory=SpellingSettings)
    learning: LearningSettings = field(default_factory=LearningSettings)
    appearance: AppearanceSettings = field(default_factory=AppearanceSettings)

    def value(self, setting: Setting) -> object:
        return getattr(getattr(self, setting.section), setting.name)

    def with_value(self, setting: Setting, value: object) -> Settings:
        section = replace(getattr(self, setting.section), **{setting.name: value})
        return replace(self, **{setting.section: section})


@dataclass(frozen=True)
class Setting:
    """One thing that can be set."""

    section: str
    name: str
    default: object
    limits: Limits

    @property
    def key(self) -> str:
        """`input.page_size`: how it is named to the user and in the strings."""
        return f"{self.section}.{self.name}"


@dataclass(frozen=True)
class SettingProblem:
    """A line of the settings file that could not be used; `setting` is None for an unknown name."""

    key: str
    found: str
    setting: Setting | None = None
    suggestion: str = ""  # a name close to an unknown one; that of a section that is none


SETTINGS: Final[tuple[Setting, ...]] = tuple(
    Setting(section.name, each.name, each.default, each.metadata["limits"])
    for section in fields(Settings)
    for each in fields(section.default_factory)  # type: ignore[arg-type]
)
_MAX_NAME: Final[int] = 80  # characters; a longer one is like none that is known
SECTIONS: Final[tuple[str, ...]] = tuple(section.name for section in fields(Settings))
_BY_KEY: Final[dict[str, Setting]] = {setting.key: setting for setting in SETTINGS}


def setting(key: str) -> Setting:
    """Return the setting of that key, `input.page_size`."""
    return _BY_KEY[key]


def read_settings(data: Mapping[str, object]) -> tuple[Settings, tuple[SettingProblem, ...]]:
    """Return the settings that the parsed file holds; what it gets wrong is left at its default."""
    settings, problems = Settings(), []
    for section, content in data.items():
        if section not in SECTIONS or not isinstance(content, Mapping):
            problems.append(_unknown(section, content, SECTIONS))
            continue
        for name, value in content.items():
            known = _BY_KEY.get(f"{section}.{name}")
            if known is None:
                problems.append(_unknown(f"{section}.{name}", value, tuple(_BY_KEY)))
            elif not known.limits.accepts(value):
                problems.append(SettingProblem(known.key, _shown(value), known))
            else:
                settings = settings.with_value(known, tuple(value) if isinstance(value, list) else value)
    return settings, tuple(problems)


def changes_between(before: Settings, after: Settings) -> dict[Setting, object]:
    """Return the settings whose values differ, with their values after."""
    return {each: after.value(each) for each in SETTINGS if before.value(each) != after.value(each)}


def _unknown(key: str, value: object, known: tuple[str, ...]) -> SettingProblem:
    close = get_close_matches(key, known, n=1) if len(key) <= _MAX_NAME else []
    return SettingProblem(key[:_MAX_NAME], _shown(value), suggestion=close[0] if close else "")


def _shown(value: object) -> str:
    """Return a value as the file has it, cut to what a sentence can hold."""
    return str(value).lower() if isinstance(value, bool) else short_repr(value, 40)
