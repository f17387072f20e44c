"""The decoder, its factored loss, its graph and its int8 form."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import onnx
import pytest
import torch

from engine.lexicon.vocabulary import Vocabulary
from engine.model.bundle_writer import int8_rows
from engine.model.onnx_decoder import OnnxDecoder
from training.export.bundle_export import graphs, head
from training.export.torch_decoder import TorchDecoder
from training.model.decoder import DecoderModel, ModelConfig, reading_loss_dense, reading_loss_sliced

CONFIG = ModelConfig(n_layer=2, n_head=2, n_embd=32, block_size=32)


@pytest.fixture(scope="module")
def vocabulary(prepared: Path) -> Vocabulary:
    return Vocabulary.load(prepared / "vocabulary.tsv")


@pytest.fixture(scope="module")
def model(vocabulary: Vocabulary) -> DecoderModel:
    torch.manual_seed(0)
    decoder = DecoderModel(CONFIG, vocabulary).eval()
    for parameter in decoder.parameters():  # zero-initialised parts would hide mistakes
        torch.nn.init.normal_(parameter, std=0.2)
    return decoder


def loss_inputs(vocabulary: Vocabulary, n: int = 40) -> tuple[torch.Tensor, ...]:
    generator = torch.Generator().manual_seed(1)
    hidden = torch.randn(n, 16, generator=generator, requires_grad=True)
    table = torch.randn(len(vocabulary), 16, generator=generator, requires_grad=True)
    bias = torch.randn(len(vocabulary), generator=generator, requires_grad=True)
    targets = torch.randint(vocabulary.n_special, len(vocabulary), (n,), generator=generator)
    return hidden, table, bias, targets


@pytest.mark.parametrize("loss", [reading_loss_sliced, reading_loss_dense])
def test_reading_loss_is_the_definition(vocabulary: Vocabulary, loss: object) -> None:
    hidden, table, bias, targets = loss_inputs(vocabulary)
    values = loss(hidden, table, bias, targets, vocabulary.syllable_starts)  # type: ignore[operator]
    for row, target, value in zip(hidden, targets.tolist(), values, strict=True):
        syllable = vocabulary.syllable_of_token(target)
        start, end = vocabulary.reading_range(syllable, syllable + 1)
        logits = table[start:end] @ row + bias[start:end]
        assert value.item() == pytest.approx(-logits.log_softmax(0)[target - start].item(), abs=1e-4)


@pytest.mark.parametrize("loss", [reading_loss_sliced, reading_loss_dense])
def test_smoothed_labels_are_pytorch_s(vocabulary: Vocabulary, loss: object) -> None:
    hidden, table, bias, targets = loss_inputs(vocabulary)
    values = loss(hidden, table, bias, targets, vocabulary.syllable_starts, 0.1)  # type: ignore[operator]
    for row, target, value in zip(hidden, targets.tolist(), values, strict=True):
        syllable = vocabulary.syllable_of_token(target)
        start, end = vocabulary.reading_range(syllable, syllable + 1)
        logits = table[start:end] @ row + bias[start:end]
        wanted = torch.nn.functional.cross_entropy(
            logits[None], torch.tensor([target - start]), label_smoothing=0.1
        )
        assert value.item() == pytest.approx(wanted.item(), abs=1e-4)


@pytest.mark.parametrize("smoothing", [0.0, 0.1])
def test_sliced_gradients_are_autograd_s(vocabulary: Vocabulary, smoothing: float) -> None:
    gradients = []
    for loss in (reading_loss_sliced, reading_loss_dense):
        hidden, table, bias, targets = loss_inputs(vocabulary)
        weights = torch.linspace(0.5, 2, len(targets))
        losses = loss(hidden, table, bias, targets, vocabulary.syllable_starts, smoothing)
        (losses * weights).sum().backward()
        gradients.append((hidden.grad, table.grad, bias.grad))
    for ours, theirs in zip(*gradients, strict=True):
        torch.testing.assert_close(ours, theirs, atol=1e-4, rtol=1e-4)


def test_segments_do_not_see_each_other(model: DecoderModel, vocabulary: Vocabulary) -> None:
    tokens = torch.randint(0, len(vocabulary), (1, 12))
    segments = torch.tensor([[0] * 5 + [1] * 7])
    together, _ = model(tokens, segments)
    alone, _ = model(tokens[:, 5:], segments[:, 5:])
    torch.testing.assert_close(together[:, 5:], alone, atol=1e-4, rtol=1e-4)


def test_later_tokens_do_not_change_earlier_rows(model: DecoderModel, vocabulary: Vocabulary) -> None:
    tokens = torch.randint(0, len(vocabulary), (1, 9))
    segments = torch.zeros_like(tokens)
    before, _ = model(tokens, segments)
    tokens[0, 6:] = 40
    after, _ = model(tokens, segments)
    torch.testing.assert_close(before[:, :6], after[:, :6])


def test_priors_start_both_softmaxes_at_the_smoothed_counts(vocabulary: Vocabulary) -> None:
    decoder = DecoderModel(CONFIG, vocabulary)
    counts = torch.arange(len(vocabulary)).float()
    decoder.set_priors(counts)
    assert torch.isfinite(decoder.class_head.bias).all()
    assert torch.isfinite(decoder.reading_bias).all()
    start, end = vocabulary.reading_range(100, 101)
    shares = decoder.reading_bias[start:end].exp()
    expected = (counts[start:end] + 0.5) / (counts[start:end] + 0.5).sum()
    torch.testing.assert_close(shares, expected, atol=1e-5, rtol=1e-4)


def test_a_reading_never_seen_leans_on_its_hanzi_and_syllable(vocabulary: Vocabulary) -> None:
    decoder = DecoderModel(CONFIG, vocabulary)
    table_in, table_out = decoder.table()
    seen, unseen = (
        vocabulary.id_of_reading["行", s] for s in (vocabulary_syllable("xing"), vocabulary_syllable("hang"))
    )
    assert torch.equal(table_out[seen], table_out[unseen])
    assert not torch.equal(table_in[seen], table_in[unseen])


def vocabulary_syllable(spelling: str) -> int:
    from engine.spelling.syllable import SYLLABLE_INDEX

    return SYLLABLE_INDEX[spelling]


def rows_in_any_order(decoder: object, vocabulary: Vocabulary, tokens: list[int]) -> np.ndarray:
    """Hidden states of a history computed in three calls against an arena."""
    n = len(tokens)
    cache = np.zeros((0, CONFIG.n_layer, 2, CONFIG.n_embd), np.float32)
    hidden = []
    for first, last in ((0, 4), (4, 5), (5, n)):
        mask = np.tril(np.ones((n, n), bool))[first:last, :last]
        out = decoder.forward(  # type: ignore[attr-defined]
            np.array(tokens[first:last]), np.arange(first, last), cache, mask
        )
        cache = np.concatenate([cache, out.kv])
        hidden.append(out.hidden)
    return np.concatenate(hidden)


@pytest.fixture(scope="module")
def both_graphs(model: DecoderModel) -> tuple[bytes, bytes]:
    return graphs(model)


@pytest.fixture(scope="module")
def exported(model: DecoderModel, both_graphs: tuple[bytes, bytes]) -> tuple[OnnxDecoder, OnnxDecoder]:
    plain, integer = both_graphs
    return OnnxDecoder(plain, *head(model)), OnnxDecoder(integer, *head(model))


def test_the_arena_graph_computes_what_training_computes(
    model: DecoderModel, vocabulary: Vocabulary, exported: tuple[OnnxDecoder, OnnxDecoder]
) -> None:
    tokens = [0, 500, 100, 200, 30, 400, 800, 77, 78]
    with torch.no_grad():
        expected = model(torch.tensor([tokens]), torch.zeros(1, len(tokens), dtype=torch.int64))[0][0].numpy()
    np.testing.assert_allclose(
        rows_in_any_order(TorchDecoder(model), vocabulary, tokens), expected, atol=1e-4
    )
    # The graph's input table is int8 by row.
    reference = rows_in_any_order(TorchDecoder(model, exact_table=False), vocabulary, tokens)
    np.testing.assert_allclose(rows_in_any_order(exported[0], vocabulary, tokens), reference, atol=1e-3)
    assert np.abs(rows_in_any_order(exported[1], vocabulary, tokens) - reference).max() < 0.25


def test_int8_rows_do_not_depend_on_their_neighbours(exported: tuple[OnnxDecoder, OnnxDecoder]) -> None:
    rng = np.random.default_rng(0)
    cache = rng.standard_normal((6, CONFIG.n_layer, 2, CONFIG.n_embd)).astype(np.float32)
    tokens, positions = rng.integers(0, 800, 16), np.full(16, 6)
    mask = np.concatenate([np.ones((16, 6), bool), np.eye(16, dtype=bool)], axis=1)
    together = exported[1].forward(tokens, positions, cache, mask)
    for i in (0, 7, 15):
        row = np.concatenate([np.ones((1, 6), bool), np.ones((1, 1), bool)], axis=1)
        alone = exported[1].forward(tokens[i : i + 1], positions[:1], cache, row)
        np.testing.assert_allclose(alone.class_log_probs[0], together.class_log_probs[i], atol=1e-4)


def test_every_constant_product_is_int8(both_graphs: tuple[bytes, bytes]) -> None:
    integer = onnx.load_from_string(both_graphs[1])
    kinds = [node.op_type for node in integer.graph.node]
    assert kinds.count("MatMulInteger") == 4 * CONFIG.n_layer + 1
    assert kinds.count("MatMul") == 2 * CONFIG.n_layer  # scores and values: no constants


def test_rare_rows_keep_their_precision() -> None:
    table = np.array([[1000.0, -1.0], [0.001, 0.0005]], dtype=np.float32)
    rows, scale = int8_rows(table)
    assert np.abs(rows * scale[:, None] - table)[1].max() < 0.001 / 127


def test_dropout_is_for_training_only(vocabulary: Vocabulary) -> None:
    torch.manual_seed(0)
    decoder = DecoderModel(ModelConfig(n_layer=1, n_head=2, n_embd=32, dropout=0.5), vocabulary)
    torch.nn.init.normal_(decoder.blocks[0].down.weight)  # zero at first: nothing to leave out
    tokens = torch.arange(6)[None]
    first, second = (decoder.train()(tokens, torch.zeros_like(tokens))[0] for _ in range(2))
    assert (first - second).abs().max() > 0.1
    first, second = (decoder.eval()(tokens, torch.zeros_like(tokens))[0] for _ in range(2))
    assert torch.equal(first, second)


def test_rotary_positions_are_relative(model: DecoderModel) -> None:
    cos, _sin = model.rotary(torch.arange(20))
    half = CONFIG.n_embd // CONFIG.n_head // 2
    assert cos.shape == (20, 1, half)
    assert cos[7, 0, 0].item() == pytest.approx(math.cos(7), abs=1e-5)
