"""Fine-tuning: every mode learns a memorisable text, the same bytes come of the same input, and only
what is better is kept."""

from __future__ import annotations

import copy
from functools import cache
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest
import torch

from engine.evaluation.cases import Case
from engine.model.bundle import Bundle
from engine.protocol import RETRAINING_MODES
from training.corpus.phrase_sets import phrases_of_lines
from training.corpus.shards import IGNORED, START_ID, WindowSampler
from training.export.bundle_import import restore
from training.finetuning.fine_tuner import FineTuner, FineTuning, FineTuningStep
from training.finetuning.fine_tuning_data import context_reader
from training.finetuning.generative_replay import Texts, write_text
from training.finetuning.objectives import TunedDecoder
from training.finetuning.phrase_windows import Chain, chains_of, gap_after, pack_windows, single_phrase_window
from training.model.adaptation import (
    Adaptation,
    ModeError,
    blend,
    merge,
    prepare_adaptation,
    trained_parameters,
)

# Hanzi of the tiny corpus in another order: what a user writes that the base has never seen.
TYPED = ["我们喜欢上课，他也喜欢上课。", "公园长得很好，今天的公园很高！", "行长要去吃苹果，银行行长也要去。"]


@pytest.fixture
def base(tiny_bundle: Path) -> Path:
    return tiny_bundle


@pytest.fixture(scope="module")
def cases() -> list[Case]:
    return list(phrases_of_lines(TYPED * 10))


@cache
def written_by(base: Path) -> npt.NDArray[np.int64]:
    """Return text of the bundle's own, to rehearse."""
    return write_text(restore(base).decoder, 16, 31, 1)


def tuner(
    base: Path, cases: list[Case], settings: FineTuning, held_out: list[Case] | None = None
) -> FineTuner:
    trained, read = restore(base), context_reader(Bundle.load(base))
    chains = chains_of(cases, trained.vocabulary, read)
    windows = single_phrase_window(held_out or cases[:12], trained.vocabulary, read, 32)
    replay = WindowSampler(Texts(written_by(base)), 32, {}, seed=1)
    tuned = TunedDecoder(trained.decoder, settings.adaptation, chains)
    return FineTuner(tuned, settings, windows, replay)


@pytest.mark.parametrize("mode", RETRAINING_MODES)
def test_every_mode_learns_and_forgets_little(base: Path, cases: list[Case], mode: str) -> None:
    settings = FineTuning(Adaptation(mode, rank=4), epochs=8, windows=4, replay_windows=4, rate=5.0)  # type: ignore[arg-type]
    run = tuner(base, cases, settings)
    losses: list[float] = []
    run.run(lambda step: losses.append(step.held_out_loss) if step.held_out_loss is not None else None)
    assert min(losses) < 0.6 * losses[0]


def test_rehearsal_keeps_what_was_known(base: Path, cases: list[Case]) -> None:
    known = list(phrases_of_lines(["我现在要去上课，你好世界。", "今天天气很好，我们去公园吧！"]))
    forgotten = []
    for replay_windows in (0, 8):
        settings = FineTuning(epochs=10, windows=4, replay_windows=replay_windows, rate=5.0, patience=99)
        run = tuner(base, cases, settings)
        windows = single_phrase_window(known, restore(base).vocabulary, context_reader(Bundle.load(base)), 32)
        before = run.loss_on(windows)
        run.run()
        forgotten.append(run.loss_on(windows) - before)
    assert forgotten[1] < 0.6 * forgotten[0]


def test_a_mode_changes_what_it_says(base: Path) -> None:
    decoder = restore(base).decoder

    def changed(mode: str, blocks: int = 0) -> set[str]:
        copied = copy.deepcopy(decoder)
        prepare_adaptation(copied, Adaptation(mode, blocks))  # type: ignore[arg-type]
        return {name for name, parameter in copied.named_parameters() if parameter.requires_grad}

    assert len(changed("full")) == sum(1 for _ in decoder.parameters())
    assert {name.split(".")[0] for name in changed("partial")} == {"blocks", "class_head"}
    assert not any(name.startswith("blocks.0") for name in changed("partial"))
    assert not any(name.startswith("blocks") for name in changed("frozen"))
    assert any(name.startswith("blocks.1") for name in changed("frozen", 1))
    assert all("parametrizations" in name or "bias" in name for name in changed("low-rank"))
    with pytest.raises(ModeError, match="at most 2"):
        prepare_adaptation(copy.deepcopy(decoder), Adaptation("partial", 3))


def test_low_rank_products_merged_give_what_they_gave_apart(base: Path) -> None:
    decoder = restore(base).decoder
    torch.manual_seed(1)
    prepare_adaptation(decoder, Adaptation("low-rank", rank=4))
    for parameter in trained_parameters(decoder):
        torch.nn.init.normal_(parameter, std=0.2)
    tokens = torch.arange(60, 76)[None]
    apart, _ = decoder(tokens, torch.zeros_like(tokens))
    merge(decoder)
    assert not any("parametrizations" in name for name, _ in decoder.named_parameters())
    merged, _ = decoder(tokens, torch.zeros_like(tokens))
    torch.testing.assert_close(merged, apart, atol=1e-5, rtol=1e-5)
    assert decoder.blocks[0].qkv.weight.shape == (96, 32)


def test_training_stops_when_the_held_out_loss_rises_and_keeps_the_best(
    base: Path, cases: list[Case]
) -> None:
    other = list(phrases_of_lines(["你好世界。", "今天天气很好。"]))  # what the base knows already
    settings = FineTuning(epochs=30, windows=2, replay_windows=0, rate=10.0, patience=2)
    run = tuner(base, cases, settings, other)
    steps: list[FineTuningStep] = []
    run.run(steps.append)
    losses = [step.held_out_loss for step in steps if step.held_out_loss is not None]
    assert len(losses) < 30
    assert losses[-2:] > [min(losses)] * 2
    windows = single_phrase_window(other, restore(base).vocabulary, context_reader(Bundle.load(base)), 32)
    assert run.loss_on(windows) == pytest.approx(min(losses), abs=1e-4)


def test_the_same_seed_gives_the_same_weights(base: Path, cases: list[Case]) -> None:
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        found = [
            tuner(base, cases, FineTuning(epochs=2, windows=4, seed=seed)).run().state_dict()
            for seed in (3, 3, 4)
        ]
    finally:
        torch.set_num_threads(threads)
    assert all(torch.equal(value, found[1][name]) for name, value in found[0].items())
    assert not torch.equal(found[0]["table.own"], found[2]["table.own"])


def test_phrases_of_a_line_know_what_stood_before_them() -> None:
    cases = list(phrases_of_lines(["银行行长说：这个方案行不行？"]))
    assert [(case.hanzi, case.context) for case in cases] == [
        ("银行行长说", ""),
        ("这个方案行不行", "银行行长说："),
    ]
    assert cases[0].keys == "yinhanghangzhangshuo"
    long = list(phrases_of_lines(["今天天气很好" * 5]))
    assert [len(case.hanzi) for case in long] == [15, 15]
    assert long[1].context == "今天天气很好今天天气很好今天天"


def test_consecutive_phrases_are_one_chain(base: Path) -> None:
    vocabulary, read = restore(base).vocabulary, context_reader(Bundle.load(base))
    typed = list(phrases_of_lines(["我们喜欢上课，他也喜欢上课。", "今天天气很好"]))
    chains = chains_of(typed, vocabulary, read)
    assert [vocabulary.text(chain.tokens) for chain in chains] == [
        "我们喜欢上课，他也喜欢上课",
        "今天天气很好",
    ]
    assert all(chain.typed.all() for chain in chains)
    (alone_,) = chains_of(typed[1:2], vocabulary, read)  # its text before was not typed in this log
    assert vocabulary.text(alone_.tokens) == "我们喜欢上课，他也喜欢上课"
    assert alone_.typed.tolist() == [False] * 7 + [True] * 6


@pytest.mark.parametrize(
    ("before", "context", "gap"),
    [
        ("你好", "他说你好，", "，"),
        ("你好", "你好", ""),
        ("你好", "你好\n", None),
        ("你好", "再见", None),
        ("", "再见", None),
        ("你好", "你好世界真的很大", None),
    ],
)
def test_gaps(before: str, context: str, gap: str | None) -> None:
    assert gap_after(before, context) == gap


def test_windows_hold_every_token_once() -> None:
    rng = np.random.default_rng(0)
    chains = [
        Chain(np.arange(100 * i + 50, 100 * i + 50 + size), np.ones(size, dtype=np.bool_))
        for i, size in enumerate((5, 31, 32, 70, 1))
    ]
    batch = pack_windows(chains, 32, rng)
    found = sorted(batch.targets[batch.targets != IGNORED].tolist())
    assert found == sorted(np.concatenate([chain.tokens for chain in chains]).tolist())
    for row in range(len(batch.inputs)):  # a segment begins with START and goes on with its own tokens
        for segment in set(batch.segments[row]) - {-1}:
            places = np.flatnonzero(batch.segments[row] == segment)
            assert batch.inputs[row, places[0]] == START_ID
            assert batch.inputs[row, places[1:]].tolist() == batch.targets[row, places[:-1]].tolist()


def test_a_blend_lies_between_the_original_and_the_tuned_weights(base: Path) -> None:
    original, tuned = restore(base).decoder, restore(base).decoder
    with torch.no_grad():
        tuned.reading_bias.add_(1.0)
    for share in (0.0, 0.35, 1.0):
        blended = blend(original, tuned, share)
        torch.testing.assert_close(blended.reading_bias, original.reading_bias + share)
        torch.testing.assert_close(blended.table.own, original.table.own)
