"""While the engine loads, when it does not come, and when another takes its place."""

from __future__ import annotations

import gc
import weakref
from collections.abc import Callable
from pathlib import Path

import pytest

from ime_app.field.keysyms import State
from ime_app.input.loaded_engine import Engine
from tests.ime_app.field.bench import PATH, SPACE, Bench

OpenBench = Callable[..., Bench]


@pytest.fixture
def loading(open_bench: OpenBench) -> Bench:
    return open_bench(loading=True)


def test_keys_wait_in_order(loading: Bench) -> None:
    assert loading.type("nihao,3 shijie") == []
    assert "loading" in loading.port.auxiliary.lower()
    assert loading.port.commits == []
    loading.finish_loading()
    assert loading.port.commits == ["你好，", "3", " "]
    assert loading.port.preedit == "shijie"


def test_what_fails_before_the_next_key_is_said_once(loading: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail() -> bool:
        raise RuntimeError("ahead")

    def idle() -> str:
        loading.port.auxiliary = ""
        loading.host.idle()
        return loading.port.auxiliary

    loading.finish_loading(lambda engine: monkeypatch.setattr(engine.session, "warm", fail))
    assert "failed (RuntimeError)" in idle()
    assert loading.type("ni ") == [True, True, True]
    assert loading.port.commits == ["你"]
    assert "failed" not in idle()


def test_waiting_keys_are_answered_each(loading: Bench) -> None:
    answers: list[tuple[str, bool]] = []

    def press(letter: str) -> None:
        keysym = 0xFF0D if letter == "\n" else ord(letter)
        loading.host.key(PATH, keysym, 0, lambda taken: answers.append((letter, taken)))

    for letter in "ni\n":
        press(letter)
    assert answers == []
    loading.finish_loading()
    assert answers == [("n", True), ("i", True), ("\n", True)]
    assert loading.port.commits == ["ni"]


def test_key_that_cannot_concern_the_engine_does_not_wait(loading: Bench) -> None:
    assert loading.key(0xFFC2) == [False]  # F5
    assert loading.key(ord("c"), State.CONTROL) == [False]
    assert loading.type("\b\n←") == [False] * 3
    loading.tap_shift()
    assert loading.type("Hi") == [False, False]
    assert loading.port.menu["InputMode"].symbol == "En"
    loading.finish_loading()
    assert loading.type("Hi") == [False, False]  # the mode stays


def test_what_comes_behind_a_waiting_key_waits_too(loading: Bench) -> None:
    loading.type("n")
    loading.tap_shift()
    loading.type("x")
    loading.finish_loading()
    assert loading.port.commits == ["n"]
    assert loading.port.preedit == ""


def test_field_that_is_left_gets_its_letters_back(loading: Bench) -> None:
    answers: list[bool] = []
    for letter in "ni":
        loading.host.key(PATH, ord(letter), 0, answers.append)
    loading.leave()
    assert answers == [False, False]
    loading.focus()
    loading.finish_loading()
    loading.type("shijie ")
    assert loading.port.commits == ["世界"]


def test_another_engine_object_that_goes_gives_nothing_back(loading: Bench) -> None:
    """The daemon takes the old object down after it has made the new one."""
    loading.host.create("/engine/0")
    answers: list[bool] = []
    loading.host.key(PATH, ord("n"), 0, answers.append)
    loading.host.focus_out("/engine/0")
    loading.host.destroy("/engine/0")
    assert answers == []
    loading.finish_loading()
    assert answers == [True]


def test_engine_that_comes_between_two_fields_has_the_modes(loading: Bench) -> None:
    loading.host.activate("width")
    loading.leave()
    loading.finish_loading()
    loading.host.activate("punctuation")  # from the menu, while no field has the keyboard
    loading.focus()
    assert loading.port.menu["width"].is_on
    assert not loading.port.menu["punctuation"].is_on


def test_letters_come_back_before_the_daemon_gives_up(loading: Bench) -> None:
    answers: list[bool] = []
    loading.host.key(PATH, ord("n"), 0, answers.append)
    loading.idle(9.0)
    assert answers == []
    loading.idle(1.5)
    assert answers == [False]
    assert loading.type("i") == [False]  # no further ten seconds
    loading.finish_loading()
    assert loading.type("i") == [True]


def test_no_engine(loading: Bench) -> None:
    answers: list[bool] = []
    loading.host.key(PATH, ord("n"), 0, answers.append)
    loading.host.failed("expected this, found that")
    assert answers == [False]
    assert "found that" in loading.port.auxiliary
    assert loading.type("ihao ") == [False] * 5
    loading.tap_shift()
    assert loading.port.menu["InputMode"].symbol == "En"


def test_engine_that_cannot_be_opened(loading: Bench) -> None:
    def fail(engine: Engine) -> None:
        raise OSError("a disk")

    loading.finish_loading(fail)
    assert "OSError" in loading.port.auxiliary
    assert loading.type("n") == [False]


def activate_bundle(folder: Path, name: str) -> None:
    (folder / "models").mkdir(exist_ok=True)
    (folder / "models" / "active.json").write_text(f'{{"active": "{name}", "previous": []}}')


def test_another_bundle_is_loaded_beside_and_taken_over_in_a_pause(bench: Bench) -> None:
    bench.type("ni")
    activate_bundle(bench.folder, "newer")
    bench.idle()
    assert bench.n_load == 2
    bench.idle()
    assert bench.n_load == 2  # once
    bench.host.activate("width")
    bench.finish_loading()
    assert len(bench.engines) == 1  # something is composed
    bench.type("hao ")
    bench.idle()
    assert len(bench.engines) == 2
    assert bench.port.commits == ["你好"]
    bench.type("1")
    assert bench.port.commits[-1] == "１"  # the modes stay


def test_model_that_was_replaced_is_let_go_at_once(bench: Bench) -> None:
    """It holds on to itself, in a circle."""
    session = bench.engines.pop().session
    session.itself = session  # type: ignore[attr-defined]
    before = weakref.ref(session)
    del session
    gc.disable()
    try:
        bench.finish_loading()
        assert before() is None
    finally:
        gc.enable()


def test_bundle_that_does_not_load_changes_nothing(bench: Bench) -> None:
    bench.type("ni")
    bench.host.failed("expected this")
    assert "expected this" in bench.port.auxiliary
    bench.type("hao ")
    assert bench.port.commits == ["你好"]


def test_settings_are_taken_over(bench: Bench) -> None:
    settings = bench.folder / "settings.toml"
    settings.write_text(
        '[input]\npage_size = 3\n[appearance]\ncandidate_list = "vertical"\nlanguage = "zh"\n',
        encoding="utf-8",
    )
    bench.idle()
    bench.type("ni")
    table = bench.port.table
    assert (table.page_size, table.vertical, len(table.rows)) == (3, True, 3)
    settings.write_text("[input]\npage_size = 5\n", encoding="utf-8")
    bench.leave()
    bench.focus()
    bench.type("ni")
    assert len(bench.port.table.rows) == 5


def test_scheme_that_cannot_be_used_is_said_once(bench: Bench) -> None:
    settings = bench.folder / "settings.toml"
    settings.write_text('[spelling]\nscheme = "/nowhere.toml"\n', encoding="utf-8")
    bench.idle()
    assert "nowhere.toml" in bench.port.auxiliary
    bench.type("nihao")
    assert bench.port.auxiliary == "ni hao"
    bench.key(SPACE)
    bench.leave()
    bench.focus()
    assert "nowhere.toml" not in bench.port.auxiliary
