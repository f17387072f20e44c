"""Files that other processes write: seen when they have changed, and only then."""

from __future__ import annotations

from pathlib import Path

import pytest

from ime_app.field.home import Home, Watched
from ime_app.i18n.environment_language import environment_language


def test_a_file_is_seen_to_come_change_and_go(tmp_path: Path) -> None:
    path = tmp_path / "file"
    watched = Watched(path)
    assert not watched.has_changed()
    path.write_text("one")
    assert watched.has_changed()
    assert not watched.has_changed()
    other = tmp_path / "other"
    other.write_text("two")
    other.replace(path)  # as the window writes: another file takes its place
    assert watched.has_changed()
    path.unlink()
    assert watched.has_changed()
    assert not watched.has_changed()


def test_settings_are_read_again_only_where_they_differ(tmp_path: Path) -> None:
    path = tmp_path / "settings.toml"
    home = Home(tmp_path, path)
    path.write_text("# nothing said\n", encoding="utf-8")
    assert not home.reread_settings()
    path.write_text("[input]\npage_size = 7\n", encoding="utf-8")
    assert home.reread_settings()
    assert home.settings.input.page_size == 7
    assert not home.reread_settings()
    path.write_text("[input\n", encoding="utf-8")  # half written by hand: the defaults, until it is whole
    assert home.reread_settings()
    assert home.settings.input.page_size == 5


def test_folder_of_a_new_user_is_made_for_the_modes(tmp_path: Path) -> None:
    home = Home(tmp_path / "a" / "b", tmp_path / "settings.toml")
    left = home.load_modes()
    home.keep_modes(left)
    assert (tmp_path / "a" / "b" / "modes-ibus.json").stat().st_mode & 0o77 == 0


@pytest.mark.parametrize(
    ("choice", "environment", "language"),
    [
        ("system", {}, "zh"),
        ("system", {"LANG": "C.UTF-8"}, "zh"),
        ("system", {"LANG": "zh_CN.UTF-8"}, "zh"),
        ("system", {"LANG": "de_AT.UTF-8"}, "en"),
        ("system", {"LANG": "zh_CN.UTF-8", "LC_ALL": "en_GB.UTF-8"}, "en"),
        ("system", {"LANG": "en_US.UTF-8", "LC_MESSAGES": "zh_TW"}, "zh"),
        ("en", {"LANG": "zh_CN.UTF-8"}, "en"),
        ("zh", {"LANG": "en_US.UTF-8"}, "zh"),
    ],
)
def test_language(choice: str, environment: dict[str, str], language: str) -> None:
    assert environment_language(choice, environment) == language
