"""The store of bundles: what is activated is used, what does not load is passed over, kills do no harm."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from engine.__main__ import main
from engine.lexicon.vocabulary import Vocabulary, from_counts
from engine.model.bundle_store import SHIPPED, BundleStore
from engine.model.bundle_writer import write_bundle
from engine.model.manifest import MANIFEST, BundleError

ROOT = Path(__file__).parents[3]
VOCABULARY = from_counts([("你", "ni", 5), ("好", "hao", 3), ("号", "hao", 1)])


def write(path: Path, name: str = "bundle", vocabulary: Vocabulary = VOCABULARY) -> Path:
    write_bundle(
        path,
        name=name,
        vocabulary=vocabulary,
        decoder=b"graph",
        head_weight=np.ones((len(vocabulary), 8), dtype=np.float32),
        head_bias=np.zeros(len(vocabulary), dtype=np.float32),
        n_layer=1,
        n_head=1,
        block_size=8,
        provenance={"made": name},
    )
    return path


@pytest.fixture
def store(tmp_path: Path) -> BundleStore:
    return BundleStore(tmp_path / "data", write(tmp_path / "shipped", "shipped"))


def add(store: BundleStore, *names: str) -> None:
    for name in names:
        with store.draft() as draft:
            write(draft, name)
            store.keep(draft, name, {"general": 1})


def test_without_anything_the_shipped_bundle_is_used(store: BundleStore) -> None:
    assert store.load().bundle.name == "shipped"
    assert (store.active, store.previous, store.list()) == (SHIPPED, SHIPPED, [])
    assert not store.folder.exists()


def test_what_is_activated_is_loaded_and_what_was_before_is_kept(store: BundleStore) -> None:
    add(store, "a", "b")
    assert store.load().name == SHIPPED  # kept is not yet in use
    for name in ("a", "b"):
        store.activate(name)
        assert (store.load().name, store.load().bundle.name) == (name, name)
    assert [(stored.name, stored.is_active) for stored in store.list()] == [("b", True), ("a", False)]
    assert store.list()[0].figures == {"general": 1}
    assert store.list()[0].provenance == {"made": "b"}
    assert store.folder.stat().st_mode & 0o077 == 0  # weights that have learnt from a user


def test_one_step_back_at_a_time(store: BundleStore) -> None:
    add(store, "a", "b")
    store.activate("a")
    store.activate("b")
    assert [store.roll_back(), store.roll_back(), store.roll_back()] == ["a", SHIPPED, SHIPPED]
    store.activate("b")  # what was rolled back can be taken again
    store.activate(SHIPPED)
    assert store.roll_back() == "b"


def test_the_newest_that_is_not_in_use(store: BundleStore) -> None:
    assert store.unused == SHIPPED
    add(store, "one", "two", "three")
    assert store.unused == "two"
    store.activate("two")
    assert store.unused == "three"
    store.activate("three")
    assert store.unused == "one", "two is what one goes back to"
    store.roll_back()
    assert store.unused == "three"


def test_the_oldest_bundles_go_first_those_that_nothing_leads_back_to(store: BundleStore) -> None:
    for name in "abcdef":
        add(store, name)
        if name not in "bc":
            store.activate(name)
    assert [stored.name for stored in store.list()] == ["f", "e", "d", "a"]


def write_and_fail(path: Path) -> None:
    write(path)
    raise RuntimeError("cancelled")


def test_a_draft_that_is_not_kept_leaves_nothing(store: BundleStore) -> None:
    with pytest.raises(RuntimeError), store.draft() as draft:
        write_and_fail(draft)
    with store.draft() as draft:
        write(draft)
    assert list(store.folder.iterdir()) == []


def test_rubbish_of_dead_processes_is_cleared_away_and_that_of_living_ones_is_not(store: BundleStore) -> None:
    store.folder.mkdir(parents=True)
    write(store.folder / ".part-99999999-draft")
    (store.folder / ".part-99999999-active.json").write_text("{")
    write(store.folder / f".part-{os.getppid()}-draft")
    add(store, "a")
    assert sorted(path.name for path in store.folder.iterdir()) == [f".part-{os.getppid()}-draft", "a"]


@pytest.mark.parametrize("damage", ["manifest", "decoder", "folder"])
def test_a_bundle_that_does_not_load_is_passed_over(store: BundleStore, damage: str) -> None:
    add(store, "a", "b")
    store.activate("a")
    store.activate("b")
    if damage == "manifest":
        (store.path_of("b") / MANIFEST).write_text("{")
    elif damage == "decoder":
        (store.path_of("b") / "decoder.onnx").write_bytes(b"other")
    else:
        store.path_of("b").rename(store.folder / "elsewhere")
    loaded = store.load()
    assert loaded.name == "a"
    assert str(loaded.notice).startswith("the retrained model b cannot be used: expected")
    (store.path_of("a") / MANIFEST).unlink()
    assert store.load().name == SHIPPED
    with pytest.raises(BundleError):
        store.activate("b")


@pytest.mark.parametrize(
    "text",
    ["", "{", "[]", "{}", '{"active": 3, "previous": []}', '{"active": "../x", "previous": []}', "\xff"],
)
def test_a_pointer_that_cannot_be_read_means_the_shipped_bundle(store: BundleStore, text: str) -> None:
    add(store, "a")
    store.activate("a")
    (store.folder / "active.json").write_text(text, encoding="latin-1")
    assert store.load().name == SHIPPED
    store.activate("a")
    assert store.load().name == "a"


def test_a_bundle_of_another_vocabulary_is_refused(store: BundleStore, tmp_path: Path) -> None:
    other = from_counts([("你", "ni", 5), ("坏", "huai", 3)])
    with pytest.raises(BundleError, match="the vocabulary"), store.draft() as draft:
        store.keep(write(draft, "a", other), "a", {})
    write(store.folder / "b", "b", other)
    with pytest.raises(BundleError, match="retrain from the shipped bundle"):
        store.activate("b")
    # The program was updated, and the new shipped bundle has another vocabulary.
    add(store, "a")
    store.activate("a")
    updated = BundleStore(tmp_path / "data", write(tmp_path / "newer", "newer", other))
    assert updated.load().bundle.name == "newer"
    assert "another" not in updated.load().name


@pytest.mark.parametrize("name", ["", "../a", "a/b", ".part-1-a"])
def test_names_that_lead_elsewhere_are_refused(store: BundleStore, name: str) -> None:
    with pytest.raises(BundleError), store.draft() as draft:
        store.keep(write(draft), name, {})


def test_a_name_is_given_once(store: BundleStore) -> None:
    add(store, "a")
    with pytest.raises(BundleError, match="a new name"):
        add(store, "a")


def test_removing_what_is_in_use_goes_back(store: BundleStore) -> None:
    add(store, "a", "b")
    store.activate("a")
    store.activate("b")
    store.remove("b")
    assert store.load().name == "a"
    assert [stored.name for stored in store.list()] == ["a"]


def test_the_command_lists_and_goes_back(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    shipped = BundleStore(tmp_path).load().bundle.vocabulary
    store = BundleStore(tmp_path)
    figures = {"held_out": {"before": {"first": 80.0}, "after": {"first": 85.0}}}
    for name in ("a", "b"):
        with store.draft() as draft:
            write(draft, name, shipped)
            store.keep(draft, name, figures)

    def lines(*arguments: str) -> list[str]:
        assert main(["bundles", "--data-directory", str(tmp_path), *arguments]) == 0
        return capsys.readouterr().out.splitlines()

    assert [line[:3] for line in lines("--activate", "a")] == ["  b", "* a", "  t"]
    assert "your phrases 80.0% -> 85.0%" in lines("--activate", "b")[0]
    assert [line[:3] for line in lines("--roll-back")] == ["  b", "* a", "  t"]
    assert [line[:3] for line in lines("--remove", "a")] == ["  b", "* t"]
    assert lines("--activate", "b")[0].startswith("* b")
    assert lines("--shipped")[-1] == "* the shipped model"
    assert main(["bundles", "--data-directory", str(tmp_path), "--activate", "c"]) == 2
    assert main(["bundles", "--data-directory", str(tmp_path), "--remove", "c"]) == 2


@pytest.mark.parametrize("n_kill", [24, pytest.param(100, marks=pytest.mark.long)])
def test_kill_9_at_any_moment_leaves_the_old_bundle_or_the_new_one(tmp_path: Path, n_kill: int) -> None:
    environment = os.environ | {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "PYTHONPATH": str(ROOT)}
    command = [sys.executable, str(ROOT / "tests/engine/killed_store.py"), str(tmp_path), str(n_kill)]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    seen = json.loads(done.stdout)
    assert seen["fallbacks"] == 0  # a pointer never names what is not whole
    assert seen["bundles"] > n_kill / 10
    assert seen["cut"] > n_kill / 10  # of the kills, those in the midst of writing
    assert seen["left"] <= 6  # rubbish does not pile up
