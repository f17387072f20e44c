"""Write a model bundle: its files and the manifest that names them."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from engine.arrays import FloatArray
from engine.lexicon.vocabulary import Vocabulary
from engine.model.manifest import (
    DECODER,
    HEAD,
    MANIFEST,
    OPTIONAL,
    REQUIRED,
    VOCABULARY,
    Manifest,
    entry_of,
)


def write_bundle(
    path: Path,
    *,
    name: str,
    vocabulary: Vocabulary,
    decoder: bytes,
    head_weight: FloatArray,
    head_bias: FloatArray,
    n_layer: int,
    n_head: int,
    block_size: int,
    provenance: dict[str, Any],
    ngram: bytes | None = None,
    words: bytes | None = None,
) -> Manifest:
    """Write all files of a bundle into the directory `path`, made where missing.

    head_weight: (n_token, n_embd), rounded to int8 row by row here; head_bias: (n_token,).
    """
    path.mkdir(parents=True, exist_ok=True)
    (path / DECODER).write_bytes(decoder)
    (path / VOCABULARY).write_text(vocabulary.dumps(), encoding="utf-8", newline="\n")
    write_head(path / HEAD, head_weight, head_bias)
    optional = dict(zip(OPTIONAL, (ngram, words), strict=True))
    for file, content in optional.items():
        (path / file).unlink(missing_ok=True)
        if content is not None:
            (path / file).write_bytes(content)
    return write_manifest(
        path,
        name=name,
        vocabulary=vocabulary,
        n_layer=n_layer,
        n_head=n_head,
        n_embd=head_weight.shape[1],
        block_size=block_size,
        provenance=provenance,
    )


def write_manifest(
    path: Path,
    *,
    name: str,
    vocabulary: Vocabulary,
    n_layer: int,
    n_head: int,
    n_embd: int,
    block_size: int,
    provenance: dict[str, Any],
) -> Manifest:
    """Write manifest.json over the bundle files that lie in the directory `path`."""
    present = [file for file in (*REQUIRED, *OPTIONAL) if (path / file).is_file()]
    manifest = Manifest(
        name=name,
        created=date.today().isoformat(),
        vocabulary_hash=vocabulary.hash,
        n_token=len(vocabulary),
        n_class=vocabulary.n_class,
        n_layer=n_layer,
        n_head=n_head,
        n_embd=n_embd,
        block_size=block_size,
        files={file: entry_of(path / file) for file in present},
        provenance=provenance,
    )
    (path / MANIFEST).write_text(manifest.dumps(), encoding="utf-8", newline="\n")
    return manifest


def int8_rows(table: FloatArray) -> tuple[npt.NDArray[np.int8], FloatArray]:
    """Return int8 rows with a scale each: table = int8 * scale[:, None]. A rare row keeps its precision."""
    scale = np.maximum(np.abs(table).max(axis=1), 1e-12).astype(np.float32) / np.float32(127)
    return np.rint(table / scale[:, None]).astype(np.int8), scale


def write_head(path: Path, weight: FloatArray, bias: FloatArray) -> None:
    """Write head.npz: weight (n_token, n_embd) as int8 with one scale a row, bias (n_token,)."""
    rounded, scale = int8_rows(weight)
    np.savez_compressed(path, weight=rounded, scale=scale, bias=bias.astype(np.float32))
