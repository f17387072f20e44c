"""Run `python -m training export`: a trained decoder to the bundle that the engine loads.

How good the bundle is, evaluation/onnx_parity.py says.
"""

from __future__ import annotations

import json
import subprocess
import tempfile
from pathlib import Path

import numpy as np
import numpy.typing as npt
import onnx
import torch

from engine.model.bundle import Bundle
from engine.model.bundle_writer import write_bundle
from training.export.decoder_onnx import export_graph
from training.export.quantization import products_by_column, quantise_products
from training.model.decoder import DecoderModel
from training.model.trained import Trained


def graphs(decoder: DecoderModel) -> tuple[bytes, bytes]:
    """Return the decoder as ONNX in fp32 and in int8 by row (the input table is int8 in both)."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "decoder.onnx"
        export_graph(decoder, path)
        model = products_by_column(onnx.load(path))
    plain = model.SerializeToString()
    return plain, quantise_products(model).SerializeToString()


def head(decoder: DecoderModel) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.float32]]:
    """Return weight (n_token, n_embd) and bias (n_token,) of the reading softmax."""
    with torch.no_grad():
        _, table = decoder.table()
    return table.float().numpy(), decoder.reading_bias.detach().float().numpy()


def export(
    trained: Trained,
    output: Path,
    name: str,
    ngram: bytes | None,
    sources: list[str],
    quantise: bool = True,
    made: tuple[bytes, bytes] | None = None,
    words: bytes | None = None,
) -> None:
    """Write a bundle into the folder `output`; `ngram`, `words`: these files' bytes; `made`: its graphs."""
    config = trained.decoder.config
    plain, integer = made or graphs(trained.decoder)
    weight, bias = head(trained.decoder)
    provenance = {
        "training": trained.progress,
        "recipe": trained.recipe,
        "sources": sources,
        "commit": _commit(),
    }
    write_bundle(
        output,
        name=name,
        vocabulary=trained.vocabulary,
        decoder=integer if quantise else plain,
        head_weight=weight,
        head_bias=bias,
        n_layer=config.n_layer,
        n_head=config.n_head,
        block_size=config.block_size,
        provenance=provenance,
        ngram=ngram,
        words=words,
    )


def with_parts(
    base: Bundle,
    output: Path,
    name: str,
    ngram: bytes | None,
    words: bytes | None = None,
) -> None:
    """Write the bundle `base` into the folder `output`, its decoder as it is, with another n-gram or
    other words where they are given."""
    manifest = base.manifest
    if ngram is None and base.ngram_path is not None:
        ngram = base.ngram_path.read_bytes()
    if words is None and base.words_path is not None:
        words = base.words_path.read_bytes()
    write_bundle(
        output,
        name=name,
        vocabulary=base.vocabulary,
        decoder=base.decoder_path.read_bytes(),
        head_weight=base.head_weight,
        head_bias=base.head_bias,
        n_layer=manifest.n_layer,
        n_head=manifest.n_head,
        block_size=manifest.block_size,
        provenance={key: value for key, value in manifest.provenance.items() if key != "encoder"},
        ngram=ngram,
        words=words,
    )


def sources_of(data: Path) -> list[str]:
    """Return the names of the sources that `prepare` made shards of."""
    meta = json.loads((data / "shards" / "meta.json").read_text(encoding="utf-8"))
    return sorted(meta["tokens"])


def _commit() -> str:
    command = ["git", "-C", str(Path(__file__).parent), "rev-parse", "--short", "HEAD"]
    found = subprocess.run(command, capture_output=True, text=True, check=False)
    return found.stdout.strip() or "unknown"
