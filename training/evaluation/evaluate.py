"""Run `python -m training evaluate`, and measure for `export`, by the engine's own search."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from pathlib import Path

import torch
from tqdm import tqdm

from engine.conversion.converter import Converter, SearchOptions
from engine.evaluation.accuracy import Score, accuracy_table, evaluate_accuracy
from engine.evaluation.cases import read_set
from engine.factory import create_converter, parts_around
from engine.model.bundle import Bundle
from engine.model.decoder import Decoder
from engine.model.ngram import NgramModel
from engine.model.onnx_decoder import OnnxDecoder
from training.corpus.shards import Shards
from training.evaluation.onnx_parity import ParityRow, compare_decoders
from training.export.bundle_export import export, graphs, head
from training.export.torch_decoder import TorchDecoder
from training.model.losses import Objective, mean_loss, validation_batches
from training.model.trained import Trained, load_trained


def converter_for(trained: Trained, ngram: Path | None) -> Converter:
    """Return the engine's search over the PyTorch weights, nothing exported."""
    options = SearchOptions(block_size=trained.decoder.config.block_size)
    model = NgramModel.load(ngram) if ngram else None
    return Converter(parts_around(TorchDecoder(trained.decoder), trained.vocabulary, model), options)


def evaluation_table(model: Path, sets: Sequence[Path], limit: int | None, ngram: Path | None) -> str:
    """Return a Markdown table of a checkpoint (RUN/model.pt) or of a bundle (a folder)."""
    converter = create_converter(model) if model.is_dir() else converter_for(load_trained(model), ngram)
    rows: list[tuple[str, Score]] = []
    for path in sets:
        cases = [case.alone for case in read_set(path, limit)]
        rows.append((path.stem, evaluate_accuracy(converter, tqdm(cases, desc=path.stem, unit="case"))))
    return accuracy_table(rows)


@torch.no_grad()
def held_out_loss(trained: Trained, data: Path) -> dict[str, float]:
    """Return nats a token on the held-out windows of each source, in fp32, and `all`."""
    objective = Objective(trained.decoder, compiled=False)
    block_size = trained.decoder.config.block_size
    batches = validation_batches(Shards(data, "valid", trained.vocabulary, block_size), block_size)
    return {
        name: mean_loss(objective, group, torch.device("cpu"), in_bfloat16=False)
        for name, group in batches.items()
    }


def parity(
    trained: Trained,
    sets: Sequence[Path],
    limit: int,
    ngram: Path | None,
    made: tuple[bytes, bytes] | None = None,
) -> tuple[list[ParityRow], int]:
    """Compare PyTorch fp32, ONNX fp32 and ONNX int8 on the first `limit` cases of each set.

    `made` are the decoder's graphs, if they are there already; tracing one takes seconds.
    """
    cases = [case.alone for path in sets for case in read_set(path, limit)]
    made = made or graphs(trained.decoder)
    plain, _ = made
    with tempfile.TemporaryDirectory() as folder:
        export(trained, Path(folder), "parity", None, [], made=made)
        bundle = Bundle.load(Path(folder))
        weight, bias = head(trained.decoder)
        integer = OnnxDecoder(bundle.decoder_path, bundle.head_weight, bundle.head_bias)
        size = bundle.n_bytes / 1e6
    decoders: dict[str, tuple[Decoder, float]] = {
        "PyTorch fp32": (TorchDecoder(trained.decoder), weight.nbytes / 1e6 + _megabytes(trained)),
        "ONNX fp32": (OnnxDecoder(plain, weight, bias), (len(plain) + weight.nbytes) / 1e6),
        "ONNX int8": (integer, size),
    }
    model = NgramModel.load(ngram) if ngram else None
    block_size = trained.decoder.config.block_size
    return compare_decoders(decoders, trained.vocabulary, model, cases, block_size), len(cases)


def _megabytes(trained: Trained) -> float:
    return sum(p.numel() * 4 for p in trained.decoder.blocks.parameters()) / 1e6
