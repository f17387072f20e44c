"""The model bundle: one directory with the decoder, its output head, its vocabulary and a manifest.

Knows files, hashes and shapes; knows nothing of inference: the decoder's file is handed on by
path. A bundle that is not exactly what its manifest says is refused with a BundleError, one
sentence of what was expected, what was found and what to do; nothing else is raised.

    manifest.json    format, sizes, vocabulary hash, sha256 of every other file, provenance
    decoder.onnx     the transformer without its reading softmax
    head.npz         weight int8 (n_token, n_embd), scale float32 (n_token,), bias float32 (n_token,)
    vocabulary.tsv   `Vocabulary.dumps`
    ngram.npz        optional
    encoder.onnx     optional, with encoder.npz: by_class float16 (n_class, n_embd), masked float16
                     (n_embd,), bias float16 (n_token,); see engine.model.pinyin_encoder
"""

from __future__ import annotations

import hashlib
import json
import zipfile
import zlib
from dataclasses import asdict, dataclass, fields
from datetime import date
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from engine.lexicon.vocabulary import Vocabulary, VocabularyError

FORMAT: Final[int] = 1
MANIFEST: Final[str] = "manifest.json"
DECODER: Final[str] = "decoder.onnx"
HEAD: Final[str] = "head.npz"
VOCABULARY: Final[str] = "vocabulary.tsv"
NGRAM: Final[str] = "ngram.npz"
ENCODER: Final[str] = "encoder.onnx"
ENCODER_TABLES: Final[str] = "encoder.npz"

_REQUIRED: Final[tuple[str, ...]] = (DECODER, HEAD, VOCABULARY)
_OPTIONAL: Final[tuple[str, ...]] = (NGRAM, ENCODER, ENCODER_TABLES)
_SIZES: Final[tuple[str, ...]] = ("n_token", "n_class", "n_layer", "n_head", "n_embd", "block_size")
_REMEDY: Final[str] = "take the bundle from a fresh clone or export it again with `python -m training export`"

Floats = npt.NDArray[np.float32]


class BundleError(ValueError):
    """A bundle that is missing, damaged or foreign; the message is one sentence for the user."""

    @classmethod
    def of(cls, expected: str, found: str, remedy: str = _REMEDY) -> BundleError:
        return cls(f"expected {expected}, found {found}; {remedy}")


@dataclass(frozen=True)
class FileEntry:
    """What the manifest says of one file: sha256 in hex, size in bytes."""

    sha256: str
    bytes: int


@dataclass(frozen=True)
class Manifest:
    """The content of manifest.json; `block_size` is the longest history seen in training, in tokens."""

    name: str
    created: str  # ISO date
    vocabulary_hash: str
    n_token: int
    n_class: int
    n_layer: int
    n_head: int
    n_embd: int
    block_size: int
    files: dict[str, FileEntry]
    provenance: dict[str, Any]
    format: int = FORMAT

    def dumps(self) -> str:
        return json.dumps(asdict(self), ensure_ascii=False, indent=2, sort_keys=True) + "\n"

    @classmethod
    def loads(cls, text: str) -> Manifest:
        """Inverse of `dumps`; fields it does not know are ignored. Raises BundleError."""
        try:
            values = json.loads(text)
        except (ValueError, RecursionError) as error:
            raise BundleError.of(f"JSON in {MANIFEST}", f"something else ({error})") from error
        if not isinstance(values, dict):
            raise BundleError.of(f"a JSON object in {MANIFEST}", f"a {type(values).__name__}")
        found_format = values.get("format")
        if found_format != FORMAT:
            remedy = "update the program or export the bundle again with `python -m training export`"
            raise BundleError.of(f"bundle format {FORMAT}", f"format {found_format!r}", remedy)
        known = {field.name: _checked(field.name, str(field.type), values) for field in fields(cls)}
        for name in _SIZES:
            if known[name] < 1:
                raise BundleError.of(f"{name} of 1 or more in {MANIFEST}", str(known[name]))
        known["files"] = {name: _file_entry(name, entry) for name, entry in known["files"].items()}
        return cls(**known)


@dataclass(frozen=True)
class EncoderTables:
    """What the pinyin encoder has beside its graph and the decoder's output table.

    by_class: (n_class, n_embd), added to a token's output row where the token is known; masked:
    (n_embd,), added to by_class where only the syllable is; bias: (n_token,), of the reading softmax.
    """

    by_class: Floats
    masked: Floats
    bias: Floats


@dataclass(frozen=True)
class Bundle:
    """A verified bundle.

    head_weight: float32 (n_token, n_embd), de-quantised; head_bias: float32 (n_token,).
    """

    path: Path
    manifest: Manifest
    vocabulary: Vocabulary
    head_weight: Floats
    head_bias: Floats
    decoder_path: Path
    ngram_path: Path | None
    encoder_path: Path | None = None
    encoder_tables: EncoderTables | None = None

    @property
    def encoder_files(self) -> tuple[bytes, bytes] | None:
        """The encoder's graph and tables as they lie in the bundle, for `write_bundle`."""
        if self.encoder_path is None:
            return None
        return self.encoder_path.read_bytes(), (self.path / ENCODER_TABLES).read_bytes()

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
            raise BundleError.of(f"readable files in {path}", str(error)) from error

    @classmethod
    def _load(cls, path: Path) -> Bundle:
        if not path.is_dir():
            raise BundleError.of(f"a model bundle in the directory {path}", "no such directory")
        if not (path / MANIFEST).is_file():
            raise BundleError.of(f"{MANIFEST} in {path}", "no such file")
        try:
            manifest = Manifest.loads((path / MANIFEST).read_text(encoding="utf-8"))
        except UnicodeDecodeError as error:
            raise BundleError.of(f"JSON in UTF-8 in {path / MANIFEST}", "other bytes") from error
        _verify_files(path, manifest)
        vocabulary = _load_vocabulary(path, manifest)
        weight, bias = _load_head(path / HEAD, manifest)
        ngram, encoder, tables = (path / f if f in manifest.files else None for f in _OPTIONAL)
        if (encoder is None) != (tables is None):
            raise BundleError.of(f"{ENCODER} and {ENCODER_TABLES} in {path}", "only one of them")
        found = None if tables is None else _load_encoder_tables(tables, manifest)
        return cls(path, manifest, vocabulary, weight, bias, path / DECODER, ngram, encoder, found)


def write_bundle(
    path: Path,
    *,
    name: str,
    vocabulary: Vocabulary,
    decoder: bytes,
    head_weight: Floats,
    head_bias: Floats,
    n_layer: int,
    n_head: int,
    block_size: int,
    provenance: dict[str, Any],
    ngram: bytes | None = None,
    encoder: tuple[bytes, bytes] | None = None,
) -> Manifest:
    """Write all files of a bundle into the directory `path`, made where missing.

    head_weight: (n_token, n_embd), rounded to int8 row by row here; head_bias: (n_token,);
    encoder: its graph, and its tables as `encoder_tables` packs them.
    """
    path.mkdir(parents=True, exist_ok=True)
    (path / DECODER).write_bytes(decoder)
    (path / VOCABULARY).write_text(vocabulary.dumps(), encoding="utf-8", newline="\n")
    write_head(path / HEAD, head_weight, head_bias)
    optional = dict(zip(_OPTIONAL, (ngram, *(encoder or (None, None))), strict=True))
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
    present = [file for file in (*_REQUIRED, *_OPTIONAL) if (path / file).is_file()]
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
        files={file: _entry_of((path / file).read_bytes()) for file in present},
        provenance=provenance,
    )
    (path / MANIFEST).write_text(manifest.dumps(), encoding="utf-8", newline="\n")
    return manifest


def write_head(path: Path, weight: Floats, bias: Floats) -> None:
    """Write head.npz: weight (n_token, n_embd) as int8 with one scale a row, bias (n_token,)."""
    scale = np.maximum(np.abs(weight).max(axis=1), 1e-8).astype(np.float32) / np.float32(127)
    rounded = np.rint(weight / scale[:, None]).astype(np.int8)
    np.savez_compressed(path, weight=rounded, scale=scale, bias=bias.astype(np.float32))


def _entry_of(content: bytes) -> FileEntry:
    return FileEntry(hashlib.sha256(content).hexdigest(), len(content))


def _checked(name: str, type_name: str, values: dict[str, Any]) -> Any:
    """The manifest's value of a field, which must be of the field's type."""
    expected = {"str": str, "int": int}.get(type_name, dict)
    value = values.get(name)
    if not isinstance(value, expected) or isinstance(value, bool):
        raise BundleError.of(f"{name} ({expected.__name__}) in {MANIFEST}", repr(value)[:80])
    return value


def _file_entry(name: str, entry: Any) -> FileEntry:
    if Path(name).name != name:  # `../x` would lead out of the bundle
        raise BundleError.of(f"plain file names in {MANIFEST}", repr(name))
    if not isinstance(entry, dict):
        raise BundleError.of(f"sha256 and bytes of {name} in {MANIFEST}", repr(entry)[:80])
    return FileEntry(_checked("sha256", "str", entry), _checked("bytes", "int", entry))


def _verify_files(path: Path, manifest: Manifest) -> None:
    for name in _REQUIRED:
        if name not in manifest.files:
            raise BundleError.of(f"{name} listed in {path / MANIFEST}", f"only {sorted(manifest.files)}")
    for name, expected in manifest.files.items():
        if not (path / name).is_file():
            raise BundleError.of(f"the file {path / name}", "no such file")
        found = _entry_of((path / name).read_bytes())
        if found.bytes != expected.bytes:
            raise BundleError.of(f"{expected.bytes} bytes in {path / name}", f"{found.bytes}")
        if found.sha256 != expected.sha256:
            wanted, got = expected.sha256[:12], found.sha256[:12]
            raise BundleError.of(f"sha256 {wanted}… of {path / name}", f"{got}…, so the file was changed")


def _load_vocabulary(path: Path, manifest: Manifest) -> Vocabulary:
    try:
        vocabulary = Vocabulary.load(path / VOCABULARY)
    except (VocabularyError, UnicodeDecodeError) as error:
        raise BundleError.of(f"a vocabulary in {path / VOCABULARY}", f"another layout ({error})") from error
    if vocabulary.hash != manifest.vocabulary_hash:
        wanted, got = manifest.vocabulary_hash[:12], vocabulary.hash[:12]
        raise BundleError.of(f"the vocabulary {wanted}… that the decoder was trained with", f"{got}…")
    sizes = len(vocabulary), vocabulary.n_class
    if sizes != (manifest.n_token, manifest.n_class):
        wanted = f"{manifest.n_token} tokens in {manifest.n_class} classes in {path / VOCABULARY}"
        raise BundleError.of(wanted, f"{sizes[0]} in {sizes[1]}")
    return vocabulary


def _load_head(path: Path, manifest: Manifest) -> tuple[Floats, Floats]:
    """De-quantised weight (n_token, n_embd) and bias (n_token,)."""
    n_token, n_embd = manifest.n_token, manifest.n_embd
    shapes = {"weight": (n_token, n_embd), "scale": (n_token,), "bias": (n_token,)}
    weight, scale, bias = _load_arrays(path, shapes)
    return weight * scale[:, None], bias


def _load_encoder_tables(path: Path, manifest: Manifest) -> EncoderTables:
    n_embd = manifest.n_embd
    shapes = {"by_class": (manifest.n_class, n_embd), "masked": (n_embd,), "bias": (manifest.n_token,)}
    return EncoderTables(*_load_arrays(path, shapes))


def _load_arrays(path: Path, shapes: dict[str, tuple[int, ...]]) -> list[Floats]:
    """The arrays of these names and shapes, finite numbers all."""
    names = ", ".join(shapes)
    try:
        with path.open("rb") as file, np.load(file) as packed:  # numpy leaves its own file open on an error
            arrays = [packed[name] for name in shapes]
    except (ValueError, KeyError, EOFError, TypeError, RuntimeError, zipfile.BadZipFile, zlib.error) as error:
        raise BundleError.of(f"arrays {names} in {path}", f"none ({error})") from error
    for (name, shape), array in zip(shapes.items(), arrays, strict=True):
        if array.shape != shape:
            raise BundleError.of(f"{name} of the shape {shape} in {path}", f"{array.shape}")
        if array.dtype.kind not in "iuf":
            raise BundleError.of(f"numbers in {names} of {path}", f"the kind {array.dtype.kind!r}")
        if not np.isfinite(array).all():
            raise BundleError.of(f"finite {names} in {path}", "nan or inf")
    return [array.astype(np.float32) for array in arrays]
