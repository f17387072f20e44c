"""Name the array types that the packages exchange, and keep named arrays in one file.

The file is mapped into memory, not read: 8 bytes of magic, the length of the header (little-endian uint32),
the header as JSON ({name: [type, shape, offset]}), then the arrays, each at a multiple of 64 bytes. Opening
one costs no more than its header; the operating system reads what is looked at. Nothing in the header is
believed: types, shapes and offsets are checked against the file's size before an array is made.
"""

from __future__ import annotations

import json
import mmap
import zipfile
import zlib
from collections.abc import Mapping
from contextlib import suppress
from math import prod
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from engine.error_kinds import Kind
from engine.errors import MoyinError, reason_of, says

FloatArray = npt.NDArray[np.float32]
DoubleArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]
IndexArray = npt.NDArray[np.intp]
BoolArray = npt.NDArray[np.bool_]


def log_softmax(logits: FloatArray) -> FloatArray:
    """Return the log-probabilities of each row of `logits`, shape (n, m), in nats."""
    shifted = logits - logits.max(axis=1, keepdims=True)
    result: FloatArray = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    return result


Array = npt.NDArray[Any]
Arrays = dict[str, Array]

_MAGIC: Final[bytes] = b"MOYINAR1"
_TYPES: Final[frozenset[str]] = frozenset({"|u1", "<u2", "<u4", "<u8", "<f4"})
_ALIGNMENT: Final[int] = 64
_LONGEST_HEADER: Final[int] = 1 << 16
_PREFIX: Final[int] = len(_MAGIC) + 4


class ArrayFileError(MoyinError):
    """A file that holds no arrays in this format, or fewer bytes than its header says."""


def is_array_file(path: Path) -> bool:
    """Return True where the file begins as this format does."""
    with path.open("rb") as file:
        return file.read(len(_MAGIC)) == _MAGIC


def dump_arrays(arrays: Mapping[str, Array]) -> bytes:
    """Return the content of a file that holds `arrays`."""
    kept = {name: _storable(name, array) for name, array in arrays.items()}
    size = _aligned(_PREFIX + len(_header(kept, 1 << 40)))  # no offset is written with more digits
    content = bytearray(_MAGIC)
    header = _header(kept, size)
    content += len(header).to_bytes(4, "little") + header
    for array in kept.values():
        content += bytes(_aligned(max(len(content), size)) - len(content))
        content += array.tobytes()
    return bytes(content)


def open_arrays(path: Path) -> Arrays:
    """Map the file and return its arrays, which cannot be written to. Raises ArrayFileError or OSError."""
    with path.open("rb") as file:
        size = file.seek(0, 2)
        if size < _PREFIX:
            raise ArrayFileError.of(says(Kind.ARRAY_FILE, path=path), says(Kind.BYTES, number=size))
        content = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
    if content[: len(_MAGIC)] != _MAGIC:
        raise ArrayFileError.of(says(Kind.ARRAY_FILE, path=path), says(Kind.SOMETHING_ELSE))
    length = int.from_bytes(content[len(_MAGIC) : _PREFIX], "little")
    if length > min(_LONGEST_HEADER, size - _PREFIX):
        raise ArrayFileError.of(says(Kind.HEADER_BYTES, number=_LONGEST_HEADER, path=path), f"{length}")
    try:
        rows = json.loads(content[_PREFIX : _PREFIX + length])
        return {str(name): _mapped(content, row) for name, row in rows.items()}
    except (ArithmeticError, AttributeError, RecursionError, TypeError, ValueError) as error:
        found = says(Kind.A_DAMAGED_FILE, reason=reason_of(error))
        raise ArrayFileError.of(says(Kind.ARRAY_FILE, path=path), found) from error


def _storable(name: str, array: Array) -> Array:
    little = np.ascontiguousarray(array.astype(array.dtype.newbyteorder("<"), copy=False))
    if little.dtype.str not in _TYPES:
        raise ArrayFileError.of(
            says(Kind.NUMBER_TYPES, names=", ".join(sorted(_TYPES)), name=name), little.dtype.str
        )
    return little


def _header(arrays: Mapping[str, Array], first: int) -> bytes:
    """Return the header where the first array begins at `first`."""
    rows, offset = {}, first
    for name, array in arrays.items():
        offset = _aligned(offset)
        rows[name] = [array.dtype.str, list(array.shape), offset]
        offset += array.nbytes
    return json.dumps(rows).encode()


def _aligned(offset: int) -> int:
    return -(-offset // _ALIGNMENT) * _ALIGNMENT


def _mapped(content: mmap.mmap, row: Any) -> Array:
    type_name, shape, offset = row
    if type_name not in _TYPES:
        raise ValueError(f"the type {type_name!r}")
    if not all(type(number) is int and number >= 0 for number in (*shape, offset)):
        raise ValueError(f"the shape {shape} at {offset}")
    dtype = np.dtype(type_name)
    count = prod(shape)
    if offset + count * dtype.itemsize > len(content):
        raise ValueError(f"{count} numbers at {offset}, of {len(content)} bytes")
    return np.frombuffer(content, dtype, count, offset).reshape(shape)


def largest_packed(path: Path, most: int) -> int:
    """Return the bytes of the largest array of an npz file, as packed or as its header claims; unpack none.

    The first that has more than `most` will do. Raises what a damaged archive raises.
    """
    largest = 0
    with zipfile.ZipFile(path) as archive:
        for entry in archive.infolist():
            largest = max(largest, entry.file_size)
            if largest <= most:
                largest = max(largest, _claimed_bytes(archive, entry))
            if largest > most:
                break
    return largest


def _claimed_bytes(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> int:
    """Return how much numpy would allocate for an array before it reads it; 0 where its header is damaged."""
    with suppress(ValueError, EOFError, zlib.error), archive.open(entry) as file:
        is_first = np.lib.format.read_magic(file) == (1, 0)
        header = np.lib.format.read_array_header_1_0 if is_first else np.lib.format.read_array_header_2_0
        shape, _, dtype = header(file)
        return int(prod(shape) * dtype.itemsize)
    return 0
