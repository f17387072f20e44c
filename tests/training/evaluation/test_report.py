"""Reports: the figures of known outcomes, what chance makes of them, and a page from a command."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from engine.conversion.beam_search import SearchOptions
from engine.conversion.converter import Converter, ConverterParts
from engine.evaluation.cases import Case
from engine.lexicon.lexicon import Lexicon
from engine.lexicon.vocabulary import Vocabulary
from engine.model.fake_decoder import FakeDecoder
from tests.engine.tiny_bundle import write_tiny_bundle
from training.commands.main import main
from training.evaluation import case_outcomes as report_cases
from training.evaluation.bootstrap import CompareError, changes, paired_bootstrap
from training.evaluation.case_outcomes import Cache, CaseOutcome, JudgedModel, outcome_of_case, outcomes_of
from training.evaluation.metrics import (
    CHARACTERS,
    MEASURES,
    PRESSES,
    RECIPROCAL,
    UNREACHED,
    by_frequency,
    by_group,
    by_length,
    first_k,
    macro_f1,
    rare_readings,
)
from training.evaluation.report import hanzi_ranks
from training.evaluation.report_plots import gain_of_doubling

CASES = [
    {"id": "1", "pinyin": ["ni", "hao"], "hanzi": "你好", "context": "中国"},
    {"id": "2", "pinyin": ["shi", "jie"], "hanzi": "世界"},
    {"id": "3", "pinyin": ["zhong", "guo", "ren", "min"], "hanzi": "中国人民"},
]


@pytest.fixture
def converter(decoder: FakeDecoder, vocabulary: Vocabulary, lexicon: Lexicon) -> Converter:
    """Return a converter whose menu has few sentences."""
    return Converter(ConverterParts(decoder, vocabulary, lexicon), SearchOptions(beam_width=16))


def outcome(hanzi: str, best: str, rank: int = 0, presses: int = 9, **more: Any) -> CaseOutcome:
    pinyin = ["de"] * len(hanzi)
    return CaseOutcome("set", hanzi, hanzi, pinyin, best, ["de"] * len(best), rank, 6, presses, 1.0, **more)


# One case


def test_a_sentence_at_the_first_place_costs_its_letters_and_a_space(converter: Converter) -> None:
    found = outcome_of_case(
        converter, "set", Case("1", "nihaoshijie", ("ni", "hao", "shi", "jie"), "", "你好世界")
    )
    assert (found.rank, found.best, found.presses) == (1, "你好世界", 12)
    assert found.reading == ["ni", "hao", "shi", "jie"]
    assert found.right_characters == 4


def test_other_texts_cost_what_picking_them_costs(converter: Converter) -> None:
    found = outcome_of_case(converter, "set", Case("1", "nihaoshijie", (), "", "泥浩事姐"))
    assert found.rank == 0
    assert found.presses > 12  # by parts, or after paging
    assert outcome_of_case(converter, "set", Case("1", "ni", (), "", "呢")).presses == 3


def test_a_text_that_no_menu_has_is_not_reached(converter: Converter) -> None:
    assert outcome_of_case(converter, "set", Case("1", "ni", (), "", "好")).presses == 0
    assert outcome_of_case(converter, "set", Case("1", "nihao", (), "", "你")).presses == 0


# Figures


def test_figures_of_known_outcomes() -> None:
    outcomes = [outcome("的地", "的地", 1, 10), outcome("得的", "的的", 4, 6), outcome("地", "", 0, 0)]
    assert first_k(1).of(outcomes) == pytest.approx(100 / 3)
    assert first_k(5).of(outcomes) == pytest.approx(200 / 3)
    assert CHARACTERS.of(outcomes) == pytest.approx(100 * 3 / 5)
    assert RECIPROCAL.of(outcomes) == pytest.approx((1 + 1 / 4) / 3)
    assert PRESSES.of(outcomes) == pytest.approx(16 / 4)  # of the two that were reached
    assert UNREACHED.of(outcomes) == pytest.approx(100 / 3)
    assert np.isnan(first_k(1).of([]))


def test_slices() -> None:
    outcomes = [outcome("的" * n, "的" * n, 1) for n in (1, 4, 5, 30)]
    lengths = [(part.label, part.count) for part in by_length(outcomes, first_k(1))]
    assert lengths == [("1–4", 2), ("5–8", 1), ("21+", 1)]
    other = replace(outcomes[0], group="other", rank=0)
    assert [(p.label, p.value) for p in by_group([*outcomes, other], first_k(1))] == [
        ("set", 100),
        ("other", 0),
    ]
    ranks = {"的": 1, "地": 600}
    parts = by_frequency([outcome("的地囧", "的的囧", 0)], ranks)
    assert [(p.label, p.count, p.value) for p in parts] == [
        ("1–100", 1, 100),
        ("501–1500", 1, 0),
        ("3501+", 1, 100),
    ]


def test_precision_recall_and_f1_of_readings() -> None:
    outcomes = [outcome("地地地地", "地地的得", 0), outcome("的的的", "的地的", 0)]
    (score,) = rare_readings(outcomes)  # 的/de is no rare reading, and 得/de was never wanted
    assert (score.reading, score.support, score.given, score.right) == ("地/de", 4, 3, 2)
    assert score.precision == pytest.approx(200 / 3)
    assert score.recall == 50
    assert score.f1 == pytest.approx(400 / 7)
    assert macro_f1([score]) == score.f1


def test_the_commonest_hanzi_come_first() -> None:
    ranks = hanzi_ranks()
    assert ranks["的"] < 5
    assert ranks["的"] < ranks["墨"] < ranks["囧"]


# Comparing


def many(right: Iterable[bool]) -> list[CaseOutcome]:
    return [replace(outcome("的", "的" if r else "地", int(r)), id=str(i)) for i, r in enumerate(right)]


def test_a_bootstrap_tells_luck_from_skill() -> None:
    rng = np.random.default_rng(1)
    first = rng.random(300) < 0.5
    lucky, better = first.copy(), first | (rng.random(300) < 0.3)
    lucky[:3] = ~lucky[:3]
    (same,), (real,) = (
        paired_bootstrap(many(first), many(second), [first_k(1)], draws=500) for second in (lucky, better)
    )
    assert not same.is_significant
    assert same.low < 0 < same.high
    assert real.is_significant
    assert 0 < real.low < real.second - real.first < real.high
    (none,) = paired_bootstrap(many(first), many(first), [first_k(1)], draws=300)
    assert (none.low, none.high, none.chance) == (0, 0, 1)


def test_only_the_same_cases_are_compared() -> None:
    with pytest.raises(CompareError, match="different cases"):
        paired_bootstrap(many([True]), many([True, False]), MEASURES)


def test_changes() -> None:
    changed = changes(many([True, False, True, False]), many([True, True, False, False]))
    assert [pair[0].id for pair in changed.gained] == ["1"]
    assert [pair[0].id for pair in changed.lost] == ["2"]


# Outcomes kept, and the command


@pytest.fixture
def bundle(tmp_path: Path, vocabulary: Vocabulary) -> Path:
    return write_tiny_bundle(tmp_path / "model", vocabulary)


@pytest.fixture
def sets(tmp_path: Path) -> Path:
    path = tmp_path / "talk.jsonl"
    path.write_text("\n".join(json.dumps(case, ensure_ascii=False) for case in CASES), encoding="utf-8")
    return path


def test_nothing_is_asked_twice(bundle: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    groups = {"talk": [Case(i, "nihao", ("ni", "hao"), "", "你好") for i in range(3)]}
    cache = Cache(tmp_path / "kept", JudgedModel(bundle), use_context=False)
    first = outcomes_of(JudgedModel(bundle), groups, cache, False)
    with cache.path.open("a") as file:
        file.write('{"group": "talk", "cut')  # what a kill leaves behind
    monkeypatch.setattr(report_cases, "outcome_of_case", lambda *arguments: replace(first[0], id="3", ms=7.0))
    groups["talk"].append(Case(3, "nihao", ("ni", "hao"), "", "你好"))
    assert outcomes_of(JudgedModel(bundle), groups, cache, False)[:3] == first
    again = Cache(tmp_path / "kept", JudgedModel(bundle), use_context=False)
    assert [found.ms for found in outcomes_of(JudgedModel(bundle), groups, again, False)][3] == 7.0
    assert Cache(tmp_path / "kept", JudgedModel(bundle), use_context=True).path != cache.path
    (bundle / "README.md").write_text("changed")
    assert Cache(tmp_path / "kept", JudgedModel(bundle), use_context=False).path != cache.path


def test_a_page_on_two_models(
    bundle: Path, sets: Path, tmp_path: Path, prepared: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    shape = ["--set", "model.n_layer=1", "--set", "model.n_embd=16", "--set", "model.block_size=32"]
    run = ["--data", str(prepared), "--output", str(tmp_path / "run"), "--no-compile", "--until-step", "0"]
    assert main(["train", *run, *shape]) == 0
    output = tmp_path / "report.html"
    models = [str(bundle), str(tmp_path / "run" / "model.pt")]
    assert main(["report", *models, "--sets", str(sets), "--output", str(output), "--context"]) == 0
    told = capsys.readouterr().out
    assert "| sentences right |" in told
    page = output.read_text(encoding="utf-8")
    assert page.count('src="data:image/svg+xml;base64,') == 6
    for text in ("run against tiny", "gained by run", "Koehn", "with the text before the caret", "F1"):
        assert text in page
    assert "http" not in page.replace("http://www.w3.org", "")  # it loads nothing
    assert main(["report", str(bundle), "--sets", str(sets), "--output", str(output)]) == 0
    assert "Cases that changed" not in output.read_text(encoding="utf-8")


def test_two_bundles_of_one_name_are_told_apart(
    bundle: Path, sets: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    other = tmp_path / "newer"
    other.mkdir()
    for file in bundle.iterdir():
        (other / file.name).write_bytes(file.read_bytes())
    output = tmp_path / "report.html"
    assert main(["report", str(bundle), str(other), "--sets", str(sets), "--output", str(output)]) == 0
    assert f"| tiny ({bundle}) | tiny ({other}) |" in capsys.readouterr().out
    assert f"tiny ({other}) against tiny ({bundle})" in output.read_text(encoding="utf-8")


def test_several_models_are_drawn_against_their_tokens(
    bundle: Path, sets: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    models = [bundle]
    for tokens in (32.5e6, 16.1e6):
        models.append(tmp_path / f"of {tokens}")
        shutil.copytree(bundle, models[-1])
        manifest = json.loads((models[-1] / "manifest.json").read_text(encoding="utf-8"))
        manifest["provenance"] = {"training": {"tokens": tokens, "begun_from": {"tokens": 7.5e6}}}
        (models[-1] / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    assert [JudgedModel(path).million_tokens for path in models] == [0.0, 40.0, 23.6]
    output = tmp_path / "report.html"
    arguments = [*map(str, models[1:]), str(models[1]), "--sets", str(sets), "--output", str(output)]
    assert main(["report", *arguments]) == 0
    page = output.read_text(encoding="utf-8")
    assert page.count('src="data:image/svg+xml;base64,') == 1
    assert "+0.0 points a doubling of the training tokens" in page
    assert "Cases that changed" not in page


def test_the_slope_is_by_doublings() -> None:
    assert gain_of_doubling([8, 16, 64], [40, 43, 49]) == pytest.approx(3.0)
    assert gain_of_doubling([8, 32], [50, 44]) == pytest.approx(-3.0)
    assert gain_of_doubling([8, 8], [50, 44]) == 0.0


def test_mistakes_of_the_command(
    bundle: Path, sets: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    more = ["--sets", str(sets), "--output", str(tmp_path / "x.html")]
    assert main(["report", str(tmp_path / "nowhere"), *more]) == 2
    assert "is missing" in capsys.readouterr().err
