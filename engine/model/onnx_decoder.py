"""Run the decoder in onnxruntime.

This is the only module that imports onnxruntime.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

import numpy as np
import onnxruntime

from engine.arrays import BoolArray, FloatArray, IntArray
from engine.error_kinds import Kind
from engine.errors import reason_of, says
from engine.model.decoder import DecoderOutput, InferenceError

# Name, type and rank of what a decoder graph takes and gives.
_INPUTS: Final[dict[str, tuple[str, int]]] = {
    "tokens": ("tensor(int64)", 1),
    "positions": ("tensor(int64)", 1),
    "kv_cache": ("tensor(float)", 4),
    "mask": ("tensor(bool)", 2),
}
_OUTPUTS: Final[dict[str, tuple[str, int]]] = {
    "hidden": ("tensor(float)", 2),
    "class_log_probs": ("tensor(float)", 2),
    "kv": ("tensor(float)", 4),
}


class OnnxDecoder:
    """The decoder graph in onnxruntime on the CPU, with the head that gives reading logits in numpy.

    Not for two threads at once. Raises InferenceError if the graph cannot be loaded, if its names, types or
    ranks differ from the contract's, or if the head does not fit it.
    """

    def __init__(
        self,
        model: bytes | Path,
        head_weight: FloatArray,  # (n_token, n_embd)
        head_bias: FloatArray,  # (n_token,)
        intra_op_threads: int = 1,
    ) -> None:
        self._session = _load(model, intra_op_threads)
        kv_shape = _check_signature(Kind.GRAPH_INPUTS, self._session.get_inputs(), _INPUTS)["kv_cache"]
        outputs = _check_signature(Kind.GRAPH_OUTPUTS, self._session.get_outputs(), _OUTPUTS)
        self.n_layer = _fixed_size("kv_cache", kv_shape, 1)
        self.n_embd = _fixed_size("kv_cache", kv_shape, 3)
        self.n_class = _fixed_size("class_log_probs", outputs["class_log_probs"], 1)
        self.n_token = len(head_weight)
        if head_weight.shape != (self.n_token, self.n_embd) or head_bias.shape != (self.n_token,):
            raise InferenceError.of(
                says(Kind.HEAD_ARRAYS, number=self.n_embd), f"{head_weight.shape}, {head_bias.shape}"
            )
        self._weight = np.ascontiguousarray(head_weight, dtype=np.float32)
        self._bias = np.ascontiguousarray(head_bias, dtype=np.float32)
        self._probe()

    def forward(
        self, tokens: IntArray, positions: IntArray, kv_cache: FloatArray, mask: BoolArray
    ) -> DecoderOutput:
        """Run the graph once; see `Decoder.forward`."""
        feeds = {"tokens": tokens, "positions": positions, "kv_cache": kv_cache, "mask": mask}
        return DecoderOutput(*self._session.run(list(_OUTPUTS), feeds))

    def _probe(self) -> None:
        """Run token 0 with an empty cache, and once more attending to its row."""
        token = np.zeros(1, dtype=np.int64)
        kv = np.zeros((0, self.n_layer, 2, self.n_embd), dtype=np.float32)
        for used in (0, 1):
            try:
                output = self.forward(token, token + used, kv, np.ones((1, used + 1), np.bool_))
            except Exception as error:  # onnxruntime's exceptions have no common public base
                raise _failed(Kind.RUNNING_GRAPH, error) from error
            values = (output.hidden, output.class_log_probs, output.kv)
            if not all(np.isfinite(value).all() for value in values):
                raise InferenceError.of(says(Kind.FINITE_NUMBERS, name="decoder"), says(Kind.NAN))
            kv = output.kv

    def reading_logits(self, hidden: FloatArray, start: int, end: int) -> FloatArray:
        """Return logits as `Decoder.reading_logits` does."""
        logits: FloatArray = hidden @ self._weight[start:end].T
        logits += self._bias[start:end]
        return logits


def _load(model: bytes | Path, intra_op_threads: int) -> Any:
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = intra_op_threads
    options.inter_op_num_threads = 1
    options.enable_mem_pattern = False  # every call has other shapes
    options.log_severity_level = 3
    # Processors of x86 without VNNI add products of unsigned and signed bytes in 16 bits, which overflow.
    # With this, onnxruntime multiplies unsigned by unsigned there: exact, and a tenth slower.
    options.add_session_config_entry("session.x64quantprecision", "1")
    try:
        return onnxruntime.InferenceSession(
            model if isinstance(model, bytes) else str(model), options, providers=["CPUExecutionProvider"]
        )
    except Exception as error:  # onnxruntime's exceptions have no common public base
        raise _failed(Kind.LOADABLE_GRAPH, error) from error


def _check_signature(
    kind: Kind, found: list[Any], expected: dict[str, tuple[str, int]]
) -> dict[str, list[Any]]:
    """Return shapes by name. Raises InferenceError if names, types or ranks differ."""
    signature = {value.name: (value.type, len(value.shape)) for value in found}
    if signature != expected:
        raise InferenceError.of(says(kind, names=expected), f"{signature}")
    return {value.name: list(value.shape) for value in found}


def _failed(expected: Kind, error: Exception) -> InferenceError:
    """Return the error of a graph for which onnxruntime gives this reason."""
    return InferenceError.of(says(expected), says(Kind.SOMETHING_ELSE_WHY, reason=reason_of(error)))


def _fixed_size(name: str, shape: list[Any], axis: int) -> int:
    size = shape[axis]
    if not isinstance(size, int):
        raise InferenceError.of(says(Kind.FIXED_AXIS, number=axis, name=name), f"{shape}")
    return size
