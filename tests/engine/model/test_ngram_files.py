"""N-gram files: what is packed is found again, and what is none is refused by the one error."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.arrays import ArrayFileError, dump_arrays, open_arrays
from engine.model.ngram import NgramModel, pack_readings
from engine.model.ngram_file import NO_CONTEXT, Contexts, Level, NgramError, pack_levels, quantised

ONE = np.zeros(1, np.float32)


def levels(n_children: tuple[int, int, int] = (1, 1, 1)) -> list[Level]:
    """Return one token, and one n-gram of each order."""
    return [Level(np.zeros(1, np.uint16), np.array([n]), ONE, ONE) for n in (*n_children, 0)]


def written(path: Path) -> Path:
    path.write_bytes(dump_arrays(pack_readings(levels(), (0.1, 0.2, 0.3, 0.4))))
    return path


def earlier(path: Path, **changes: Any) -> Path:
    """Return the same in the form that bundles held until 0.2."""
    arrays: dict[str, Any] = {"weights": np.full(4, 0.5), "log_prob_step": 1 / 6}
    for n in range(4):
        arrays[f"log_prob_{n}"] = np.array([12], np.uint8)
        if n:
            arrays[f"tokens_{n}"] = np.zeros((2, 1), np.uint8)
        if n < 3:
            arrays[f"backoff_{n}"] = np.array([170], np.uint8)
            arrays[f"n_children_{n}"] = np.array([[1], [0]], np.uint8)
    np.savez_compressed(path, **(arrays | changes))
    return path


def test_what_was_written_loads(tmp_path: Path) -> None:
    assert NgramModel.load(written(tmp_path / "ngram.bin")).n_token == 1


@given(st.lists(st.sampled_from([0, 0, 1, 2, 3, 15, 16, 17, 40, 300]), min_size=1, max_size=300))
def test_children_lie_where_they_were_counted(counts: list[int]) -> None:
    n_children = np.array(counts)
    backoff = np.linspace(-1, 1, len(counts)).astype(np.float32)
    bounds = np.concatenate(([0], np.cumsum(n_children)))
    middle = Level(np.zeros(len(counts), np.uint16), n_children, backoff, backoff)
    none = np.zeros(bounds[-1], np.int64)
    last = Level(none.astype(np.uint16), none, none.astype(np.float32), none.astype(np.float32))
    first = Level(np.zeros(1, np.uint16), np.array([len(counts)]), ONE, ONE)
    arrays = pack_levels([first, middle, last, levels()[-1]], 2)
    contexts = Contexts(arrays, 1, len(counts), int(bounds[-1]))
    for entry, (begin, end) in enumerate(zip(bounds[:-1].tolist(), bounds[1:].tolist(), strict=True)):
        found = contexts.of(entry)
        if begin == end:
            assert found is NO_CONTEXT
        else:
            assert found[:2] == (begin, end)
            assert found[2] == pytest.approx(backoff[entry], abs=0.2)


@given(st.lists(st.floats(-20, 3, width=32), max_size=200), st.sampled_from([16, 64]))
def test_codes_name_the_nearest_value(values: list[float], n_code: int) -> None:
    array = np.array(values, np.float32)
    centres, codes = quantised(array, n_code)
    assert len(centres) == n_code
    distances = np.abs(array[:, None] - centres)
    np.testing.assert_allclose(distances[np.arange(len(array)), codes], distances.min(axis=1), atol=1e-5)


@pytest.mark.parametrize("share", [0.0, 0.1, 0.5, 0.9])
@pytest.mark.parametrize("form", [written, earlier])
def test_a_cut_file_is_refused(tmp_path: Path, share: float, form: Any) -> None:
    path = form(tmp_path / "ngram.npz")
    content = path.read_bytes()
    path.write_bytes(content[: int(share * len(content))])
    with pytest.raises(NgramError, match="expected an n-gram file of this version"):
        NgramModel.load(path)


@pytest.mark.parametrize("form", [written, earlier])
def test_a_changed_byte_never_raises_another_error(tmp_path: Path, form: Any) -> None:
    path = form(tmp_path / "ngram.npz")
    content = path.read_bytes()
    refused = 0
    for place in range(0, len(content), 7):
        path.unlink()  # what is mapped stays as it was
        path.write_bytes(content[:place] + bytes([content[place] ^ 0x55]) + content[place + 1 :])
        try:
            NgramModel.load(path)
        except NgramError:
            refused += 1
    assert refused > 10


def test_the_earlier_form_loads(tmp_path: Path) -> None:
    assert NgramModel.load(earlier(tmp_path / "ngram.npz")).unigrams[0] == pytest.approx(-2.0)


@pytest.mark.parametrize("step", [0.0, -1.0, np.nan, 7.0])
def test_a_step_that_is_none_is_refused(tmp_path: Path, step: float) -> None:
    with pytest.raises(NgramError, match="log_prob_step"):
        NgramModel.load(earlier(tmp_path / "ngram.npz", log_prob_step=np.array(step)))


@pytest.mark.parametrize("name", ["log_prob_0", "weights", "n_children_1"])
def test_arrays_of_another_kind_are_refused(tmp_path: Path, name: str) -> None:
    path = earlier(tmp_path / "ngram.npz", **{name: np.array(["1"])})
    with pytest.raises(NgramError, match="expected an n-gram file of this version"):
        NgramModel.load(path)


def test_levels_that_do_not_fit_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "ngram.bin"
    for n_children in ((2, 1, 1), (1, 70, 1)):
        path.write_bytes(dump_arrays(pack_readings(levels(n_children), np.zeros(4))))
        if n_children[0] == 2:
            with pytest.raises(NgramError, match="fit together"):
                NgramModel.load(path)
        else:
            assert NgramModel.load(path).n_token == 1  # what is too many is never looked up


def header(rows: dict[str, Any]) -> bytes:
    packed = json.dumps(rows).encode()
    return b"MOYINAR1" + len(packed).to_bytes(4, "little") + packed


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"MOYINAR1",
        b"MOYINAR1\xff\xff\xff\xff",
        b"OTHERAR1" + bytes(100),
        header({"a": ["<f4", [1 << 40], 0]}),
        header({"a": ["<f4", [1 << 40, 1 << 40], 0]}),
        header({"a": ["<f4", [-1], 0]}),
        header({"a": ["<f4", [True], 0]}),
        header({"a": ["<f4", [1], -4]}),
        header({"a": ["|O", [1], 0]}),
        header({"a": [["<f4"], [1], 0]}),
        header({"a": ["<f4", 3, 0]}),
        header({"a": None}),
        b"MOYINAR1\x40\x00\x00\x00" + b"[" * 64,
        b"MOYINAR1\x02\x00\x00\x00[]",
    ],
)
def test_nothing_in_a_header_is_believed(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "a.bin").write_bytes(content)
    with pytest.raises(ArrayFileError):
        open_arrays(tmp_path / "a.bin")


def test_arrays_come_back_as_they_were_and_cannot_be_changed(tmp_path: Path) -> None:
    arrays: dict[str, np.ndarray] = {
        "a": np.arange(5, dtype=np.uint16),
        "empty": np.zeros(0, np.uint32),
        "b": np.ones((2, 3), np.float32),
    }
    (tmp_path / "a.bin").write_bytes(dump_arrays(arrays))
    found = open_arrays(tmp_path / "a.bin")
    assert list(found) == list(arrays)
    for name, array in arrays.items():
        np.testing.assert_array_equal(found[name], array)
        assert found[name].dtype == array.dtype
    with pytest.raises(ValueError, match="read-only"):
        found["a"][0] = 1


def test_an_unknown_type_is_not_written() -> None:
    with pytest.raises(ArrayFileError, match="found <f8"):
        dump_arrays({"a": np.zeros(1)})
