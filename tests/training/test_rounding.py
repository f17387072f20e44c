"""int8 rows that keep what a matrix does to its usual inputs."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from engine.vocabulary import from_counts
from training.data import START_ID, Batch
from training.graph import quantise_rows
from training.model import Decoder, ModelConfig
from training.rounding import moments_of, round_rows


def error(weight: np.ndarray, rounded: tuple[np.ndarray, np.ndarray], inputs: np.ndarray) -> float:
    """Mean square of what a rounded matrix gives beside what it should give."""
    integers, scale = rounded
    return float((((integers * scale[:, None] - weight) @ inputs.T) ** 2).mean())


@pytest.mark.parametrize("rank", [4, 40])
def test_usual_inputs_get_nearly_the_same_outputs(rank: int) -> None:
    random = np.random.default_rng(rank)
    weight = random.normal(size=(24, 64)).astype(np.float32)
    inputs = random.normal(size=(500, rank)) @ random.normal(size=(rank, 64))  # they go together
    rounded = round_rows(weight, torch.from_numpy(inputs.T @ inputs))
    nearest = quantise_rows(weight)
    assert error(weight, rounded, inputs) < 0.5 * error(weight, nearest, inputs)
    assert rounded[0].dtype == np.int8
    np.testing.assert_allclose(rounded[1], nearest[1], rtol=1e-6)
    assert np.abs(rounded[0] * rounded[1][:, None] - weight).max() < 6 * rounded[1].max()


def test_inputs_that_have_nothing_in_common_round_to_the_nearest() -> None:
    weight = np.random.default_rng(2).normal(size=(8, 16)).astype(np.float32)
    np.testing.assert_array_equal(round_rows(weight, torch.eye(16) * 3.0)[0], quantise_rows(weight)[0])


def test_inputs_that_never_came() -> None:
    weight = np.ones((2, 4), dtype=np.float32)
    np.testing.assert_array_equal(round_rows(weight, torch.zeros(4, 4))[0], np.full((2, 4), 127))


def test_moments_are_of_the_places_that_hold_something() -> None:
    vocabulary = from_counts([("你", "ni", 5), ("好", "hao", 5)])
    decoder = Decoder(ModelConfig(n_layer=2, n_head=2, n_embd=8, block_size=4), vocabulary).eval()
    inputs = np.full((2, 4), START_ID, dtype=np.int64)
    segments = np.array([[0, 0, 0, -1], [0, -1, -1, -1]])
    moments = moments_of(decoder, [Batch(inputs, inputs, segments)])
    assert set(moments) == {
        name for name, parameter in decoder.named_parameters() if name.startswith("blocks.")
    }
    first = moments["blocks.0.qkv.weight"]  # of normed vectors: their squares sum to n_embd
    assert float(first.trace()) == pytest.approx(4 * 8, rel=1e-3)
    assert not decoder.blocks[0].qkv._forward_hooks
