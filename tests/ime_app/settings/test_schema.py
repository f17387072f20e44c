"""The settings file: what is wrong in it is told and left there; saving changes what was changed, no more."""

from __future__ import annotations

import re
import stat
import tomllib
from dataclasses import fields, replace
from pathlib import Path

import pytest

from engine.session.options import SessionOptions
from ime_app.i18n.strings import Strings
from ime_app.settings.engine_options import engine_options, engine_options_or_complaint
from ime_app.settings.schema import (
    SECTIONS,
    SETTINGS,
    Names,
    Range,
    SchemeSetting,
    Setting,
    Settings,
    Toggle,
    WordSetting,
    read_settings,
    setting,
)
from ime_app.settings.settings_file import SettingsError, SettingsFile
from ime_app.settings.settings_store import SettingsKeeper
from ime_app.windows.settings.settings_pages import PAGES

ZH, EN = Strings("zh"), Strings("en")
PAGE_SIZE = setting("input.page_size")


def other_values(which: Setting) -> list[object]:
    """Right values that are not the default."""
    match which.limits:
        case Toggle():
            return [not which.default]
        case Range(least, most):
            return [least, most]
        case WordSetting(words) | SchemeSetting(words):
            return list(words[1:])
        case Names() as names:
            return [names.known, names.known[:1]]
    return ["DejaVu Sans"]


def keeper_of(path: Path, text: str | None = None) -> SettingsKeeper:
    if text is not None:
        path.write_text(text, encoding="utf-8")
    return SettingsKeeper(SettingsFile(path))


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "moyin" / "settings.toml"


@pytest.fixture
def existing(path: Path) -> Path:
    path.parent.mkdir()
    return path


def test_without_a_file_the_defaults_hold_and_none_is_written(path: Path) -> None:
    keeper = keeper_of(path)
    assert keeper.settings == Settings()
    assert keeper.complaints(ZH) == ""
    assert keeper.keep(ZH) is None
    assert not path.exists()


@pytest.mark.parametrize(
    ("text", "key", "told"),
    [
        ("[input]\npage_size = 12", "input.page_size", ["12", "3", "9", "5"]),
        ("[input]\npage_size = true", "input.page_size", ["true", "3", "9"]),
        ("[input]\npage_size = 5.0", "input.page_size", ["5.0", "3", "9"]),
        ('[input]\npage_size = "5"', "input.page_size", ["'5'", "3", "9"]),
        ("[input]\npage_with_page_keys = 1", "input.page_with_page_keys", ["1", "true", "false"]),
        ('[appearance]\ntheme = "blue"', "appearance.theme", ["blue", "system", "light", "dark"]),
        ("[appearance]\ntheme = []", "appearance.theme", ["[]", "system", "light", "dark"]),
        ("[appearance]\nfont_family = 3", "appearance.font_family", ["3"]),
        ('[spelling]\nscheme = "wubi"', "spelling.scheme", ["wubi", "xiaohe", ".toml"]),
        ('[spelling]\nfuzzy = ["z_zz"]', "spelling.fuzzy", ["z_zz", "z_zh"]),
    ],
)
def test_a_wrong_value_is_told_and_its_default_used(
    existing: Path, text: str, key: str, told: list[str]
) -> None:
    keeper = keeper_of(existing, text)
    assert keeper.settings == Settings()
    for strings in (ZH, EN):
        complaint = keeper.complaints(strings)
        assert key in complaint
        assert str(existing) in complaint
        assert all(word in complaint for word in told)
    assert existing.read_text(encoding="utf-8") == text


@pytest.mark.parametrize(
    ("text", "key", "suggestion"),
    [
        ("[input]\npagesize = 5", "input.pagesize", "input.page_size"),
        ("[inputs]\npage_size = 5", "inputs", "input"),
        ("page_size = 5", "page_size", ""),
        ("input = 5", "input", ""),
    ],
)
def test_an_unknown_name_is_told_with_one_that_is_close(
    existing: Path, text: str, key: str, suggestion: str
) -> None:
    complaint = keeper_of(existing, text).complaints(EN)
    assert key in complaint
    assert suggestion in complaint


def test_right_values_beside_wrong_ones_hold(existing: Path) -> None:
    keeper = keeper_of(existing, '[input]\npage_size = 4\n[appearance]\ntheme = "blue"')
    assert keeper.settings.input.page_size == 4


@pytest.mark.parametrize("content", [b"[input\n", b"\xff\xfe", b"a = 1\na = 2\n"])
def test_a_broken_file_is_told_kept_and_set_aside_only_by_saving(existing: Path, content: bytes) -> None:
    existing.write_bytes(content)
    keeper = keeper_of(existing)
    assert keeper.settings == Settings()
    assert str(existing) in keeper.complaints(ZH)
    assert existing.read_bytes() == content
    keeper.preview(keeper.settings.with_value(PAGE_SIZE, 4))
    aside = keeper.keep(ZH)
    assert aside is not None
    assert aside.read_bytes() == content
    assert keeper_of(existing).settings.input.page_size == 4


def test_a_mark_of_the_encoding_at_the_beginning_is_no_text(existing: Path) -> None:
    """Some editors write one before UTF-8."""
    existing.write_bytes("\ufeff[input]\r\npage_size = 4\r\n".encode())
    keeper = keeper_of(existing)
    assert (keeper.settings.input.page_size, keeper.complaints(ZH)) == (4, "")
    keeper.preview(keeper.settings.with_value(PAGE_SIZE, 5))
    assert keeper.keep(ZH) is None
    assert keeper_of(existing).settings.input.page_size == 5


def test_saving_changes_only_what_was_changed(existing: Path) -> None:
    text = """# mine
[input] # the keys
page_size = 8     # eight
page_with_page_keys = 1  # wrong, and left so
own = "kept"

[appearance]
theme = "dark"
[plugins]
x = [1, 2]
"""
    keeper = keeper_of(existing, text)
    keeper.preview(keeper.settings.with_value(PAGE_SIZE, 7).with_value(setting("appearance.theme"), "light"))
    keeper.keep(ZH)
    after = existing.read_text(encoding="utf-8")
    assert after == text.replace("page_size = 8 ", "page_size = 7 ").replace("dark", "light")


def test_a_new_file_can_be_read_by_its_user(path: Path) -> None:
    keeper = keeper_of(path)
    keeper.preview(keeper.settings.with_value(PAGE_SIZE, 4))
    keeper.keep(EN)
    text = path.read_text(encoding="utf-8")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    written = tomllib.loads(text)
    assert read_settings(written) == (keeper.settings, ())
    assert {f"{section}.{name}" for section in written for name in written[section]} == {
        each.key for each in SETTINGS
    }
    assert re.search(r"^# How many candidates .* \(3-9\)\npage_size = 4$", text, re.MULTILINE)


def test_a_link_to_a_file_elsewhere_stays_a_link(existing: Path, tmp_path: Path) -> None:
    elsewhere = tmp_path / "dotfiles.toml"
    elsewhere.write_text("[input]\npage_size = 5\n")
    existing.symlink_to(elsewhere)
    keeper = keeper_of(existing)
    keeper.preview(keeper.settings.with_value(PAGE_SIZE, 6))
    keeper.keep(ZH)
    assert existing.is_symlink()
    assert elsewhere.read_text() == "[input]\npage_size = 6\n"


def test_a_file_that_cannot_be_written_leaves_the_settings_in_effect(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no folder")
    keeper = keeper_of(tmp_path / "file" / "settings.toml")
    keeper.preview(keeper.settings.with_value(PAGE_SIZE, 4))
    with pytest.raises(SettingsError):
        keeper.keep(ZH)
    assert keeper.settings.input.page_size == 4


def test_a_section_that_is_no_table_gives_way_to_one(existing: Path) -> None:
    keeper = keeper_of(existing, "input = 3\n")
    keeper.preview(keeper.settings.with_value(PAGE_SIZE, 4))
    keeper.keep(ZH)
    assert tomllib.loads(existing.read_text())["input"] == {"page_size": 4}


@pytest.mark.parametrize("which", SETTINGS, ids=lambda which: which.key)
def test_every_setting_survives_the_file(path: Path, which: Setting) -> None:
    for value in other_values(which):
        keeper = keeper_of(path)
        keeper.preview(keeper.settings.with_value(which, value))
        keeper.keep(ZH)
        assert keeper_of(path).settings.value(which) == value


def test_the_command_lines_settings_are_not_written(path: Path) -> None:
    keeper = SettingsKeeper(SettingsFile(path), {setting("appearance.theme"): "dark"})
    keeper.preview(keeper.settings.with_value(PAGE_SIZE, 4))
    keeper.keep(ZH)
    kept = keeper_of(path).settings
    assert (kept.input.page_size, kept.appearance.theme) == (4, "system")


def test_another_window_that_is_writing_is_not_in_the_way(path: Path) -> None:
    """Each window writes a file of its own before it replaces the settings."""
    path.parent.mkdir(parents=True)
    for name in ("settings.tmp", "settings.1.tmp"):
        path.with_name(name).write_text("half a file", encoding="utf-8")
    keeper = keeper_of(path)
    keeper.preview(keeper.settings.with_value(PAGE_SIZE, 4))
    keeper.keep(ZH)
    assert keeper_of(path).settings.input.page_size == 4
    assert path.with_name("settings.tmp").read_text(encoding="utf-8") == "half a file"


def test_every_setting_is_named_explained_and_on_one_page() -> None:
    placed = [key for page in PAGES for group in page.groups for key in group.settings]
    assert sorted(placed) == sorted(each.key for each in SETTINGS)
    headings = [*SECTIONS, *(page.title for page in PAGES)]
    headings += [group.heading for page in PAGES for group in page.groups]
    for strings in (ZH, EN):
        assert all(strings(heading) for heading in headings)
        for each in SETTINGS:
            assert strings(each.key)
            assert strings(f"{each.key}.tip")
            words = each.limits.words if isinstance(each.limits, WordSetting | SchemeSetting) else ()
            assert all(strings(f"{each.key}={word}") for word in words)


def test_every_option_of_the_session_can_be_set() -> None:
    defaults, session = Settings(), SessionOptions()
    assert engine_options(defaults).session == replace(session, page_size=5)
    for option in fields(SessionOptions):
        if option.name in ("letters", "scheme", "full_pinyin", "erases"):  # the spelling's, the front end's
            continue
        which = setting(f"input.{option.name}")
        for value in other_values(which):
            options = engine_options(defaults.with_value(which, value)).session
            assert getattr(options, option.name) == value


def test_double_pinyin_brings_its_letters_and_leaves_v_and_u_to_full_pinyin() -> None:
    settings = Settings().with_value(setting("spelling.scheme"), "mspy")
    options = engine_options(settings)
    session = options.session
    assert (options.spelling.scheme, session.letters, session.full_pinyin) == ("mspy", ";", False)


def test_a_scheme_that_is_missing_leaves_full_pinyin_and_is_told(tmp_path: Path) -> None:
    settings = Settings().with_value(setting("spelling.scheme"), str(tmp_path / "none.toml"))
    options, complaint = engine_options_or_complaint(settings)
    assert options == engine_options(Settings())
    assert "none.toml" in str(complaint)


@pytest.mark.parametrize(
    "text",
    [
        f"[input]\npage_size = {'9' * 5000}\n",
        f"[input]\npage_size = 0x{'f' * 5000}\n",
        "x = " + "[" * 3000,
        "x = " + "{a=" * 3000,
        "[" * 3000,
        ".".join("a" * 3000) + " = 1",
        "\n".join(f"unknown_{i} = 1" for i in range(3000)),
        f"{'a' * 100_000} = 1",
        "#" * (1 << 21),
    ],
    ids=range(9),
)
def test_a_hostile_file_is_told_and_kept_and_the_defaults_hold(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    keeper = keeper_of(path)
    assert keeper.settings == Settings()
    complaint = keeper.complaints(ZH)
    assert 0 < len(complaint) < 2000
    assert path.read_text(encoding="utf-8") == text
    keeper.preview(keeper.settings.with_value(PAGE_SIZE, 4))
    aside = keeper.keep(ZH)
    assert keeper_of(path).settings.input.page_size == 4
    if aside is not None:
        assert aside.read_text(encoding="utf-8") == text


def test_what_somebody_else_wrote_into_the_file_takes_effect_and_previews_stay(tmp_path: Path) -> None:
    path = tmp_path / "settings.toml"
    path.write_text("[input]\npage_size = 5\n", encoding="utf-8")
    keeper = SettingsKeeper(SettingsFile(path))
    keeper.preview(keeper.settings.with_value(setting("appearance.theme"), "dark"))
    path.write_text("[input]\npage_size = 7\n", encoding="utf-8")
    keeper.reread()
    assert (keeper.settings.input.page_size, keeper.settings.appearance.theme) == (7, "dark")
    keeper.take_back()
    assert (keeper.settings.input.page_size, keeper.settings.appearance.theme) == (7, "system")
    path.write_text("[[[", encoding="utf-8")
    keeper.reread()
    assert keeper.settings.input.page_size == 7


@pytest.mark.parametrize("content", ["appearance = 2020-01-01\n", "appearance = [1]\n", 'appearance = "x"\n'])
def test_a_section_that_is_none_is_told_as_such(existing: Path, content: str) -> None:
    """It said: unknown setting appearance. Did you mean appearance?"""
    existing.write_text(content, encoding="utf-8")
    said = SettingsKeeper(SettingsFile(existing)).complaints(Strings("zh"))
    assert "appearance 应是一节" in said
    assert "是不是" not in said


@pytest.mark.parametrize(
    "content",
    [
        *(b"[input]\n[input]\n", b"a = \n", b"a = 1 2\n", b'a = "\n', b"a = [1,\n", b"a = '\x01'\n", b"[a"),
        *(b"a = " + b"9" * 5000, b"a = " + b"[" * 3000, b"\xff", b"x" * (1 << 21), b"a.b = 1\na = 2\n"),
    ],
)
def test_why_a_file_is_broken_is_said_in_the_windows_language(existing: Path, content: bytes) -> None:
    """The reason was English inside of Chinese: Cannot declare ('input',) twice."""
    existing.write_bytes(content)
    said = SettingsKeeper(SettingsFile(existing)).complaints(Strings("zh")).replace(str(existing), "")
    assert set(re.findall("[A-Za-z]+", said)) <= {"TOML", "UTF"}, said
    assert re.search("[a-z]", SettingsKeeper(SettingsFile(existing)).complaints(Strings("en")))


def test_a_link_that_leads_to_itself_is_said_in_the_windows_language(existing: Path) -> None:
    existing.unlink(missing_ok=True)
    existing.symlink_to(existing)
    said = SettingsKeeper(SettingsFile(existing)).complaints(Strings("zh")).replace(str(existing), "")
    assert not re.search("[A-Za-z]", said), said
