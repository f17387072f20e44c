"""The benchmarks: how scores are counted, how inputs are built, and one run of everything."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from engine.__main__ import main
from engine.conversion.converter import Conversion
from engine.evaluation import consistency
from engine.evaluation.accuracy import Score, SlipScore, accuracy_table, score_of, slip_table
from engine.evaluation.cases import Case, CaseError, read_set
from engine.evaluation.latency import Latency, long_inputs
from engine.evaluation.simulated_typist import TypedCase
from engine.lexicon.vocabulary import Vocabulary
from engine.protocol import Candidate, Source
from tests.engine.tiny_bundle import write_tiny_bundle


@pytest.mark.parametrize(
    ("candidates", "hanzi", "score"),
    [
        (["你好", "拟好"], "你好", Score(1, 1, 1, 2, 2)),
        (["拟好", "你好"], "你好", Score(1, 0, 1, 2, 1)),
        (["1", "2", "3", "4", "5", "你好"], "你好", Score(1, 0, 0, 2, 0)),
        (["你好吗"], "你好", Score(1, 0, 0, 2, 0)),  # another length: no position agrees
        ([], "你好", Score(1, 0, 0, 2, 0)),
    ],
)
def test_score_of_one_case(candidates: list[str], hanzi: str, score: Score) -> None:
    assert score_of(candidates, hanzi) == score


def test_table_of_scores_has_the_mean_of_the_sets() -> None:
    rows = [("a", Score(2, 1, 2, 10, 9)), ("b", Score(100, 100, 100, 100, 100))]
    lines = accuracy_table(rows).splitlines()
    assert lines[2:] == [
        "| a | 2 | 50.0 | 100.0 | 90.0 |",
        "| b | 100 | 100.0 | 100.0 | 100.0 |",
        "| mean | 102 | 75.0 | 100.0 | 95.0 |",
    ]
    assert "| a | 0 | 0.0 | 0.0 | 0.0 |" in accuracy_table([("a", Score())])


def test_inputs_begin_where_a_sentence_begins_and_run_on() -> None:
    cases = [Case(i, "", ("ni", "hao", "ma"), hanzi="你好吗") for i in range(12)]
    cases.insert(5, Case("without pinyin", "nihao", hanzi="你好"))
    inputs = long_inputs(cases, n_syllable=5, limit=2)
    assert [case.keys for case in inputs] == ["nihaomanihao"] * 2
    assert all(case.context.endswith("你好吗，") and len(case.context) == 32 for case in inputs)
    assert long_inputs(cases[:3], n_syllable=5, limit=2) == []  # too little text before them


def test_percentiles_are_in_milliseconds() -> None:
    latency = Latency.of([TypedCase(("",), tuple(range(1000, 102_000, 1000)), 0.0, 3, 1)])
    assert latency.percentile_ms(50) == pytest.approx(51)
    assert (latency.sentences, latency.decoder_calls, latency.key_calls) == (1, 3, 1)


@pytest.mark.parametrize(
    ("line", "message"), [("{", "line 2"), ('{"id": 1, "pinyin": ["ni"]}', "line 2: expected hanzi")]
)
def test_a_bad_set_is_refused(tmp_path: Path, line: str, message: str) -> None:
    path = tmp_path / "set.jsonl"
    path.write_text('{"id": 1, "pinyin": ["ni"], "hanzi": "你"}\n' + line, encoding="utf-8")
    with pytest.raises(CaseError, match=message):
        read_set(path)
    assert len(read_set(path, limit=1)) == 1


@pytest.mark.parametrize("jobs", ["1", "2"])
def test_everything_once(
    tmp_path: Path, vocabulary: Vocabulary, capsys: pytest.CaptureFixture[str], jobs: str
) -> None:
    bundle = write_tiny_bundle(tmp_path / "model", vocabulary)
    rows = [{"id": i, "pinyin": ["ni", "hao", "shi", "jie"], "hanzi": "你好世界"} for i in range(12)]
    path = tmp_path / "greetings.jsonl"
    path.write_text("\n".join(json.dumps(row) for row in rows), encoding="utf-8")
    arguments = ["--inputs", "1", "--interval-ms", "1", "--runs", "1", "--limit", "2", "--jobs", jobs]
    assert main(["benchmark", "all", str(path), "--bundle", str(bundle), *arguments]) == 0
    printed = capsys.readouterr().out
    assert "| greetings | 2 |" in printed
    assert "| 20 | 1 |" in printed
    assert "| start to first candidates |" in printed
    assert "| bundle tiny |" in printed


def test_set_that_is_not_there_is_named_before_anything_is_measured(
    tmp_path: Path, vocabulary: Vocabulary, capsys: pytest.CaptureFixture[str]
) -> None:
    bundle = write_tiny_bundle(tmp_path / "model", vocabulary)
    assert main(["benchmark", "all", str(tmp_path / "nowhere"), "--bundle", str(bundle)]) != 0
    printed = capsys.readouterr()
    assert "nowhere" in printed.err
    assert "|" not in printed.out


@pytest.mark.parametrize(("typing", "n_case"), [("full", 3), ("initials", 2), ("mixed", 1)])
def test_accuracy_of_abbreviated_input(
    tmp_path: Path, vocabulary: Vocabulary, capsys: pytest.CaptureFixture[str], typing: str, n_case: int
) -> None:
    bundle = write_tiny_bundle(tmp_path / "model", vocabulary)
    rows = [{"id": n, "pinyin": ["ni", "hao"] * n, "hanzi": "你好" * n} for n in (1, 2, 3)]
    path = tmp_path / "greetings.jsonl"
    path.write_text("\n".join(json.dumps(row) for row in rows), encoding="utf-8")
    assert main(["benchmark", "accuracy", str(path), "--bundle", str(bundle), "--typing", typing]) == 0
    printed = capsys.readouterr().out
    assert f"| greetings | {n_case} |" in printed
    assert (f"typed {typing}" in printed) == (typing != "full")


def greetings(folder: Path, copies: int) -> Path:
    path = folder / "greetings.jsonl"
    row = {"pinyin": ["ni", "hao", "shi", "jie"], "hanzi": "你好世界"}
    path.write_text("\n".join(json.dumps({"id": n, **row}) for n in range(copies)), encoding="utf-8")
    return path


def test_slips_and_what_correcting_them_costs_are_printed_together(
    tmp_path: Path, vocabulary: Vocabulary, capsys: pytest.CaptureFixture[str]
) -> None:
    bundle = write_tiny_bundle(tmp_path / "model", vocabulary)
    path = greetings(tmp_path, 3)
    arguments = ["benchmark", "accuracy", str(path), str(path), "--bundle", str(bundle), "--typing", "slips"]
    assert main(arguments) == 0
    printed = capsys.readouterr().out
    assert "clean, not corrected: first %" in printed
    assert "slips of clean %" in printed
    assert "| greetings | 3 | " in printed


def test_slip_scores_are_summed_over_the_sets() -> None:
    scores = SlipScore(Score(4, 3), Score(4, 2), Score(4, 1))
    lines = slip_table([("a", scores), ("b", scores)]).splitlines()
    assert lines[2].startswith("| a | 4 | 75.0 | 50.0 / ")
    assert lines[4].startswith("| all | 8 | 75.0 | 50.0 / ")
    assert lines[4].endswith("| 50 |")


@pytest.mark.parametrize("part", ["accuracy", "latency"])
@pytest.mark.parametrize(
    "options", [["--fuzzy"], ["--correct"], ["--scheme", "xiaohe"], ["--typing", "slips"]]
)
def test_ways_of_typing(tmp_path: Path, vocabulary: Vocabulary, part: str, options: list[str]) -> None:
    bundle = write_tiny_bundle(tmp_path / "model", vocabulary)
    path = greetings(tmp_path, 12)
    more = [
        "--limit",
        "2",
        "--inputs",
        "1",
        "--syllables",
        "3",
        "--interval-ms",
        "0",
        "--bundle",
        str(bundle),
    ]
    assert main(["benchmark", part, str(path), *more, *options]) == 0


def test_missing_bundle_and_too_few_cases(
    tmp_path: Path, vocabulary: Vocabulary, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["benchmark", "startup", "--bundle", str(tmp_path / "none")]) == 2
    bundle = write_tiny_bundle(tmp_path / "model", vocabulary)
    path = tmp_path / "one.jsonl"
    path.write_text('{"id": 1, "pinyin": ["ni"], "hanzi": "你"}', encoding="utf-8")
    assert main(["benchmark", "latency", str(path), "--bundle", str(bundle)]) == 2
    assert "expected cases with pinyin for 5 syllables" in capsys.readouterr().err


def test_consistency_counts_menus_that_differ(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    path = tmp_path / "talk.jsonl"
    path.write_text('{"id": "1", "pinyin": ["ni", "hao"], "hanzi": "你好"}\n', encoding="utf-8")
    assert main(["benchmark", "consistency", str(path), "--fake"]) == 0
    assert "| 1 | 0 (0.00%) | 0 (0.00%) |" in capsys.readouterr().out


def test_consistency_sees_a_converter_that_remembers_too_much(vocabulary: Vocabulary) -> None:
    class Forgetful:
        def __init__(self) -> None:
            self.calls = 0

        def set_surrounding_text(self, text: str) -> None: ...

        def warm(self) -> None: ...

        def convert(self, keys: str) -> Conversion:
            self.calls += 1
            row = Candidate(str(self.calls), (0, len(keys)), (), (), 0.0, Source.SENTENCE)
            return Conversion((row,), (len(keys),), len(keys))

    found = consistency.measure_consistency(Forgetful(), Forgetful(), [Case("1", "nihao")])  # type: ignore[arg-type]
    assert (found.cases, found.first, found.menu) == (1, 0, 0)
