"""Files that are no n-gram of this version: always the one error, never numpy's own."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from engine.model.ngram import NgramError, NgramModel, pack_levels


def written(path: Path) -> Path:
    """One token, and one n-gram of each order."""
    one, none = np.zeros(1), np.zeros(1, np.uint64)
    np.savez_compressed(path, **pack_levels([(none, none, one, one)] * 4, (0.1, 0.2, 0.3, 0.4)))
    return path


def test_what_was_written_loads(tmp_path: Path) -> None:
    assert NgramModel.load(written(tmp_path / "ngram.npz")).n_token == 1


@pytest.mark.parametrize("share", [0.0, 0.1, 0.5, 0.9])
def test_a_cut_file_is_refused(tmp_path: Path, share: float) -> None:
    path = written(tmp_path / "ngram.npz")
    content = path.read_bytes()
    path.write_bytes(content[: int(share * len(content))])
    with pytest.raises(NgramError, match="not an n-gram file"):
        NgramModel.load(path)


def test_a_changed_byte_never_raises_another_error(tmp_path: Path) -> None:
    path = written(tmp_path / "ngram.npz")
    content = path.read_bytes()
    refused = 0
    for place in range(0, len(content), 7):
        path.write_bytes(content[:place] + bytes([content[place] ^ 0x55]) + content[place + 1 :])
        try:
            NgramModel.load(path)
        except NgramError:
            refused += 1
    assert refused > 10


def test_the_older_form_loads(tmp_path: Path) -> None:
    """Numbers of 16 bits as they are, and no step: what bundles held until 0.2."""
    path = written(tmp_path / "ngram.npz")
    with np.load(path) as archive:
        arrays = dict(archive)
    del arrays["log_prob_step"]
    for name, array in arrays.items():
        if array.ndim == 2:
            low, high = array.astype(np.uint16)
            arrays[name] = low + 256 * high
    np.savez(path, **(arrays | {"log_prob_0": np.array([12], np.uint8)}))
    assert NgramModel.load(path).unigrams[0] == pytest.approx(-1.0)


@pytest.mark.parametrize("step", [0.0, -1.0, np.nan, 7.0])
def test_a_step_that_is_none_is_refused(tmp_path: Path, step: float) -> None:
    path = written(tmp_path / "ngram.npz")
    with np.load(path) as archive:
        np.savez(path, **(dict(archive) | {"log_prob_step": np.array(step)}))
    with pytest.raises(NgramError, match="log_prob_step"):
        NgramModel.load(path)


def test_arrays_of_another_kind_are_refused(tmp_path: Path) -> None:
    path = written(tmp_path / "ngram.npz")
    with np.load(path) as archive:
        arrays = dict(archive)
    for name in ("log_prob_0", "weights", "n_children_1"):
        np.savez(path, **(arrays | {name: arrays[name].astype(str)}))
        with pytest.raises(NgramError, match="not an n-gram file"):
            NgramModel.load(path)
