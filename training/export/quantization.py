"""Quantise the constant products of a graph to int8, keeping the rows of a batch apart.

onnxruntime's `quantize_dynamic` scales activations by the whole tensor, so a hypothesis' score would depend
on which others share its call. Here every row has a scale of its own, computed in the graph, and every column
of a weight has one:

    y[i, j] = (sum_k int8(x[i, k] / a[i]) * int8(w[k, j] / b[j])) * a[i] * b[j]

("vector-wise" quantisation: Dettmers et al. 2022, section 2.1). The product is `MatMulInteger`.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

import numpy as np
import onnx
from onnx import helper, numpy_helper

_ZERO_POINT: Final[int] = 128  # activations as uint8: the fast kernels want unsigned by signed


def products_by_column(model: onnx.ModelProto) -> onnx.ModelProto:
    """Write `Gemm` with a transposed constant as `MatMul` (and `Add`): the form below quantises."""
    graph = model.graph
    weights = {tensor.name: tensor for tensor in graph.initializer}
    nodes: list[Any] = []
    for node in graph.node:
        if node.op_type != "Gemm":
            nodes.append(node)
            continue
        name = f"{node.input[1]}.T"
        if name not in weights:
            transposed = np.ascontiguousarray(numpy_helper.to_array(weights[node.input[1]]).T)
            weights[name] = numpy_helper.from_array(transposed, name)
            graph.initializer.append(weights[name])
        biased = len(node.input) > 2
        product = f"{node.output[0]}.product" if biased else node.output[0]
        nodes.append(helper.make_node("MatMul", [node.input[0], name], [product], name=f"{node.name}.matmul"))
        if biased:
            nodes.append(
                helper.make_node("Add", [product, node.input[2]], [node.output[0]], name=f"{node.name}.add")
            )
    _replace_nodes(graph, nodes)
    return model


def quantise_products(model: onnx.ModelProto) -> onnx.ModelProto:
    """Turn every MatMul by a constant matrix into int8 by row and column. Changes `model` in place."""
    graph = model.graph
    weights = {tensor.name: tensor for tensor in graph.initializer}
    nodes: list[Any] = []
    quantised: dict[str, str] = {}  # activation to its prefix: several products may share one
    for node in graph.node:
        if node.op_type != "MatMul" or node.input[1] not in weights:
            nodes.append(node)
            continue
        activation = node.input[0]
        if activation not in quantised:
            quantised[activation] = f"{activation}.rows"
            nodes.extend(_quantise_rows(activation, quantised[activation]))
        nodes.extend(_integer_product(graph, node, weights[node.input[1]], quantised[activation]))
    graph.initializer.extend(
        [
            numpy_helper.from_array(np.array(127, dtype=np.float32), "int8.limit"),
            numpy_helper.from_array(np.array(1e-10, dtype=np.float32), "int8.tiny"),
            numpy_helper.from_array(np.array(_ZERO_POINT + 0.5, dtype=np.float32), "int8.offset"),
            numpy_helper.from_array(np.array(_ZERO_POINT, dtype=np.uint8), "int8.zero_point"),
            numpy_helper.from_array(np.array([-1], dtype=np.int64), "int8.last_axis"),
        ]
    )
    _replace_nodes(graph, nodes)
    return model


def _quantise_rows(activation: str, prefix: str) -> Iterator[Any]:
    """Yield the nodes from x to uint8 around 128, and the scale of each row (n, 1)."""

    def step(kind: str, inputs: list[str], name: str, **attributes: Any) -> Any:
        return helper.make_node(kind, inputs, [f"{prefix}.{name}"], name=f"{prefix}.{name}", **attributes)

    yield step("Abs", [activation], "abs")
    yield step("ReduceMax", [f"{prefix}.abs", "int8.last_axis"], "max", keepdims=1)
    yield step("Max", [f"{prefix}.max", "int8.tiny"], "positive")
    yield step("Div", ["int8.limit", f"{prefix}.positive"], "factor")
    yield step("Mul", [activation, f"{prefix}.factor"], "scaled")
    yield step("Add", [f"{prefix}.scaled", "int8.offset"], "shifted")  # + 0.5: the cast cuts off
    yield step("Cast", [f"{prefix}.shifted"], "uint8", to=onnx.TensorProto.UINT8)


def _integer_product(graph: Any, node: Any, weight: Any, prefix: str) -> Iterator[Any]:
    values = numpy_helper.to_array(weight)  # (k, j)
    scale = np.maximum(np.abs(values).max(axis=0), 1e-12) / 127
    name = node.input[1]
    if f"{name}.int8" not in {tensor.name for tensor in graph.initializer}:
        integers = np.rint(values / scale).astype(np.int8)
        # The row's factor is 127 / max: divided away below, so 1 / 1 here.
        graph.initializer.append(numpy_helper.from_array(integers, f"{name}.int8"))
        graph.initializer.append(numpy_helper.from_array(scale.astype(np.float32), f"{name}.scale"))
    out = node.output[0]
    yield helper.make_node(
        "MatMulInteger",
        [f"{prefix}.uint8", f"{name}.int8", "int8.zero_point"],
        [f"{out}.int32"],
        name=f"{out}.int32",
    )
    yield helper.make_node(
        "Cast", [f"{out}.int32"], [f"{out}.float"], name=f"{out}.float", to=onnx.TensorProto.FLOAT
    )
    yield helper.make_node(
        "Div", [f"{out}.float", f"{prefix}.factor"], [f"{out}.by_row"], name=f"{out}.by_row"
    )
    yield helper.make_node("Mul", [f"{out}.by_row", f"{name}.scale"], [out], name=f"{out}.by_column")


def _replace_nodes(graph: Any, nodes: list[Any]) -> None:
    del graph.node[:]
    graph.node.extend(nodes)
    used = {name for node in nodes for name in node.input}
    kept = [tensor for tensor in graph.initializer if tensor.name in used]
    del graph.initializer[:]
    graph.initializer.extend(kept)
