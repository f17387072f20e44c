"""墨音 in a real fcitx5, typed into other applications under a real X server.

Part of `make test-long` alone: it compiles the addon. Debian's names of what it needs are in
`.ci/system-packages long`; without them it fails.
"""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path

import pytest

from tests.ime_app.applications import (
    PAIRS,
    STEPS,
    TERMINAL_STEPS,
    Application,
    another_engine_and_back,
    client_command,
    keys_left_to_the_client,
    surrounding_text_and_pairs,
    under_load,
)
from tests.ime_app.display import Desk, running, wait_for
from tests.ime_app.fcitx5.desktop import application

pytestmark = pytest.mark.long


def another_input_method_and_back(there: Application) -> None:
    there.choose("keyboard-us")
    there.type("ni ")
    there.has("ni ")
    there.choose("moyin")
    there.type("hao ")
    there.has("ni 号")


@pytest.mark.parametrize(
    ("toolkit", "delay_ms"),
    [("qt6", 4), ("qt6", 60), ("gtk3", 4), ("gtk3", 60), ("gtk4", 20), ("gtk4", 60)],
)
def test_typing(tmp_path: Path, toolkit: str, delay_ms: int) -> None:
    """At 4 ms the queue of GTK 4 mixes what is deleted with what is typed, at 20 on a busy machine."""
    if toolkit == "gtk4" and delay_ms == 20:
        delay_ms = min(59, int(under_load(delay_ms)))
    with application(tmp_path, delay_ms, toolkit) as (there, _):
        for step in STEPS:
            (another_input_method_and_back if step is another_engine_and_back else step)(there)
            there.clear()


def test_typing_into_a_terminal(tmp_path: Path) -> None:
    with application(tmp_path, 40, "xterm") as (there, _):
        for step in TERMINAL_STEPS:
            step(there)
            there.clear()


def test_letters_stay_when_another_input_method_is_chosen(tmp_path: Path) -> None:
    with application(tmp_path, 20, "gtk3") as (there, _):
        there.type("nihao")
        there.choose("keyboard-us")
        there.has("nihao")


@pytest.mark.parametrize("toolkit", ["qt6", "gtk3"])
def test_surrounding_text_is_read_and_pairs_are_deleted(tmp_path: Path, toolkit: str) -> None:
    with application(tmp_path, 40, toolkit, PAIRS) as (there, _):
        surrounding_text_and_pairs(there)


def test_keys_left_to_the_client_keep_their_order(tmp_path: Path) -> None:
    with application(tmp_path, 40, "gtk3") as (there, _):
        keys_left_to_the_client(there)


def types_again(there: Application) -> bool:
    """Return whether what is typed becomes hanzi; before that it may go through as letters."""
    there.type("shijie ")
    time.sleep(0.2)
    return "世界" in there.fields[0]


def test_process_that_is_killed_is_begun_again_and_no_letter_is_lost(tmp_path: Path) -> None:
    with application(tmp_path, 20, "gtk3") as (there, desktop):
        there.type("nihao")
        (process,) = desktop.children()
        os.kill(process, signal.SIGKILL)
        killed = time.monotonic()
        there.has("nihao")
        wait_for("typing after a crash", lambda: types_again(there))
        assert time.monotonic() - killed < under_load(5)
        assert process not in desktop.children()


@pytest.mark.parametrize("seconds", ["0", "0.3"])  # at 0.3 s fcitx5 waits no more, and has taken the key
@pytest.mark.parametrize("key", ["s", " "])
def test_process_that_dies_between_what_a_key_does_and_its_answer_types_nothing_twice(
    tmp_path: Path, key: str, seconds: str
) -> None:
    type_while_it_dies(tmp_path, key, seconds, f"nihao{key}")


@pytest.mark.parametrize(("key", "text"), [("s", "nihaos"), (" ", "你好")])
def test_process_that_dies_directly_behind_its_answer_has_taken_the_key(
    tmp_path: Path, key: str, text: str
) -> None:
    type_while_it_dies(tmp_path, key, "answered", text)


def type_while_it_dies(folder: Path, key: str, when: str, text: str) -> None:
    """Type `key` behind a composition, at which the process dies, and look for `text`."""
    with application(folder, 20, "gtk3") as (there, _):
        there.type("nihao")
        there.composes("nihao")
        (folder / "mortal").write_text(when, encoding="utf-8")
        there.type(key)
        there.has(text)


def test_what_is_typed_while_the_model_loads_is_kept_in_its_order(tmp_path: Path) -> None:
    with application(tmp_path, 20, "gtk3") as (there, desktop):
        gate = tmp_path / "loading"
        gate.touch()
        (process,) = desktop.children()
        os.kill(process, signal.SIGKILL)
        wait_for("another process", (tmp_path / "begun").exists)
        there.type("nihao,3 shijie ")
        assert there.fields[0] == ""
        gate.unlink()
        there.has("你好，3 世界")


@pytest.mark.parametrize("toolkit", ["qt6", "gtk3"])
def test_letters_without_an_answer_stay_in_the_window_that_is_left(tmp_path: Path, toolkit: str) -> None:
    """Qt takes no text any more once it has lost the keyboard, but keeps the letters that it shows."""
    with application(tmp_path, 20, toolkit) as (there, desktop):
        other = client_command(toolkit, tmp_path / "other")
        with running(other, there.desk.environment) as client:
            first, second = there.desk.window, Desk(client, there.desk.environment, "A text field")
            wait_for("another window", lambda: second.find("A text field") != first)
            there.desk.focus(first)
            time.sleep(0.5)
            (process,) = desktop.children()
            os.kill(process, signal.SIGSTOP)
            there.type("nihao")
            there.composes("nihao")
            there.desk.focus(second.find("A text field"))
            time.sleep(0.3)
            os.kill(process, signal.SIGCONT)
            there.has("nihao")


def test_process_that_stands_still_takes_no_letter_with_it(tmp_path: Path) -> None:
    with application(tmp_path, 20, "gtk3") as (there, desktop):
        there.type("ni")
        (process,) = desktop.children()
        os.kill(process, signal.SIGSTOP)
        started = time.monotonic()
        there.type("hao ")
        assert desktop.remote("-n") == "moyin"  # fcitx5 itself answers
        assert time.monotonic() - started < under_load(2)
        wait_for("the letters", lambda: there.fields[0])
        there.has("nihao ")
        there.clear()
        wait_for("another process", lambda: desktop.children() not in ([], [process]))
        wait_for("typing after a standstill", lambda: types_again(there))
