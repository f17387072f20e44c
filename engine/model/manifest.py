"""Define the manifest of a model bundle: names, sizes and hashes of its files, and its provenance."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any, Final, Self

from engine.error_kinds import Kind
from engine.errors import MoyinError, Said, says, short_repr

FORMAT: Final[int] = 1
MANIFEST: Final[str] = "manifest.json"
DECODER: Final[str] = "decoder.onnx"
HEAD: Final[str] = "head.npz"
VOCABULARY: Final[str] = "vocabulary.tsv"
NGRAM: Final[str] = "ngram.bin"
EARLIER_NGRAM: Final[str] = "ngram.npz"  # of bundles made until 0.2
WORDS: Final[str] = "words.bin"
REQUIRED: Final[tuple[str, ...]] = (DECODER, HEAD, VOCABULARY)
OPTIONAL: Final[tuple[str, ...]] = (NGRAM, WORDS)
_SIZES: Final[tuple[str, ...]] = ("n_token", "n_class", "n_layer", "n_head", "n_embd", "block_size")


class BundleError(MoyinError):
    """A bundle that is missing, damaged or foreign."""

    @classmethod
    def of(cls, expected: Said, found: Said, remedy: Said | None = None) -> Self:
        return super().of(expected, found, remedy or says(Kind.FETCH_BUNDLE))


@dataclass(frozen=True)
class FileEntry:
    """The manifest's entry of one file: sha256 in hex, size in bytes."""

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
        """Return the manifest of a text; unknown fields are ignored. Raises BundleError."""
        try:
            values = json.loads(text)
        except (ValueError, RecursionError) as error:
            raise BundleError.of(
                says(Kind.JSON_IN, path=MANIFEST), says(Kind.SOMETHING_ELSE_WHY, reason=error)
            ) from error
        if not isinstance(values, dict):
            raise BundleError.of(says(Kind.JSON_OBJECT_IN, path=MANIFEST), f"a {type(values).__name__}")
        found_format = values.get("format")
        if found_format != FORMAT:
            raise BundleError.of(
                says(Kind.BUNDLE_FORMAT, number=FORMAT),
                says(Kind.FORMAT, number=short_repr(found_format)),
                says(Kind.UPDATE_OR_EXPORT),
            )
        known = {field.name: _checked(field.name, str(field.type), values) for field in fields(cls)}
        for name in _SIZES:
            if known[name] < 1:
                raise BundleError.of(
                    says(Kind.POSITIVE_IN, name=name, path=MANIFEST), short_repr(known[name])
                )
        known["files"] = {name: _file_entry(name, entry) for name, entry in known["files"].items()}
        return cls(**known)


def _checked(name: str, type_name: str, values: dict[str, Any]) -> Any:
    """Return the manifest's value of a field, which must be of the field's type."""
    expected = {"str": str, "int": int}.get(type_name, dict)
    value = values.get(name)
    if not isinstance(value, expected) or isinstance(value, bool):
        raise BundleError.of(
            says(Kind.FIELD_IN, name=name, type=expected.__name__, path=MANIFEST), short_repr(value)
        )
    return value


def _file_entry(name: str, entry: Any) -> FileEntry:
    if Path(name).name != name:  # `../x` would lead out of the bundle
        raise BundleError.of(says(Kind.PLAIN_NAMES_IN, path=MANIFEST), short_repr(name))
    if not isinstance(entry, dict):
        raise BundleError.of(says(Kind.ENTRY_IN, name=name, path=MANIFEST), short_repr(entry))
    return FileEntry(_checked("sha256", "str", entry), _checked("bytes", "int", entry))


def entry_of(path: Path) -> FileEntry:
    """Return the entry of a file, which is read piece by piece: an n-gram is larger than all the rest."""
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256")
        return FileEntry(digest.hexdigest(), file.tell())
