"""A session that is used for weeks: what it holds does not grow with all that was ever typed."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from engine.learning import user_learner, user_lexicon_cache
from engine.protocol import Key, KeyEvent
from tests.engine.learning_typist import Opener, Typist, logged, menus

WINDOW, MOST = 6, 4


@pytest.fixture
def short(monkeypatch: pytest.MonkeyPatch) -> None:
    """Read a few phrases where a user's log has thousands."""
    for module in (user_learner, user_lexicon_cache):
        monkeypatch.setattr(module, "LOG_WINDOW", WINDOW)
    monkeypatch.setattr(user_learner, "MOST_LEARNT", MOST)


def typed_on(typist: Typist) -> Iterator[int]:
    """Commit a phrase after another with pauses between, and yield how many are held one by one."""
    for number in range(40):
        typist.commit(*(("nihao", "你好") if number % 2 else ("shangke", "上课")))
        typist.pause()
        yield typist.learner.personal.n_learnt


@pytest.mark.usefixtures("short")
def test_long_use_knows_what_a_new_start_knows(opened: Opener) -> None:
    typist = opened()
    for _ in range(3):
        typist.commit("shijie", "时节")
    assert typist.menu("shijie")[0] == "时节"
    held = list(typed_on(typist))
    assert max(held) < MOST
    while typist.learner.personal.n_learnt > 1:  # the last commit can still be taken back
        next(typed_on(typist))
    assert typist.menu("shijie")[0] == "世界"  # its picks have left the window of the log
    assert "时节" in typist.menu("shijie")
    assert menus(typist) == menus(opened())


@pytest.mark.usefixtures("short")
def test_words_that_leave_the_window_stay_words(opened: Opener) -> None:
    typist = opened()
    typist.commit("nihaoshijie", "你好世界")
    word = typist.candidate("nihaoshijie", "你好世界").tokens
    list(typed_on(typist))
    assert typist.learner.personal.is_word(word)


def test_what_is_taken_back_while_the_log_is_read_is_not_read(opened: Opener, tmp_path: Path) -> None:
    typist = opened(piece=1)
    for _ in range(3):
        typist.commit("shijie", "时节")
    typist.learner.forget(typist.candidate("shijie", "时节"))  # the log is read anew
    for key in "nihao":
        typist.session.process_key(KeyEvent(key))
    typist.session.process_key(KeyEvent(Key.SPACE))
    for _ in range(4):  # as many pieces as there are phrases; the end of the log is still to be seen
        assert typist.session.warm()
    assert not typist.session.process_key(KeyEvent(Key.BACKSPACE)).handled
    typist.pause()
    assert logged(tmp_path) == ["时节"] * 3
    typist.session.set_surrounding_text("")
    assert menus(typist) == menus(opened())
