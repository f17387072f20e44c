"""The law of the house: who imports whom, how long files and functions are, what each opens with.

import-linter reads the sources; the subprocess here looks at what is really loaded.
"""

from __future__ import annotations

import ast
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PACKAGES = ("engine", "ime_app", "training", "resources", "tests")
MAX_FILE_LINES = 400
MAX_FUNCTION_LINES = 60
MAX_FILES = 14  # that `ls` shows of a package

# Names of what a module has for its caller to call: the same role in each, so the same name.
ROLES = {
    "main": "what a process begins with; returns its exit status",
    "add_parser": "adds the module's command to a parser, and what it runs",
    "add_parsers": "the same for a group of commands",
    "run": "carries out the module's command; returns the exit status",
}

_FOREIGN_TO_ENGINE = "PySide6 shiboken6 torch pypinyin onnx tqdm ime_app training".split()
_FOREIGN_TO_WINDOW = "torch pypinyin onnx tqdm training".split()


def sources() -> list[Path]:
    return sorted(path for package in PACKAGES for path in (ROOT / package).rglob("*.py"))


def folders() -> list[Path]:
    return sorted({path.parent for path in sources() if not path.is_relative_to(ROOT / "tests")})


def modules(package: str) -> list[str]:
    paths = (path.relative_to(ROOT).with_suffix("") for path in sorted((ROOT / package).rglob("*.py")))
    return [".".join(path.parts).removesuffix(".__init__") for path in paths]


def loaded_by(names: list[str]) -> set[str]:
    """Top-level packages that a fresh interpreter holds after importing the modules."""
    code = (
        "import importlib, sys\nfor name in sys.argv[1:]: importlib.import_module(name)\nprint(*sys.modules)"
    )
    command = [sys.executable, "-W", "error", "-c", code, *names]
    result = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, check=False)
    assert result.returncode == 0, result.stderr
    return {name.partition(".")[0] for name in result.stdout.split()}


def test_engine_loads_no_window_and_no_training() -> None:
    names = [name for name in modules("engine") if name != "engine.__main__"]
    assert loaded_by(names) & set(_FOREIGN_TO_ENGINE) == set()


def test_command_line_loads_no_window_and_no_training() -> None:
    assert loaded_by(["engine.__main__"]) & set(_FOREIGN_TO_ENGINE) == set()


def test_window_loads_no_training() -> None:
    assert loaded_by(modules("ime_app")) & set(_FOREIGN_TO_WINDOW) == set()


def test_only_the_decoder_loads_onnxruntime() -> None:
    importers = [
        path.relative_to(ROOT).as_posix()
        for path in (ROOT / "engine").rglob("*.py")
        if any(name.partition(".")[0] == "onnxruntime" for name in imported(path))
    ]
    assert importers == ["engine/model/onnx_decoder.py"]
    modules = ["engine.session.session", "engine.lexicon.lexicon", "engine.model.bundle"]
    assert "onnxruntime" not in loaded_by(modules)


def imported(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.module or ""


@pytest.mark.parametrize("package", ["engine", "ime_app", "training"])
def test_every_package_has_a_layer(package: str) -> None:
    """A new package is placed in the layers of pyproject.toml, or the contract would not see it."""
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["importlinter"][
        "contracts"
    ]
    (layers,) = [contract["layers"] for contract in contracts if contract.get("containers") == [package]]
    placed = [name.strip(" ()") for layer in layers for name in layer.replace("|", ":").split(":")]
    found = {name.split(".")[1] for name in modules(package) if name != package}
    assert sorted(placed) == sorted(found)


def test_size_of_the_packages() -> None:
    """Else: make a package of what belongs together."""
    sizes = {str(folder.relative_to(ROOT)): len(list(folder.glob("*.py"))) for folder in folders()}
    assert {name: size for name, size in sizes.items() if size > MAX_FILES} == {}


def test_shape_of_the_source_files() -> None:
    assert [complaint for path in sources() for complaint in complaints_of(path)] == []


def complaints_of(path: Path) -> Iterator[str]:
    """Yield what is wrong with the shape of a file."""
    name, text = path.relative_to(ROOT), path.read_text(encoding="utf-8")
    if len(text.splitlines()) > MAX_FILE_LINES:
        yield f"{name} has {len(text.splitlines())} lines: split the file"
    tree = ast.parse(text)
    if not path.is_relative_to(ROOT / "tests") and not ast.get_docstring(tree):
        yield f"{name} does not open with its responsibility"
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            length = (node.end_lineno or node.lineno) - node.lineno + 1
            if length > MAX_FUNCTION_LINES:
                yield f"{name}: {node.name} has {length} lines"


def test_docstrings_say_what_a_module_does_and_not_what_it_does_not_know() -> None:
    found = [path.name for path in sources() if "knows nothing" + " of" in path.read_text("utf-8")]
    assert found == []


def test_a_module_opens_with_what_it_does() -> None:
    """Its docstring begins with a verb, as those of functions, of which ruff sees to it (D401)."""
    no_verbs = "A All An Everything How Once One The What Where Which Who".split()
    found = {}
    for path in sources():
        if not path.is_relative_to(ROOT / "tests"):
            first = (ast.get_docstring(ast.parse(path.read_text("utf-8"))) or "The").split()[0]
            if first in no_verbs or not re.fullmatch(r"[A-Z][a-z-]+[,:]?", first):
                found[str(path.relative_to(ROOT))] = first
    assert found == {}


def test_no_two_public_things_have_one_name() -> None:
    """A class, function or type is found by its name alone; what has a role has the role's name."""
    modules_of: dict[str, list[str]] = {}
    for path in sources():
        name = path.relative_to(ROOT)
        if name.parts[0] in ("engine", "ime_app", "training"):
            for node in ast.parse(path.read_text("utf-8")).body:
                named = node.targets[0] if isinstance(node, ast.Assign) else None
                alias = (
                    named.id if isinstance(named, ast.Name) else ""
                )  # of a type: its name has small letters
                if isinstance(node, ast.ClassDef | ast.FunctionDef):
                    modules_of.setdefault(node.name, []).append(str(name))
                elif re.search("[a-z]", alias):
                    modules_of.setdefault(alias, []).append(str(name))
    public = {name: where for name, where in modules_of.items() if name[0] != "_" and name not in ROLES}
    twice = {name: where for name, where in public.items() if len(where) > 1}
    assert twice == {}


def test_no_stub_is_left() -> None:
    words = ["TO" + "DO", "FIX" + "ME", "xf" + "ail", "mark." + "skip", "NotImplemented" + "Error"]
    found = [(path.name, word) for path in sources() for word in words if word in path.read_text("utf-8")]
    assert found == []
