"""The log is read piece by piece, while nobody types, and anew when something in it no longer counts."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from unittest.mock import Mock

import pytest

from engine.learning.stored_choices import StoredChoices
from engine.protocol import Key, KeyEvent
from engine.storage.phrase_log import PhraseLog
from engine.storage.schema import StoreError
from tests.engine.learning_typist import Opener, logged, menus


def test_what_another_window_says_while_the_log_is_read_is_known_after_a_pause(opened: Opener) -> None:
    here, there = opened(), opened()
    for text in ("时节", "使节"):
        here.commit("shijie", text)
    here.pause()
    there.learner.forget(there.candidate("shijie", "时节"))
    assert here.session.warm(), "the log is to be read anew"
    there.learner.forget(there.candidate("shijie", "使节"))
    here.pause()
    assert not {"时节", "使节"} & set(here.menu("shijie"))


def test_what_another_window_says_while_its_last_word_is_loaded_is_loaded_as_well(
    opened: Opener, monkeypatch: pytest.MonkeyPatch
) -> None:
    here, there = opened(), opened()
    for text in ("时节", "使节"):
        here.commit("shijie", text)
    here.pause()
    there.learner.forget(there.candidate("shijie", "时节"))
    late, load_words = [there.candidate("shijie", "使节")], StoredChoices.load_words

    def load(choices: StoredChoices, *arguments: Any, **options: Any) -> None:
        if late:
            there.learner.forget(late.pop())
        load_words(choices, *arguments, **options)

    monkeypatch.setattr(StoredChoices, "load_words", load)
    here.pause()
    here.pause()
    assert not late
    assert not {"时节", "使节"} & set(here.menu("shijie"))


def test_what_could_not_be_read_is_read_in_the_next_pause(
    opened: Opener, monkeypatch: pytest.MonkeyPatch
) -> None:
    here, there = opened(), opened()
    here.commit("shijie", "时节")
    here.pause()
    there.learner.forget(there.candidate("shijie", "时节"))
    with monkeypatch.context() as patch:
        patch.setattr(StoredChoices, "load", Mock(side_effect=StoreError("locked")))
        here.pause()
    here.pause()
    assert "时节" not in here.menu("shijie")[:2]


def test_a_log_that_cannot_be_read_keeps_no_pause_busy(
    opened: Opener, monkeypatch: pytest.MonkeyPatch
) -> None:
    typist = opened()
    typist.commit("shijie", "时节")
    typist.pause()
    monkeypatch.setattr("engine.learning.user_learner.MOST_LEARNT", 1)
    monkeypatch.setattr(PhraseLog, "since", Mock(side_effect=StoreError("locked")))
    assert [typist.session.warm() for _ in range(4)] == [True, False, True, False]


def test_the_log_is_read_in_pieces_or_when_it_is_asked_for(opened: Opener) -> None:
    typist = opened()
    for _ in range(3):
        typist.commit("shijie", "时节")
    known = menus(typist)
    patient, hasty = opened(piece=2), opened(piece=2)
    assert [patient.session.warm() for _ in range(4)] == [True, True, False, False]
    assert not hasty.learner.personal.is_read
    for key in "shijie":
        output = hasty.session.process_key(KeyEvent(key))
    assert output.menu.candidates[0].text == "时节"
    hasty.session.reset()
    assert menus(patient) == menus(hasty) == known


def test_a_commit_while_the_log_is_read_again_can_be_taken_back(opened: Opener, tmp_path: Path) -> None:
    typist = opened(piece=1)
    for _ in range(3):
        typist.commit("shijie", "时节")
    candidate = typist.candidate("shijie", "时节")
    typist.learner.forget(candidate)
    known = logged(tmp_path)
    assert typist.session.warm()
    for key in "nihao":
        typist.session.process_key(KeyEvent(key))
    typist.session.process_key(KeyEvent(Key.SPACE))
    typist.pause()
    assert logged(tmp_path) == [*known, "你好"]
    assert not typist.session.process_key(KeyEvent(Key.BACKSPACE)).handled
    assert logged(tmp_path) == known
    typist.session.set_surrounding_text("")
    assert menus(typist) == menus(opened())


def test_forgetting_what_was_never_typed_reads_nothing_again(
    opened: Opener, monkeypatch: pytest.MonkeyPatch
) -> None:
    typist = opened()
    typist.commit("shijie", "时节")
    candidate = typist.candidate("shijie", "使节")
    monkeypatch.setattr(PhraseLog, "since", None)
    typist.learner.forget(candidate)
    assert "使节" not in typist.menu("shijie")
    typist.learner.restore(candidate)
    assert "使节" in typist.menu("shijie")
    assert typist.learner.take_notices() == []
