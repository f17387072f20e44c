"""An application like others: entry, icons, metadata, version, whose work it is made of."""

from __future__ import annotations

import configparser
import re
import tomllib
from pathlib import Path
from xml.etree import ElementTree

import pytest
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication

from ime_app.app import window_options
from ime_app.i18n.strings import Strings
from ime_app.services import desktop_entry
from ime_app.services.version import version
from ime_app.widgets.theme import ICONS, window_icon
from ime_app.windows.about import PARTS, About
from tests.ime_app.display import REPOSITORY

PROJECT = tomllib.loads((REPOSITORY / "pyproject.toml").read_text(encoding="utf-8"))["project"]
DESKTOP = REPOSITORY / "ime_app" / "desktop"
SIZES = 16, 24, 32, 48, 64, 128, 256, 512


def entry_of(text: str) -> configparser.ConfigParser:
    parser = configparser.ConfigParser(interpolation=None, delimiters=("=",))
    parser.optionxform = str  # type: ignore[assignment, method-assign]
    parser.read_string(text)
    return parser


def test_entry_starts_the_command_of_the_wheel() -> None:
    entry = entry_of((DESKTOP / "moyin.desktop").read_text(encoding="utf-8"))
    main = entry["Desktop Entry"]
    assert (main["Type"], main["Icon"], main["Name[zh_CN]"]) == ("Application", "moyin", "墨音")
    (command,) = PROJECT["scripts"]
    assert main["Exec"] == command
    for name in main["Actions"].rstrip(";").split(";"):
        first, *arguments = entry[f"Desktop Action {name}"]["Exec"].split()
        assert first == command
        assert window_options(arguments).open == name


@pytest.mark.parametrize("python", ["/a/b/python", "/a b/py", '/a"b$c`d\\e/py', "/100%/py"])
def test_entry_of_a_user_starts_this_python(python: str) -> None:
    command = entry_of(desktop_entry.entry_text(python))["Desktop Entry"]["Exec"]
    string = command.replace("\\\\", "\\").replace("%%", "%")  # of the file's strings, then of field codes
    quoted, rest = re.fullmatch(r'"((?:[^"\\]|\\.)*)"(.*)', string).groups()  # type: ignore[union-attr]
    assert re.sub(r"\\(.)", r"\1", quoted) == python
    assert rest == " -P -m ime_app"


def test_icons_have_their_sizes(app: QApplication) -> None:
    assert {path.name for path in ICONS.glob("moyin-*")} == {f"moyin-{size}.png" for size in SIZES}
    for size in SIZES:
        picture = QImage(str(ICONS / f"moyin-{size}.png"))
        assert (picture.width(), picture.height()) == (size, size)
    assert ElementTree.parse(ICONS / "moyin.svg").getroot().tag.endswith("svg")
    assert not window_icon().isNull()
    assert not app.windowIcon().isNull()


def test_metadata_is_of_this_version() -> None:
    tree = ElementTree.parse(DESKTOP / "moyin.metainfo.xml")
    releases = [release.get("version") for release in tree.iter("release")]
    assert PROJECT["version"] in releases
    assert tree.findtext("project_license") == "Apache-2.0"
    assert tree.findtext("launchable") == "moyin.desktop"


def test_version(capsys: pytest.CaptureFixture[str]) -> None:
    assert version() == PROJECT["version"]
    with pytest.raises(SystemExit, match="0"):
        window_options(["--version"])
    assert capsys.readouterr().out == f"墨音 Moyin {PROJECT['version']}\n"


def test_about_names_everything_that_comes_along(app: QApplication) -> None:
    """Every package that the program needs to run, and every licence file of the resources."""
    about = About(Strings("en"))
    assert PROJECT["version"] in about.title.text()
    text = about.parts.toPlainText().lower()
    for requirement in PROJECT["dependencies"]:
        name = re.split(r"[^A-Za-z0-9-]", requirement)[0].lower().removesuffix("-essentials")
        assert name in text.replace("onnx runtime", "onnxruntime"), name
    for path in (REPOSITORY / "resources").rglob("LICENSE-*"):
        name = path.name.removeprefix("LICENSE-").lower().removesuffix("-rawdict")
        assert all(part in text for part in name.split("-")), path
    assert len(text.splitlines()) == len(PARTS)
    about.close()


def test_user_gets_entry_and_icon_and_loses_them(tmp_path: Path) -> None:
    desktop_entry.write(tmp_path)
    entry, icon = desktop_entry.paths(tmp_path)
    assert entry.exists()
    assert icon.read_bytes() == (ICONS / "moyin.svg").read_bytes()
    desktop_entry.remove_unless_used(tmp_path)
    desktop_entry.remove_unless_used(tmp_path)
    assert not entry.exists()
    assert not icon.exists()


@pytest.mark.parametrize("package", ["resources", "ime_app", "training"])
def test_wheel_takes_every_file_that_is_no_module(package: str) -> None:
    settings = tomllib.loads((REPOSITORY / "pyproject.toml").read_text(encoding="utf-8"))
    folder = REPOSITORY / package
    taken = {
        path
        for pattern in settings["tool"]["setuptools"]["package-data"][package]
        for path in folder.glob(pattern)
    }
    files = {path for path in folder.rglob("*") if path.is_file() and path.suffix not in (".py", ".pyc")}
    assert files - taken == set()
