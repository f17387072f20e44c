"""Files that are no n-gram of this version: always the one error, never numpy's own."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from engine.ngram import NgramError, NgramModel, pack_levels


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


def test_arrays_of_another_kind_are_refused(tmp_path: Path) -> None:
    path = written(tmp_path / "ngram.npz")
    with np.load(path) as archive:
        arrays = dict(archive)
    for name in ("log_prob_0", "weights", "n_children_1"):
        np.savez(path, **(arrays | {name: arrays[name].astype(str)}))
        with pytest.raises(NgramError, match="not an n-gram file"):
            NgramModel.load(path)
