"""The ranker learns whose picks it is shown, and says so in a table."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.evaluation.cases import Case
from training.commands.main import main
from training.experiments.ranker import RankedMenu, auc, fit, quality
from training.experiments.ranker_replay import FEATURES, by_words, compare_rankers

WANTS = np.array([2.0, -1.0, 0.0])  # a user who likes the first feature and not the second


def offers(n: int, seed: int, wants: np.ndarray = WANTS) -> list[RankedMenu]:
    """Menus of six candidates, of which such a user takes the best."""
    draw = np.random.default_rng(seed)
    menus = [draw.normal(3.0, 2.0, (6, len(wants))) for _ in range(n)]
    return [RankedMenu(menu, int((menu @ wants).argmax())) for menu in menus]


def test_it_learns_what_its_user_wants() -> None:
    ranker = fit(offers(200, seed=1))
    later = offers(200, seed=2)
    found = quality([ranker.chances(offer.features) for offer in later], [offer.picked for offer in later])
    assert found.auc > 0.99
    assert found.f1 > 0.9
    other = fit(offers(200, seed=1, wants=-WANTS))
    strange = quality([other.chances(offer.features) for offer in later], [offer.picked for offer in later])
    assert strange.auc < 0.2, "another user's ranker turns the menu round"


def test_a_feature_that_says_nothing_weighs_nothing() -> None:
    menus = [RankedMenu(np.c_[offer.features, np.full(6, 7.0)], offer.picked) for offer in offers(50, seed=3)]
    assert fit(menus).weights[-1] == 0.0


def test_the_weights_are_the_likeliest() -> None:
    """Where the penalised likelihood is highest, its slope is nothing."""
    shown = offers(40, seed=4)
    ranker = fit(shown, decay=2.0)
    slope = -2.0 * ranker.weights
    for offer in shown:
        features = (offer.features - ranker.means) / ranker.scales
        slope += features[offer.picked] - ranker.chances(offer.features) @ features
    assert np.abs(slope).max() < 1e-6


@given(st.lists(st.tuples(st.integers(0, 4), st.booleans()), min_size=1, max_size=12))
def test_auc_is_the_chance_that_a_picked_one_stands_higher(rows: list[tuple[int, bool]]) -> None:
    picked = [value for value, label in rows if label]
    others = [value for value, label in rows if not label]
    pairs = [(a > b) + (a == b) / 2 for a in picked for b in others]
    values, labels = np.array([row[0] for row in rows], float), np.array([row[1] for row in rows])
    assert auc(values, labels) == pytest.approx(sum(pairs) / max(len(pairs), 1))


def test_precision_and_recall() -> None:
    found = quality([np.array([0.9, 0.1]), np.array([0.6, 0.4]), np.array([0.4, 0.3, 0.3])], [0, 1, 0])
    assert (found.precision, found.recall) == (1 / 2, 1 / 3)
    assert found.f1 == pytest.approx(0.4)


def cases() -> list[Case]:
    texts = (
        ("xian zai", "现在"),
        ("tian qi", "天气"),
        ("hen hao", "很好"),
        ("shang ke", "上课"),
        ("xing", "形"),
    )
    rows = [(number, *texts[number % len(texts)]) for number in range(30)]
    return [Case(n, keys.replace(" ", ""), tuple(keys.split()), "", text) for n, keys, text in rows]


def test_a_log_is_typed_again(tiny_bundle: Path) -> None:
    outcome = compare_rankers(tiny_bundle, "log", cases(), 10)
    assert list(outcome.weights) == list(FEATURES)
    assert {effort.cases for effort in outcome.efforts.values()} == {10}
    assert outcome.efforts["ranker"].keys <= outcome.efforts["rule by hand"].keys
    assert outcome.efforts["ranker"].first >= 9, "what was picked for these letters before is picked again"
    assert outcome.qualities["ranker"].auc > 0.95


def test_word_by_word(tiny_bundle: Path) -> None:
    case = Case(1, "xianzaitianqihenhao", ("xian", "zai", "tian", "qi", "hen", "hao"), "他说", "现在天气很好")
    found = list(by_words([case], tiny_bundle))
    assert "".join(word.hanzi for word in found) == case.hanzi
    assert [word.hanzi for word in found][:2] == ["现在", "天气"]
    assert found[1].context == "他说现在"
    assert found[1].keys == "tianqi"


def test_the_command(tiny_bundle: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    log = tmp_path / "log.jsonl"
    rows = [{"id": case.id, "pinyin": list(case.pinyin), "hanzi": case.hanzi} for case in cases()]
    log.write_text("\n".join(json.dumps(row) for row in rows))
    arguments = ["ranker", "--log", str(log), "--bundle", str(tiny_bundle), "--judge", "5", "--weights"]
    assert main(arguments) == 0
    printed = capsys.readouterr().out
    assert [line.split(" | ")[1] for line in printed.splitlines()[2:5]] == [
        "rule by hand", "ranker", "ranker, where sure",
    ]  # fmt: skip
    assert "    picked share: " in printed
    assert main([*arguments, "--begin", "27"]) != 0
    assert "are judged by" in capsys.readouterr().err
