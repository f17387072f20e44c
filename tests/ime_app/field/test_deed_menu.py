"""The menu on a candidate in the fields of other applications, by the right button and by Ctrl+Enter."""

from __future__ import annotations

from contextlib import closing

from engine.storage.user_store import UserStore
from engine.storage.word_store import WordStore
from ime_app.field.keysyms import State
from tests.ime_app.field.bench import DOWN, PATH, RETURN, Bench

ESCAPE = 0xFF1B


def rows(bench: Bench) -> list[str]:
    return [row[0] for row in bench.port.table.rows]


def test_right_button_shows_what_can_be_done_with_a_candidate(bench: Bench) -> None:
    bench.type("shijie")
    before = rows(bench)
    bench.host.click(PATH, before.index("世界"), 3)
    assert rows(bench) == ["Pin “世界”", "Add as a word of yours", "Forget “世界”", "Show its reading"]
    assert bench.port.table.vertical
    bench.host.click(PATH, 2, 1)
    assert "世界" not in rows(bench)
    assert "世界" in bench.port.auxiliary
    bench.key(ord("z"), State.CONTROL)
    assert rows(bench) == before
    assert (bench.port.preedit, bench.port.commits) == ("shijie", [])


def test_a_candidate_is_pinned_added_and_read_out_by_keys(bench: Bench) -> None:
    bench.type("shi")
    first, second, *_ = rows(bench)
    bench.key(DOWN)
    bench.key(RETURN, State.CONTROL)
    assert rows(bench)[0] == f"Pin “{second}”"
    bench.type(" ")
    assert rows(bench)[:2] == [second, first]
    bench.key(RETURN, State.CONTROL)
    assert rows(bench)[0] == "Unpin"
    bench.type("\n")
    assert rows(bench)[0] == first
    bench.type("jie")
    bench.key(RETURN, State.CONTROL)
    bench.type("4")
    assert bench.port.auxiliary == "世界 shi jie"
    bench.key(RETURN, State.CONTROL)
    assert bench.type("2") == [True]
    with closing(UserStore(bench.folder)) as store:
        assert [word.text for word in WordStore(store).words_by_hand()] == ["世界"]
    assert bench.port.commits == []


def test_the_menu_on_a_candidate_moves_closes_and_lets_other_keys_through(bench: Bench) -> None:
    assert bench.key(RETURN, State.CONTROL) == [False], "nothing is composed"
    bench.type("shijie")
    before = rows(bench)
    bench.key(RETURN, State.CONTROL)
    bench.key(DOWN)
    bench.key(DOWN)
    assert bench.port.table.highlighted == 2
    assert bench.key(ESCAPE) == [True]
    assert (rows(bench), bench.port.preedit) == (before, "shijie")
    bench.key(RETURN, State.CONTROL)
    bench.type("9")
    assert (rows(bench), bench.port.commits) == (before, [])
    bench.key(RETURN, State.CONTROL)
    bench.type("n")
    assert bench.port.preedit == "shijien"
    bench.key(RETURN, State.CONTROL)
    bench.leave()
    bench.focus()
    bench.type("shijie1")
    assert bench.port.commits == [before[0]]
