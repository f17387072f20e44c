"""Read a model bundle: one directory with decoder, output head, vocabulary and a manifest.

A bundle that is not exactly what its manifest says is refused with a BundleError, one sentence of what was
expected, what was found and what to do; nothing else is raised. The decoder's file is passed on by path.

    manifest.json    format, sizes, vocabulary hash, sha256 of every other file, provenance
    decoder.onnx     the transformer without its reading softmax
    head.npz         weight int8 (n_token, n_embd), scale float32 (n_token,), bias float32 (n_token,)
    vocabulary.tsv   `Vocabulary.dumps`
    ngram.bin        optional, see engine.model.ngram_file; ngram.npz in bundles made until 0.2
    words.bin        optional, see engine.model.word_ngram

Another file that the manifest names is verified and not read, as the encoder of bundles made before
2026-11-29.
"""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from math import prod
from pathlib import Path
from typing import Final

import numpy as np

from engine.arrays import FloatArray, largest_packed
from engine.error_kinds import Kind
from engine.errors import reason_of, says, short_repr
from engine.lexicon.vocabulary import Vocabulary, VocabularyError
from engine.model.manifest import (
    DECODER,
    EARLIER_NGRAM,
    HEAD,
    MANIFEST,
    OPTIONAL,
    REQUIRED,
    VOCABULARY,
    BundleError,
    Manifest,
    entry_of,
)

_MOST_OF_LINE: Final[int] = 16  # bytes of a hanzi, a syllable and what is around them
_SLACK: Final[int] = 1 << 20  # bytes that a file or an array may have beyond what it needs


@dataclass(frozen=True)
class Bundle:
    """A verified bundle.

    head_weight: float32 (n_token, n_embd), de-quantised; head_bias: float32 (n_token,).
    """

    path: Path
    manifest: Manifest
    vocabulary: Vocabulary
    head_weight: FloatArray
    head_bias: FloatArray
    decoder_path: Path
    ngram_path: Path | None
    words_path: Path | None = None

    @property
    def name(self) -> str:
        return self.manifest.name

    @property
    def n_bytes(self) -> int:
        """Size of all files the manifest lists."""
        return sum(entry.bytes for entry in self.manifest.files.values())

    @classmethod
    def load(cls, path: Path) -> Bundle:
        """Verify and read the bundle in the directory `path`. Raises BundleError."""
        try:
            return cls._load(path)
        except OSError as error:
            raise BundleError.of(says(Kind.READABLE_FILES, path=path), reason_of(error)) from error

    @classmethod
    def _load(cls, path: Path) -> Bundle:
        if not path.is_dir():
            raise BundleError.of(says(Kind.BUNDLE_FOLDER, path=path), says(Kind.NO_FOLDER))
        if not (path / MANIFEST).is_file():
            raise BundleError.of(says(Kind.MANIFEST_IN, path=path), says(Kind.NO_FILE))
        try:
            manifest = Manifest.loads((path / MANIFEST).read_text(encoding="utf-8"))
        except UnicodeDecodeError as error:
            raise BundleError.of(
                says(Kind.JSON_UTF8_IN, path=path / MANIFEST), says(Kind.SOMETHING_ELSE)
            ) from error
        _check_listed(path, manifest)
        large = [name for name in OPTIONAL if name in manifest.files]
        _verify_files(path, manifest, [name for name in manifest.files if name not in large])
        with ThreadPoolExecutor(1) as pool:  # nine tenths of the bytes: read while the rest is unpacked
            verified = pool.submit(_verify_files, path, manifest, large)
            vocabulary = _load_vocabulary(path, manifest)
            weight, bias = _load_head(path / HEAD, manifest)
            verified.result()
        ngram, words = (path / f if f in manifest.files else None for f in OPTIONAL)
        if ngram is None and EARLIER_NGRAM in manifest.files:
            ngram = path / EARLIER_NGRAM
        return cls(path, manifest, vocabulary, weight, bias, path / DECODER, ngram, words)


def _check_listed(path: Path, manifest: Manifest) -> None:
    """Check that all files that are needed are listed, and that all that are listed have their sizes."""
    for name in REQUIRED:
        if name not in manifest.files:
            raise BundleError.of(
                says(Kind.LISTED_IN, name=name, path=path / MANIFEST),
                says(Kind.ONLY, names=short_repr(sorted(manifest.files))),
            )
    for name, expected in manifest.files.items():
        if not (path / name).is_file():
            raise BundleError.of(says(Kind.THE_FILE, path=path / name), says(Kind.NO_FILE))
        size = (path / name).stat().st_size
        if size != expected.bytes:
            raise BundleError.of(says(Kind.BYTES_IN, number=expected.bytes, path=path / name), f"{size}")


def _verify_files(path: Path, manifest: Manifest, names: Iterable[str]) -> None:
    """Check that these files are those that the manifest was written for."""
    for name in names:
        expected, found = manifest.files[name], entry_of(path / name)
        if found.sha256 != expected.sha256:
            wanted, got = expected.sha256[:12], found.sha256[:12]
            raise BundleError.of(
                says(Kind.HASH_OF, hash=wanted, path=path / name), says(Kind.HASH_CHANGED, hash=got)
            )


def _load_vocabulary(path: Path, manifest: Manifest) -> Vocabulary:
    size = (path / VOCABULARY).stat().st_size
    if size > _SLACK + _MOST_OF_LINE * manifest.n_token:  # its lines would take many times that in memory
        raise BundleError.of(
            says(Kind.TOKENS_IN, number=manifest.n_token, classes=manifest.n_class, path=path / VOCABULARY),
            says(Kind.BYTES, number=size),
        )
    try:
        vocabulary = Vocabulary.load(path / VOCABULARY)
    except (VocabularyError, UnicodeDecodeError) as error:
        raise BundleError.of(
            says(Kind.VOCABULARY_IN, path=path / VOCABULARY),
            says(Kind.ANOTHER_LAYOUT, reason=reason_of(error)),
        ) from error
    if vocabulary.hash != manifest.vocabulary_hash:
        wanted, got = manifest.vocabulary_hash[:12], vocabulary.hash[:12]
        raise BundleError.of(says(Kind.TRAINED_VOCABULARY, hash=wanted), says(Kind.HASH, hash=got))
    sizes = len(vocabulary), vocabulary.n_class
    if sizes != (manifest.n_token, manifest.n_class):
        raise BundleError.of(
            says(Kind.TOKENS_IN, number=manifest.n_token, classes=manifest.n_class, path=path / VOCABULARY),
            says(Kind.SO_MANY_IN, number=sizes[0], classes=sizes[1]),
        )
    return vocabulary


def _load_head(path: Path, manifest: Manifest) -> tuple[FloatArray, FloatArray]:
    """Return the de-quantised weight (n_token, n_embd) and the bias (n_token,)."""
    n_token, n_embd = manifest.n_token, manifest.n_embd
    shapes = {"weight": (n_token, n_embd), "scale": (n_token,), "bias": (n_token,)}
    weight, scale, bias = _load_arrays(path, shapes)
    return weight * scale[:, None], bias


def _load_arrays(path: Path, shapes: dict[str, tuple[int, ...]]) -> list[FloatArray]:
    """Return the arrays of these names and shapes. Raises BundleError unless all numbers are finite."""
    names = ", ".join(shapes)
    _check_sizes(path, shapes)
    try:
        with path.open("rb") as file, np.load(file) as packed:  # numpy leaves its own file open on an error
            arrays = [packed[name] for name in shapes]
    except (ValueError, KeyError, EOFError, TypeError, RuntimeError, zipfile.BadZipFile, zlib.error) as error:
        raise BundleError.of(
            says(Kind.ARRAYS_IN, names=names, path=path), says(Kind.NONE_WHY, reason=reason_of(error))
        ) from error
    for (name, shape), array in zip(shapes.items(), arrays, strict=True):
        if array.shape != shape:
            raise BundleError.of(says(Kind.SHAPE_IN, name=name, shape=shape, path=path), f"{array.shape}")
        if array.dtype.kind not in "iuf":
            raise BundleError.of(
                says(Kind.NUMBERS_IN, names=names, path=path),
                says(Kind.KIND_OF_NUMBER, name=array.dtype.kind),
            )
        if not np.isfinite(array).all():
            raise BundleError.of(says(Kind.FINITE_IN, names=names, path=path), says(Kind.NAN))
    return [array.astype(np.float32) for array in arrays]


def _check_sizes(path: Path, shapes: dict[str, tuple[int, ...]]) -> None:
    """Refuse a file whose arrays would unpack to more bytes than their shapes can hold."""
    most = _SLACK + 8 * max(prod(shape) for shape in shapes.values())
    try:
        largest = largest_packed(path, most)
    except (ValueError, RuntimeError, zipfile.BadZipFile) as error:
        expected = says(Kind.ARRAYS_IN, names=", ".join(shapes), path=path)
        raise BundleError.of(expected, says(Kind.NONE_WHY, reason=reason_of(error))) from error
    if largest > most:
        raise BundleError.of(
            says(Kind.ARRAYS_OF_BYTES, number=most, path=path), says(Kind.BYTES, number=largest)
        )
