"""Check the form of the documents: the log of experiments, and that every link leads somewhere."""

from __future__ import annotations

import re
from collections.abc import Callable
from itertools import takewhile
from pathlib import Path

import pytest

from engine.__main__ import main as engine_main
from engine.evaluation.figures import read_figures
from engine.evaluation.report_page import figures_page
from engine.serving import load_test
from ime_app.app import window_options
from training.commands.main import main as training_main

ROOT = Path(__file__).parent.parent
DOCS = ROOT / "docs"
LOG = (DOCS / "experiments.md").read_text(encoding="utf-8")
DOCUMENTS = [ROOT / "README.md", *sorted(DOCS.rglob("*.md")), *sorted((ROOT / "resources").rglob("*.md"))]
NOW = [path for path in DOCUMENTS if path.parent.name != "experiments"]
GUIDES = [path for path in NOW if path.name != "experiments.md"]
LONGEST_ENTRY = 12  # lines
LONGEST_PAGE = 150


def anchors(document: Path) -> set[str]:
    """Return the names by which GitHub links to the headings of a document."""
    headings = re.findall(r"^#+ (.*)$", document.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_link_leads_somewhere(document: Path) -> None:
    for link in re.findall(r"\]\((?!http)([^)\s]+)\)", document.read_text(encoding="utf-8")):
        name, _, anchor = link.partition("#")
        target = document.parent / name if name else document
        assert target.exists(), link
        assert not anchor or anchor in anchors(target), link


NAMED = re.compile(r"`((?:engine|ime_app|training|tests|resources|docs)/[\w./-]*)`")
MODULE = re.compile(r"python -m ((?:engine|ime_app|training|tests)(?:\.\w+)*)")


@pytest.mark.parametrize("document", NOW, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_path_and_module_named_exists(document: Path) -> None:
    """Check what says how things are now; the tables of old experiments name files of their time."""
    text = document.read_text(encoding="utf-8")
    for name in NAMED.findall(text):
        assert (ROOT / name).exists(), name
    for module in MODULE.findall(text):
        path = ROOT / module.replace(".", "/")
        assert path.is_dir() or path.with_suffix(".py").exists(), module


def test_the_page_of_figures_is_written_from_the_raw_ones() -> None:
    """Check that nobody has edited it; `python -m engine benchmark report --output ... --parts` writes it."""
    raw = DOCS / "benchmarks.tsv"
    text = (DOCS / "benchmarks.md").read_text(encoding="utf-8")
    assert text == figures_page(read_figures(raw), raw.name)
    assert len(text.splitlines()) <= LONGEST_PAGE


def test_a_newcomer_finds_the_file_at_the_first_try() -> None:
    """Check that the table of architecture.md leads to the code that it promises."""
    text = (DOCS / "architecture.md").read_text(encoding="utf-8")
    for question, file, code in (
        ("a fuzzy sound's price", "engine/spelling/fuzzy_sounds.py", "FUZZY_PRICES"),
        ("Backspace after a commit", "engine/learning/user_learner.py", "def revoke"),
        ("n-gram", "engine/conversion/scorer.py", "ngram"),
        ("fine-tuned model is accepted", "training/finetuning/acceptance.py", "accepted"),
        ("candidate bar is painted", "ime_app/widgets/candidate_bar.py", "def paintEvent"),
        ("pairs of words", "training/ngram/word_pairs.py", "class PairCounts"),
        ("pairs of words", "engine/conversion/rescoring.py", "pair_weight"),
        ("digit key does", "engine/session/keymap.py", "_DIGITS"),
    ):
        row = next(line for line in text.splitlines() if line.startswith("| ") and question in line)
        assert f"`{file}`" in row, question
        assert code in (ROOT / file).read_text(encoding="utf-8"), file


COMMAND = re.compile(r"-m (engine\.serving\.load_test|engine|training|ime_app)(?: ([^\n`#|]*))?(?=[\n`#|])")
MAINS: dict[str, Callable[[list[str]], object]] = {
    "engine": engine_main,
    "engine.serving.load_test": load_test.main,
    "ime_app": window_options,
    "training": training_main,
}


@pytest.mark.parametrize("document", GUIDES, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_command_named_is_one_and_has_the_options_named(
    document: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Ask each for --help; a command goes on behind a backslash, and ends before what is said about it."""
    text = re.sub(r"\\\n\s*", " ", document.read_text(encoding="utf-8"))
    for module, line in COMMAND.findall(text):
        words = line.partition("  ")[0].replace("[", "").replace("]", "").split()
        before = list(takewhile(lambda word: not word.startswith("-"), words))
        with pytest.raises(SystemExit, match="^0$"):
            MAINS[module]([*before, "--help"])
        said = capsys.readouterr().out
        for option in (word for word in words if word.startswith("--")):
            assert re.search(rf"{option}\b", said), (module, line)


def entries() -> list[tuple[str, str]]:
    """Return the heading and the text of each dated entry, in the order of the log."""
    parts = re.split(r"^## ", LOG, flags=re.MULTILINE)[1:]
    return [(part.partition("\n")[0], part.partition("\n")[2]) for part in parts if re.match(r"\d{4}-", part)]


def test_the_log_is_newest_first_and_its_table_lists_every_entry_in_order() -> None:
    headings = [heading for heading, _ in entries()]
    dates = [heading.partition(" · ")[0] for heading in headings]
    assert dates == sorted(dates, reverse=True)
    listed = re.findall(r"^\| (\d{4}-\d\d-\d\d) \| \[(.*?)\]\(#\S+\) \| \S.* \|$", LOG, re.MULTILINE)
    assert [" · ".join(row) for row in listed] == headings


def test_an_entry_of_the_log_has_a_question_a_result_and_a_verdict_in_few_lines() -> None:
    for heading, body in entries():
        lines = [line for line in body.splitlines() if line.strip()]
        assert len(lines) <= LONGEST_ENTRY, heading
        for word in ("Question", "Setup", "Result", "Verdict"):
            assert f"**{word}.**" in body, (heading, word)
