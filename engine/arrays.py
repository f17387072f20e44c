"""Name the array types that the packages exchange."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

FloatArray = npt.NDArray[np.float32]


IntArray = npt.NDArray[np.int64]


BoolArray = npt.NDArray[np.bool_]


def log_softmax(logits: FloatArray) -> FloatArray:
    """Return the log-probabilities of each row of `logits`, shape (n, m), in nats."""
    shifted = logits - logits.max(axis=1, keepdims=True)
    result: FloatArray = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    return result
