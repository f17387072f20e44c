"""Make one decoder in several precisions, to compare int8 and int4 with the form that ships.

fp32          as trained (the input table is int8 in every form)
    int8 by row   export/quantization.py, ships: a scale for each row of activations, computed in the graph
    int8 dynamic  onnxruntime's: one scale for all activations of a call
    int8 static   onnxruntime's: scales of activations fixed beforehand from some calls
    int4          weights in blocks of 32 with a scale each, activations int8 by block (MatMulNBits)
"""

from __future__ import annotations

import logging
import tempfile
import warnings
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import onnx
from onnx import helper, numpy_helper

from engine.lexicon.vocabulary import SPECIALS, START
from training.export.bundle_export import graphs
from training.model.trained import Trained

FORMS: Final[tuple[str, ...]] = ("fp32", "int8 by row", "int8 dynamic", "int8 static", "int4")
BLOCK: Final[int] = 32


def forms_of(trained: Trained, texts: Sequence[Sequence[int]], forms: Sequence[str]) -> dict[str, bytes]:
    """Return the graph in each of `forms`; `texts` are readings to fix the static scales by."""
    plain, by_row = graphs(trained.decoder)
    config = trained.decoder.config
    makers = {
        "fp32": lambda: plain,
        "int8 by row": lambda: by_row,
        "int8 dynamic": lambda: _dynamic(plain),
        "int8 static": lambda: _static(plain, texts, config.n_layer, config.n_embd),
        "int4": lambda: int4(plain),
    }
    return {form: makers[form]() for form in forms}


def _dynamic(graph: bytes) -> bytes:
    from onnxruntime.quantization import QuantType, quantize_dynamic

    def convert(source: Path, target: Path) -> None:
        quantize_dynamic(
            source,
            target,
            op_types_to_quantize=["MatMul"],
            per_channel=True,
            weight_type=QuantType.QInt8,
            extra_options={"MatMulConstBOnly": True},
        )

    return _through_files(graph, convert)


def _static(graph: bytes, texts: Sequence[Sequence[int]], n_layer: int, n_embd: int) -> bytes:
    from onnxruntime.quantization import CalibrationDataReader, QuantFormat, QuantType, quantize_static

    class Reader(CalibrationDataReader):  # type: ignore[misc]
        def __init__(self) -> None:
            self._feeds = _feeds(texts, n_layer, n_embd)

        def get_next(self) -> dict[str, Any] | None:
            return next(self._feeds, None)

    def convert(source: Path, target: Path) -> None:
        quantize_static(
            source,
            target,
            Reader(),
            quant_format=QuantFormat.QDQ,
            op_types_to_quantize=["MatMul"],
            per_channel=True,
            activation_type=QuantType.QUInt8,
            weight_type=QuantType.QInt8,
            extra_options={"MatMulConstBOnly": True},
        )

    return _through_files(graph, convert)


def _feeds(texts: Sequence[Sequence[int]], n_layer: int, n_embd: int) -> Iterator[dict[str, Any]]:
    """Yield a prefill of each text, as the engine calls the decoder."""
    for text in texts:
        n = len(text)
        yield {
            "tokens": np.array([SPECIALS.index(START), *text[:-1]], dtype=np.int64),
            "positions": np.arange(n, dtype=np.int64),
            "kv_cache": np.zeros((0, n_layer, 2, n_embd), dtype=np.float32),
            "mask": np.tril(np.ones((n, n), dtype=bool)),
        }


def _through_files(graph: bytes, convert: Any) -> bytes:
    """Convert a graph by onnxruntime's quantiser, which reads and writes files, and silence it."""
    level = logging.root.level
    with tempfile.TemporaryDirectory() as folder, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        source, target = Path(folder) / "plain.onnx", Path(folder) / "quantised.onnx"
        source.write_bytes(graph)
        logging.root.setLevel(logging.ERROR)
        try:
            convert(source, target)
        finally:
            logging.root.setLevel(level)
        return target.read_bytes()


def int4(graph: bytes) -> bytes:
    """Return the graph with every product by a constant matrix as MatMulNBits."""
    model = onnx.load_from_string(graph)
    weights = {tensor.name: numpy_helper.to_array(tensor) for tensor in model.graph.initializer}
    nodes: list[Any] = []
    for node in model.graph.node:
        if node.op_type != "MatMul" or node.input[1] not in weights:
            nodes.append(node)
            continue
        name = node.input[1]
        packed, scales = pack_int4(weights[name])
        known = {tensor.name for tensor in model.graph.initializer}
        if f"{name}.int4" not in known:
            model.graph.initializer.append(numpy_helper.from_array(packed, f"{name}.int4"))
            model.graph.initializer.append(numpy_helper.from_array(scales, f"{name}.scales"))
        rows, columns = weights[name].shape
        nodes.append(
            helper.make_node(
                "MatMulNBits",
                [node.input[0], f"{name}.int4", f"{name}.scales"],
                list(node.output),
                name=f"{node.output[0]}.int4",
                domain="com.microsoft",
                K=rows,
                N=columns,
                bits=4,
                block_size=BLOCK,
                accuracy_level=4,  # activations as int8
            )
        )
    del model.graph.node[:]
    model.graph.node.extend(nodes)
    used = {name for node in nodes for name in node.input}
    kept = [tensor for tensor in model.graph.initializer if tensor.name in used]
    del model.graph.initializer[:]
    model.graph.initializer.extend(kept)
    if not any(domain.domain == "com.microsoft" for domain in model.opset_import):
        model.opset_import.append(helper.make_opsetid("com.microsoft", 1))
    return bytes(model.SerializeToString())


def pack_int4(
    weight: npt.NDArray[np.float32],
) -> tuple[npt.NDArray[np.uint8], npt.NDArray[np.float32]]:
    """Pack (k, n) weights into (n, blocks, 16) pairs of nibbles around 8, and scales (n * blocks,).

    The low nibble comes first. w = (nibble - 8) * scale, the scale from the block's largest entry, which
    becomes -8.
    """
    k, n = weight.shape
    blocks = -(-k // BLOCK)
    padded = np.zeros((blocks * BLOCK, n), dtype=np.float32)
    padded[:k] = weight
    values = padded.T.reshape(n, blocks, BLOCK)
    largest = np.take_along_axis(values, np.abs(values).argmax(axis=2)[..., None], axis=2)[..., 0]
    scales = np.where(largest == 0, 1, largest / -8).astype(np.float32)
    nibbles = np.clip(np.rint(values / scales[..., None]) + 8, 0, 15).astype(np.uint8)
    return nibbles[..., 0::2] | (nibbles[..., 1::2] << 4), scales.reshape(-1)
