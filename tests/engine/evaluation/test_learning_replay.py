"""The replay benchmark: what a clause costs in keys, and that learning saves some."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from engine.__main__ import main
from engine.converter_choice import ConverterChoice
from engine.evaluation.cases import Case
from engine.evaluation.learning_replay import Effort, replay
from engine.lexicon.vocabulary import Vocabulary
from tests.engine.tiny_bundle import write_tiny_bundle


@pytest.fixture
def choice(tmp_path: Path, vocabulary: Vocabulary) -> ConverterChoice:
    return ConverterChoice(write_tiny_bundle(tmp_path / "model", vocabulary))


RARE = Case("a", "nishijie", ("ni", "shi", "jie"), "", "泥使街")


def test_what_is_typed_again_costs_fewer_keys(choice: ConverterChoice) -> None:
    off, on = (replay(choice, [RARE] * 6, 2, {}, learning) for learning in (False, True))
    assert [effort.cases for effort in off.efforts] == [effort.cases for effort in on.efforts] == [2, 2, 2]
    assert off.efforts[0] == off.efforts[2]
    assert off.efforts[0].first == 0
    assert on.efforts[2] == Effort(cases=2, hanzi=6, keys=2 * (len(RARE.keys) + 1), first=2)
    assert on.efforts[2].keys < off.efforts[2].keys


def test_other_text_is_scored_with_what_was_learnt(choice: ConverterChoice) -> None:
    on = replay(choice, [RARE] * 4, 4, {"same": [RARE]}, True)
    assert on.harm["same"].first == 1


def test_a_hanzi_that_is_not_to_be_had_counts_nothing(choice: ConverterChoice) -> None:
    case = Case("a", "ni", ("ni",), "", "龘")
    assert replay(choice, [case], 1, {}, True).efforts == [Effort()]


def test_command(tmp_path: Path, choice: ConverterChoice, capsys: pytest.CaptureFixture[str]) -> None:
    rows = [{"id": i, "pinyin": RARE.pinyin, "hanzi": RARE.hanzi} for i in range(4)]
    path = tmp_path / "user.jsonl"
    path.write_text("\n".join(json.dumps(row) for row in rows), encoding="utf-8")
    arguments = ["benchmark", "replay", str(path), "--others", str(path), "--bundle", str(choice.bundle)]
    assert main([*arguments, "--window", "2"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert "| user: cases | hanzi | keys a hanzi, off | on | first right %, off | on |" in lines
    assert lines[-2].startswith("| other text: user, 4 cases | | | | 0.0 | 100.0 |")
