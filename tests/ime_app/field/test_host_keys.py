"""Keys into texts: the order of what is left, clicks, Shift, modes, reports, pairs."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from ime_app.field.indicator import DIALOGS
from ime_app.field.keysyms import LEFT, State
from tests.ime_app.field.bench import DOWN, PATH, PLAIN, SHIFT_L, SPACE, Bench

OpenBench = Callable[..., Bench]


def test_sentence_is_one_commit(bench: Bench) -> None:
    assert bench.type("nihaoshijie") == [True] * 11
    assert (bench.port.preedit, bench.port.caret) == ("nihaoshijie", 11)
    assert bench.port.auxiliary == "ni hao shi jie"
    assert bench.port.table.rows[0] == ("你好世界", "")
    assert bench.type(" ") == [True]
    assert bench.port.commits == ["你好世界"]
    assert (bench.port.preedit, bench.port.auxiliary, bench.port.table.rows) == ("", "", ())


def test_what_is_shown_is_what_enter_would_commit(bench: Bench) -> None:
    """The client puts the preedit into its text when the focus goes: no spaces, the caret where it is."""
    bench.type("nihaoshijie")
    bench.key(LEFT, State.CONTROL)
    assert (bench.port.preedit, bench.port.caret) == ("nihaoshijie", 8)
    assert bench.port.auxiliary == "ni hao shi jie"


def test_candidates_are_narrowed_down(bench: Bench) -> None:
    """The condition stands in the auxiliary text: what the client holds is still what Enter would commit."""
    assert bench.type("ni`nv") == [True] * 5
    assert (bench.port.preedit, bench.port.auxiliary) == ("ni", "ni`nv")
    assert bench.port.table.rows[0][0] == "妮"
    bench.type(" ")
    assert bench.port.commits == ["妮"]


def test_key_left_alone_is_committed_in_its_place(bench: Bench) -> None:
    assert bench.type("nihao,3.14 ") == [True] * 11
    assert bench.port.commits == ["你好，", "3", ".", "1", "4", " "]


def test_caps_lock_commits_capitals_one_by_one(bench: Bench) -> None:
    answers = [bench.key(ord(letter), State.LOCK) for letter in "NO"]
    assert (answers, bench.port.commits) == ([[True], [True]], ["N", "O"])


def test_in_english_every_key_is_the_clients(bench: Bench) -> None:
    bench.tap_shift()
    assert bench.type("Hi 3.\b\n") == [False] * 7
    assert bench.port.commits == []
    assert bench.port.menu["InputMode"].symbol == "En"


@pytest.mark.parametrize("state", [State.CONTROL, State.ALT, State.MOD4, State.CONTROL | State.SHIFT])
def test_shortcut_is_never_committed(bench: Bench, state: int) -> None:
    assert bench.key(ord("3"), state) == [False]
    assert bench.key(0x61, state) == [False]
    assert bench.port.commits == []


@pytest.mark.parametrize("key", ["\n", "\b", "←", "\t"])
def test_key_that_moves_or_deletes_is_left_to_the_client(bench: Bench, key: str) -> None:
    assert bench.type(key) == [False]
    assert bench.port.commits == []


def test_nothing_is_said_once_the_focus_has_gone(bench: Bench) -> None:
    bench.type("nihao")
    bench.port.log.clear()
    bench.leave()
    bench.idle()
    assert bench.port.log == []
    bench.focus()
    bench.type("shijie ")
    assert bench.port.commits == ["世界"]


def test_focus_in_twice_is_one(bench: Bench) -> None:
    bench.host.focus_in(PATH, "/context/7")
    bench.type("ni")
    bench.host.focus_in(PATH)
    bench.host.focus_in(PATH, "/context/7")
    assert bench.port.preedit == "ni"
    bench.host.focus_in(PATH, "/context/8")  # another field, whose focus-out of the one before was lost
    bench.type("ma")
    assert bench.port.preedit == "ma"


def test_another_engine_object_has_the_keyboard(bench: Bench) -> None:
    """The daemon makes a new object each time the engine is chosen; the old one is forgotten."""
    bench.type("ni")
    bench.host.create("/engine/2")
    bench.host.destroy(PATH)
    bench.host.focus_in("/engine/2")
    answers: list[bool] = []
    for letter in "shijie ":
        bench.host.key("/engine/2", ord(letter), 0, answers.append)
    assert answers == [True] * 7
    assert bench.port.of("commit") == [("commit", "/engine/2", "世界")]


def test_shift_alone_toggles_and_commits_the_letters(bench: Bench) -> None:
    bench.type("nihao")
    bench.tap_shift()
    assert bench.port.commits == ["nihao"]
    assert bench.type("a") == [False]
    bench.tap_shift()
    assert bench.type("a") == [True]


def test_shift_may_be_set_to_do_nothing(tmp_path: Path, open_bench: OpenBench) -> None:
    """The menu switches all the same, and so does Ctrl+Space."""
    (tmp_path / "settings.toml").write_text('[input]\nshift = "nothing"\n', encoding="utf-8")
    for loading in (True, False):
        bench = open_bench(loading=loading)
        bench.tap_shift()
        assert bench.port.menu["InputMode"].symbol == "中"
        bench.host.activate("InputMode")
        assert bench.port.menu["InputMode"].symbol == "En"
        bench.host.activate("InputMode")
    assert bench.key(SPACE, State.CONTROL) == [True]
    assert bench.port.menu["InputMode"].symbol == "En"


def test_shift_held_for_something_else_toggles_nothing(bench: Bench) -> None:
    bench.tap_shift(seconds=1.5)  # for the mouse
    assert bench.type("a") == [True]
    bench.host.key(PATH, SHIFT_L, 0, lambda taken: None)
    bench.key(ord("N"), State.SHIFT)
    bench.host.key(PATH, SHIFT_L, State.SHIFT | State.RELEASE, lambda taken: None)
    assert bench.type("i") == [True]
    bench.host.reset(PATH)
    bench.host.key(PATH, SHIFT_L, 0, lambda taken: None)
    bench.host.reset(PATH)  # a click moved the caret
    bench.host.key(PATH, SHIFT_L, State.SHIFT | State.RELEASE, lambda taken: None)
    assert bench.type("a") == [True]


def test_clicks_on_candidates(bench: Bench) -> None:
    bench.type("shi")
    n_row = len(bench.port.table.rows)
    bench.host.click(PATH, 16, 1)  # what ibus-ui-gtk3 sends for a click on the number
    assert bench.port.commits == []
    wanted = bench.port.table.rows[1][0]
    bench.host.click(PATH, 1, 1)
    assert bench.port.commits == [wanted]
    assert n_row > 2


def test_pages_and_wheel(bench: Bench) -> None:
    bench.type("ni")
    first = bench.port.table
    assert (first.has_before, first.has_after) == (False, True)
    bench.host.turn_page(PATH, 1)
    second = bench.port.table
    assert second.has_before
    assert second.rows != first.rows
    bench.host.turn_page(PATH, -1)
    bench.host.move_highlight(PATH, 1)
    assert bench.port.table.highlighted == 1
    bench.key(DOWN)
    assert bench.port.table.highlighted == 2


def test_menu_switches_modes_and_opens_dialogs(bench: Bench) -> None:
    assert [item.name for item in bench.port.menu.values() if item.is_on] == ["punctuation"]
    bench.host.activate("punctuation")
    bench.type("nihao,")
    assert bench.port.commits == ["你好,"]
    bench.host.activate("width")
    bench.host.activate("script")
    assert [bench.port.menu[name].is_on for name in ("punctuation", "width", "script")] == [False, True, True]
    bench.type("1")
    assert bench.port.commits[-1] == "１"
    bench.host.activate("InputMode")
    assert bench.port.menu["InputMode"].symbol == "En"
    for name in DIALOGS:
        bench.host.activate(name)
    assert bench.opened == list(DIALOGS)


def test_modes_are_remembered_for_the_next_start(open_bench: OpenBench) -> None:
    first = open_bench()
    first.host.activate("width")
    first.tap_shift()
    first.close()
    second = open_bench()
    assert second.port.menu["width"].is_on
    assert second.port.menu["InputMode"].symbol == "En"


def test_what_the_client_reports_is_read(bench: Bench) -> None:
    bench.report("版本 3")
    bench.type(".")
    assert bench.port.commits == ["."]


def test_report_that_is_older_than_the_last_key_is_not_believed(bench: Bench) -> None:
    bench.report("你好")
    bench.type("3")
    bench.report("你好")  # of before the 3
    bench.type(".")
    assert bench.port.commits == ["3", "."]
    bench.report("你好3.")
    bench.idle()
    bench.report("另一处")  # the caret was moved
    bench.type(".")
    assert bench.port.commits[-1] == "。"


def test_report_counted_in_bytes(bench: Bench) -> None:
    """GNOME Shell 43: `你好世界` and 12; known by it, a caret in the middle is in bytes, too."""
    bench.host.set_surrounding(PATH, "你好3世界", 16, 16)
    bench.idle()
    bench.host.set_surrounding(PATH, "你好3世界", 7, 7)
    bench.type(".")
    assert bench.port.commits == ["."]


def test_bytes_are_seen_in_the_middle_of_a_text(bench: Bench) -> None:
    """What was just committed stands before the caret, if it is counted rightly."""
    bench.report("")
    bench.type("nihao ")
    text = "你好" + "世" * 20
    bench.host.set_surrounding(PATH, text, 6, 6)
    bench.idle()
    bench.host.set_surrounding(PATH, "世3" + text, 4, 4)
    bench.idle()
    bench.type(".")
    assert bench.port.commits == ["你好", "."]


def test_selection_belongs_to_neither_side(bench: Bench) -> None:
    bench.host.set_surrounding(PATH, "3你好", 3, 1)
    bench.type(".")
    assert bench.port.commits == ["."]


def test_text_of_a_client_that_tells_nothing_is_forgotten_when_the_caret_moves(open_bench: OpenBench) -> None:
    bench = open_bench(capabilities=PLAIN)
    bench.type("3.")
    bench.type("3←.")
    assert "".join(bench.port.commits) == "3.3。"
    assert bench.port.of("ask") == []


def pairs_on(folder: Path) -> None:
    (folder / "settings.toml").write_text("[input]\npair_punctuation = true\n", encoding="utf-8")


def test_pairs_where_the_client_can_delete(tmp_path: Path, open_bench: OpenBench) -> None:
    pairs_on(tmp_path)
    bench = open_bench()
    bench.report("")
    bench.type("(")
    assert bench.port.of("press") == [("press", PATH, LEFT)]
    assert bench.port.commits == ["（）"]
    bench.report("（", "）")
    bench.idle()
    bench.type(")")
    assert bench.port.of("delete") == [("delete", PATH, 0, 1)]
    assert bench.port.commits == ["（）", "）"]


def test_no_pairs_where_it_cannot(tmp_path: Path, open_bench: OpenBench) -> None:
    pairs_on(tmp_path)
    bench = open_bench(capabilities=PLAIN)
    bench.type("(")
    assert bench.port.commits == ["（"]


def test_report_from_before_the_caret_moved_ends_no_pairs(tmp_path: Path, open_bench: OpenBench) -> None:
    """GTK 3 tells nothing of a Left that is sent to it, before the next key."""
    pairs_on(tmp_path)
    bench = open_bench()
    bench.type("(")
    bench.report("（）")
    bench.idle()
    bench.report("（", "）")
    bench.type("nihao )")
    assert bench.port.commits == ["（）", "你好", "）"]
    assert bench.port.of("delete") == [("delete", PATH, 0, 1)]


def test_no_pairs_any_more_where_the_caret_did_not_move(tmp_path: Path, open_bench: OpenBench) -> None:
    """Some programs do nothing with a key that is sent to them."""
    pairs_on(tmp_path)
    bench = open_bench()
    bench.type("(")
    bench.report("（）")
    bench.idle()
    bench.type("(")
    bench.leave()
    bench.focus()
    bench.type("(")
    assert bench.port.commits == ["（）", "（", "（"]


@pytest.mark.parametrize(
    ("program", "commit"),
    [("gtk4-im:editor", "（"), ("gtk3-im:editor", "（）"), ("", "（）"), ("fake", "（")],
)
def test_pairs_only_where_a_key_moves_the_caret(
    tmp_path: Path, open_bench: OpenBench, program: str, commit: str
) -> None:
    """IBus says FocusIn first, without a name; `fake` is a context of its own."""
    pairs_on(tmp_path)
    bench = open_bench()
    bench.leave()
    bench.host.focus_in(PATH)
    bench.host.focus_in(PATH, "/context/7", program)
    bench.type("(")
    assert bench.port.commits == [commit]


def test_program_whose_caret_does_not_move_is_known_in_its_other_fields(
    tmp_path: Path, open_bench: OpenBench
) -> None:
    pairs_on(tmp_path)
    bench = open_bench()
    bench.leave()
    for path, program in (("/a", "editor"), ("/b", "editor"), ("/c", "another")):
        bench.host.set_capabilities(path, bench.capabilities)
        bench.host.focus_in(path, program=program)
        bench.host.key(path, ord("("), 0, lambda taken: None)
        bench.host.set_surrounding(path, "（）", 2, 2)
        bench.idle()
        bench.host.key(path, ord("("), 0, lambda taken: None)
        bench.host.focus_out(path)
    assert bench.port.commits == ["（）", "（", "（", "（", "（）", "（"]


def test_session_that_fails_gives_the_letters_back(bench: Bench) -> None:
    bench.type("niha")
    converter = bench.engines[0].session._converter

    def fail(keys: str, fixed: tuple[int, ...] = ()) -> object:
        raise RuntimeError(keys)

    converter.convert = fail  # type: ignore[method-assign, assignment]
    assert bench.type("o") == [True]
    assert bench.port.commits == ["nihao"]
    assert "RuntimeError" in bench.port.auxiliary


def test_refusals_and_notices_stand_beside_the_candidates(bench: Bench) -> None:
    bench.type("a" * 64 + "←a")
    assert "64" in bench.port.auxiliary
    assert bench.port.preedit == "a" * 64
    bench.host.reset(PATH)
    bench.idle()
    bench.type("shijie")
    bench.key(DOWN)
    bench.key(0xFF52, State.CONTROL)  # Ctrl+Up
    assert bench.port.auxiliary.endswith("is pinned")


def test_predictions_have_no_highlight_and_go_with_any_key(tmp_path: Path, open_bench: OpenBench) -> None:
    (tmp_path / "settings.toml").write_text("[input]\npredict = true\n", encoding="utf-8")
    bench = open_bench()
    bench.type("nihao ")
    bench.idle()
    assert bench.port.table.rows
    assert bench.port.table.highlighted == -1
    bench.type("\n")
    assert not bench.port.table.rows
    bench.type("nihao ")
    bench.idle()
    shown = bench.port.table.rows[0][0]
    bench.host.click(PATH, 0, 1)
    assert bench.port.commits[-1] == shown
