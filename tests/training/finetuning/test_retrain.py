"""`python -m training finetune` as a whole: what is better is used, what is not is refused, and a kill
at any moment leaves the bundle that was in use."""

from __future__ import annotations

import json
import math
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from engine.evaluation.accuracy import Score
from engine.evaluation.cases import Case
from engine.lexicon.vocabulary import from_counts
from engine.model.bundle import Bundle
from engine.model.bundle_store import SHIPPED, BundleStore
from engine.storage.phrase import Phrase
from engine.storage.phrase_log import PhraseLog
from engine.storage.user_store import UserStore
from engine.storage.word_store import WordStore
from tests.engine.tiny_bundle import write_tiny_bundle
from training.commands.main import main
from training.corpus.phrase_sets import LogError, read_log, read_phrase_cases
from training.corpus.prepare import split_blocks
from training.errors import WorkshopError
from training.finetuning.acceptance import Standing, changed, verdict_of
from training.finetuning.benchmark import cut_log, first_phrases
from training.finetuning.candidate_probe import ProbedCandidates, answers_alone, answers_at_once
from training.finetuning.fine_tuning_data import RetrainingError, split_by_time
from training.finetuning.progress import Progress
from training.finetuning.retrain import spread

ROOT = Path(__file__).parents[3]
# Homophones of what the tiny bundle knows by heart.
TYPED = ["窝门喜欢尚可，塌也喜欢尚可。", "公元长得狠好，今添的公元狠糕！", "航长要去吃平果，银航航长也要去。"]
FAST = ("--rate", "10", "--epochs", "30", "--threads", "1")


@pytest.fixture
def log(tmp_path: Path) -> Path:
    path = tmp_path / "log.txt"
    path.write_text("\n".join(TYPED * 12), encoding="utf-8")
    return path


@pytest.fixture
def sets(tmp_path: Path) -> Path:
    """General text that the tiny bundle knows and that retraining cannot spoil: one word."""
    path = tmp_path / "general.jsonl"
    path.write_text(json.dumps({"id": 1, "pinyin": ["ni", "hao"], "hanzi": "你好"}), encoding="utf-8")
    return path


@pytest.fixture(autouse=True)
def shipped(tiny_bundle: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr("resources.MODEL", tiny_bundle)
    return tiny_bundle


def finetune(capsys: pytest.CaptureFixture[str], *arguments: object) -> list[dict[str, Any]]:
    """Return the lines of a run that ends well."""
    assert main(["finetune", *FAST, *map(str, arguments)]) == 0
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def test_what_is_better_is_used_from_the_next_start_on(
    log: Path, sets: Path, shipped: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    lines = finetune(capsys, "--log", log, "--sets", sets, "--data-directory", tmp_path)
    result = lines[-1]
    assert (result["stage"], result["accepted"], result["activated"]) == ("result", True, True)
    assert result["held_out"]["after"]["certainty"] > result["held_out"]["before"]["certainty"] + 2
    assert result["validation_loss"]["after"] < result["validation_loss"]["before"] - 0.5
    assert [line["stage"] for line in lines][:2] == ["read", "replay"]
    steps = [line for line in lines if line["stage"] == "train"]
    assert steps[0]["held_out_loss"] > steps[-1]["held_out_loss"]
    assert all({"step", "of", "seconds_left"} <= set(line) for line in lines[:-1])
    store = BundleStore(tmp_path, shipped)
    assert store.load().name == result["bundle"]
    (stored,) = store.list()
    assert stored.provenance["fine_tuning"]["mode"] == "full"
    assert stored.figures["held_out"] == result["held_out"]
    kept = [path.read_bytes() for path in tmp_path.rglob("*") if path.suffix in (".json", ".tsv")]
    assert not any("喜欢尚可".encode() in content for content in kept)  # texts are not kept
    assert store.roll_back() == SHIPPED


def test_what_is_no_better_is_refused_with_both_figures(
    log: Path, sets: Path, shipped: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    arguments = ("--log", log, "--sets", sets, "--data-directory", tmp_path, "--rate", "0", "--epochs", "1")
    result = finetune(capsys, *arguments)[-1]
    assert (result["accepted"], result["bundle"], result["activated"]) == (False, "", False)
    assert result["reason"].count("%") == 6
    assert result["held_out"]["after"] == result["held_out"]["before"]
    assert BundleStore(tmp_path, shipped).list() == []
    assert list((tmp_path / "models").iterdir()) == []


def test_the_same_input_gives_the_same_bytes(
    log: Path, sets: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for folder in ("one", "two"):
        arguments = ("--mode", "low-rank", "--seed", 3, "--epochs", 2, "--output", tmp_path / folder / "mine")
        finetune(capsys, "--log", log, "--sets", sets, *arguments)
    files = [sorted((tmp_path / folder / "mine").iterdir()) for folder in ("one", "two")]
    assert [path.name for path in files[0]] == [path.name for path in files[1]]
    for ours, theirs in zip(*files, strict=True):
        assert ours.read_bytes() == theirs.read_bytes()
    assert Bundle.load(tmp_path / "one" / "mine").name == "mine"


def test_another_vocabulary_is_refused_before_anything_is_done(
    log: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    other = write_tiny_bundle(tmp_path / "other", from_counts([("你", "ni", 1)]))
    arguments = ["--log", str(log), "--data-directory", str(tmp_path), "--bundle", str(other)]
    assert main(["finetune", *arguments]) == 2
    assert "expected the vocabulary" in capsys.readouterr().err


def test_without_torch_it_says_what_to_install(
    log: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "torch", None)
    assert main(["finetune", "--log", str(log), "--data-directory", str(tmp_path)]) == 2
    assert "pip install -e '.[train]'" in capsys.readouterr().err


def test_sigterm_ends_it_and_leaves_nothing_half_written(log: Path, shipped: Path, tmp_path: Path) -> None:
    code = "import resources, sys, pathlib; resources.MODEL = pathlib.Path(sys.argv.pop(1));"
    code += "from training.commands.main import main; raise SystemExit(main(sys.argv[1:]))"
    command = [sys.executable, "-c", code, str(shipped), "finetune", "--threads", "1", "--epochs", "10000"]
    command += ["--rate", "0.001", "--log", str(log), "--data-directory", str(tmp_path)]
    environment = os.environ | {"PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1"}
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        for line in process.stdout:
            if json.loads(line)["stage"] == "train":
                break
        assert list((tmp_path / "models").glob(".part-*"))
        process.send_signal(signal.SIGTERM)
        last = [json.loads(line) for line in process.stdout][-1]
        assert (last, process.wait(60)) == ({"stage": "cancelled"}, 130)
    assert list((tmp_path / "models").iterdir()) == []


@pytest.mark.long  # the store itself is killed at every change: test_bundle_store
def test_kill_9_at_any_moment_leaves_the_bundle_in_use_or_the_new_one(
    log: Path, sets: Path, shipped: Path, tmp_path: Path
) -> None:
    environment = os.environ | {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "PYTHONPATH": str(ROOT)}
    command = [sys.executable, str(ROOT / "tests/training/killed_finetune.py")]
    command += [str(shipped), str(log), str(sets), str(tmp_path), "20"]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    seen = json.loads(done.stdout.splitlines()[-1])
    assert seen["fallbacks"] == 0
    assert seen["cut"] >= 1
    assert seen["left"] <= 6


def standing(*chances: float, first: int = 60) -> Standing:
    """Of so many phrases whose wanted texts have these chances."""
    return Standing(Score(100, first), np.log(chances))


@pytest.mark.parametrize(
    ("after", "general", "accepted"),
    [
        ((0.5, 0.5, 0.6, 0.6), (500, 500), True),
        ((0.5, 0.5, 0.6, 0.6), (500, 498), True),  # 0.2 points of hanzi
        ((0.5, 0.5, 0.6, 0.6), (500, 496), False),  # 0.4 points
        ((0.4, 0.4, 0.4, 0.9), (500, 500), False),  # one of four phrases: that may be chance
        ((0.4, 0.4, 0.4, 0.4), (500, 500), False),
        ((0.3, 0.3, 0.3, 0.4), (500, 600), False),
    ],
)
def test_the_verdict(after: tuple[float, ...], general: tuple[int, int], accepted: bool) -> None:
    """Right first candidates do not decide: here they fall by one."""
    mine = standing(0.4, 0.4, 0.4, 0.4), standing(*after, first=59)
    others = Score(0, 0, 0, 1000, general[0]), Score(0, 0, 0, 1000, general[1])
    verdict = verdict_of(mine, others, 0.3)
    assert verdict.accepted is accepted
    assert f"40.0% sure of what you wanted before, {mine[1].certainty}% after" in str(verdict.reason)
    assert "first candidate right 60.0% before, 59.0% after" in str(verdict.reason)


@pytest.mark.parametrize("n_phrase", [0, 1])
def test_one_phrase_says_nothing(n_phrase: int) -> None:
    assert not standing(*[0.9] * n_phrase).is_surer_than(standing(*[0.1] * n_phrase))


def answer(*chances: float, wanted: int = 0) -> ProbedCandidates:
    """One with 你好 at the place `wanted`."""
    texts = [f"拟{i}" for i in range(len(chances))]
    if wanted < len(texts):
        texts[wanted] = "你好"
    return ProbedCandidates(tuple(texts), tuple(math.log(chance) - 7 for chance in chances))


@pytest.mark.parametrize(
    ("answers", "percent"),
    [
        ([answer(1.0)], 100.0),
        ([answer(0.6, 0.3, 0.1)], 60.0),
        ([answer(0.6, 0.3, 0.1, wanted=1)], 30.0),
        ([answer(0.06, 0.03, 0.01)], 60.0),  # of what the first five have together
        ([answer(0.6, 0.4, wanted=2)], 2.0),  # not to be had
        ([ProbedCandidates()], 2.0),
        (
            [ProbedCandidates(("你好",), (-math.inf,))],
            100.0,
        ),  # a word of the user's that the search did not find
        ([ProbedCandidates(("你好", "拟好"), (-math.inf, -7.0))], 50.0),
        ([ProbedCandidates(("拟好", "尼好", "你好"), (-7.0, -7.0, -math.inf))], 33.3),
        ([answer(0.9, 0.1), answer(0.6, 0.4, wanted=1)], 60.0),  # the square root of 0.9 * 0.4
        ([answer(0.999, 0.001), answer(0.999, 0.001, wanted=1)], 14.1),  # too sure of itself
        ([answer(0.7, 0.3), answer(0.7, 0.3, wanted=1)], 45.8),
        ([], 100.0),
    ],
)
def test_how_sure_it_is_of_what_was_wanted(answers: list[ProbedCandidates], percent: float) -> None:
    cases = [Case(i, "nihao", ("ni", "hao"), "", "你好") for i in range(len(answers))]
    assert Standing.of(answers, cases).certainty == percent


def test_examples_are_those_whose_first_candidate_turned_right_or_wrong() -> None:
    cases = [Case(i, "nihao", ("ni", "hao"), "", "你好") for i in range(4)]
    before = [ProbedCandidates(texts) for texts in (("你好",), ("拟好",), ("拟好",), ())]
    after = [ProbedCandidates(texts) for texts in (("拟好",), ("你好",), ("尼好",), ("你好", "拟好"))]
    assert [(example["before"], example["after"]) for example in changed(cases, before, after)] == [
        ("拟好", "你好"), ("", "你好"), ("你好", "拟好"),
    ]  # fmt: skip


def test_phrases_are_judged_as_somebody_types_them_whom_the_engine_learns_from(shipped: Path) -> None:
    bundle, case = Bundle.load(shipped), Case(0, "yinhang", ("yin", "hang"), "", "音行")
    alone = list(answers_alone(bundle, [case] * 4))
    assert len(set(alone)) == 1
    assert alone[0].texts[0] == "银行"
    assert 0.2 < alone[0].chance("银行") < 1
    assert alone[0].chance("没有的") == 0
    at_once = list(answers_at_once(bundle, [], [case] * 4))
    assert [answer.texts[0] for answer in at_once] == ["银行", "银行", "音行", "音行"]
    chances = [answer.chance("音行") for answer in at_once]
    assert chances == sorted(chances)  # surer of it each time
    assert [answer.texts[0] for answer in answers_at_once(bundle, [case] * 2, [case])] == ["音行"]
    assert list(answers_at_once(bundle, [], [case] * 4, asked=(0, 3))) == [at_once[0], at_once[3]]


def test_the_last_phrases_are_kept_apart() -> None:
    cases = [Case(i, "ni", ("ni",), "", "你") for i in range(100)]
    split = split_by_time(cases, 0.2)
    assert [len(part) for part in (split.learnt, split.validation, split.judged)] == [72, 8, 20]
    assert split.judged[-1] is cases[-1]
    assert split.learnt[0] is cases[0]
    assert spread(100, 5) == [0, 25, 50, 74, 99]
    with pytest.raises(RetrainingError, match="at least 60 phrases, found 10"):
        split_by_time(cases[:10], 0.2)


def test_text_folders_and_json_lines_are_logs(tmp_path: Path, log: Path, sets: Path) -> None:
    assert [case.hanzi for case in read_phrase_cases(log)][:2] == ["窝门喜欢尚可", "塌也喜欢尚可"]
    assert [case.hanzi for case in read_phrase_cases(sets)] == ["你好"]
    folder = tmp_path / "folder"
    folder.mkdir()
    (folder / "b.txt").write_text("你好", encoding="utf-8")
    (folder / "a.txt").write_text("世界", encoding="utf-8")
    assert [case.hanzi for case in read_phrase_cases(folder)] == ["世界", "你好"]
    with pytest.raises(LogError, match="neither a folder"):
        read_phrase_cases(tmp_path / "x.doc")


def test_the_phrase_log_is_read_in_the_order_of_time_without_what_is_forgotten(tmp_path: Path) -> None:
    with pytest.raises(LogError, match="no phrase log"):
        read_log(tmp_path)
    store = UserStore(tmp_path)
    phrases = [
        Phrase("你好，世界", ("ni", "hao", "_", "shi", "jie"), "nhshijie", "他说：", time=30.0),
        Phrase("早", ("zao",), "zao", time=10.0),
        Phrase("秘密", ("mi", "mi"), "mimi", time=20.0),
    ]
    PhraseLog(store).add(phrases)
    WordStore(store).forget(["秘密"])
    store.close()
    cases = read_log(tmp_path)
    assert [(case.hanzi, case.keys, case.context) for case in cases] == [
        ("早", "zao", ""),
        ("你好", "nihao", "他说："),
        ("世界", "shijie", "他说：你好，"),
    ]
    assert [case.hanzi for case in read_log(tmp_path, since=15.0)] == ["你好", "世界"]
    assert [case.hanzi for case in read_log(tmp_path, until=30.0)] == ["早"]


def test_a_log_for_the_benchmark_ends_with_what_was_held_out(corpus: Path, prepared: Path) -> None:
    cases = cut_log(corpus / "other.txt.xz", 90)
    assert len(cases) == 90
    blocks = list(split_blocks("other", corpus / "other.txt.xz"))
    held_out = {line for split, lines in blocks if split == "valid" for line in lines}
    assert all(any(case.hanzi in line for line in held_out) for case in cases[-30:])
    with pytest.raises(WorkshopError, match="holds out only"):
        cut_log(corpus / "other.txt.xz", 90_000)


def test_a_log_of_a_text_that_nobody_saw_is_its_beginning(tmp_path: Path) -> None:
    path = tmp_path / "new.txt"
    path.write_text("你好，世界。\n今天天气很好。\n", encoding="utf-8")
    assert [case.hanzi for case in first_phrases(path, 2)] == ["你好", "世界"]
    with pytest.raises(WorkshopError, match="only 3 phrases; 4 are wanted"):
        first_phrases(path, 4)


def test_progress_says_what_is_left(capsys: pytest.CaptureFixture[str]) -> None:
    now = 0.0
    progress = Progress({"read": 3.0, "train": 100.0, "measure": 40.0}, clock=lambda: now)
    progress.step("read", 0, 1)
    progress.step("train", 0, 50)
    now = 10.0
    progress.step("train", 10, 50, loss=1.23456)
    progress.step("train", 11, 50)  # too soon to be worth a line
    now = 60.0
    progress.step("measure", 1, 4)
    now = 61.0
    progress.step("measure", 2, 4)
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [line["seconds_left"] for line in lines] == [143, 140, 80, 0, 1]
    assert lines[2] == {"stage": "train", "step": 10, "of": 50, "loss": 1.2346, "seconds_left": 80}
