"""A bundle of a few kilobytes that the real factory loads: a graph of a few operators."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from onnx import TensorProto, helper, numpy_helper

from engine.lexicon.vocabulary import Vocabulary
from engine.model.bundle_writer import write_bundle

N_LAYER, N_EMBD, BLOCK_SIZE = 1, 4, 24


def tiny_decoder(n_token: int, n_class: int) -> bytes:
    """hidden: the mean of the attended rows' embeddings; kv: a row's own embedding, twice."""
    random = np.random.default_rng(0)
    constants = {
        "embedding": random.normal(size=(n_token, N_EMBD)).astype(np.float32),
        "class_weight": random.normal(size=(N_EMBD, n_class)).astype(np.float32),
        "axis_of_rows": np.array([1], dtype=np.int64),
        "axes_of_kv": np.array([1, 2], dtype=np.int64),
        "zero": np.array(0, dtype=np.int64),
    }
    nodes = [
        helper.make_node("Gather", ["embedding", "tokens"], ["rows"]),
        helper.make_node("Unsqueeze", ["rows", "axes_of_kv"], ["half"]),
        helper.make_node("Concat", ["half", "half"], ["kv"], axis=2),
        helper.make_node("Concat", ["kv_cache", "kv"], ["cache"], axis=0),
        helper.make_node("Gather", ["cache", "zero"], ["layer"], axis=1),
        helper.make_node("Gather", ["layer", "zero"], ["keys"], axis=1),
        helper.make_node("Cast", ["mask"], ["weights"], to=TensorProto.FLOAT),
        helper.make_node("MatMul", ["weights", "keys"], ["sums"]),
        helper.make_node("ReduceSum", ["weights", "axis_of_rows"], ["attended"], keepdims=1),
        helper.make_node("Div", ["sums", "attended"], ["means"]),
        helper.make_node("Cast", ["positions"], ["places"], to=TensorProto.FLOAT),
        helper.make_node("Unsqueeze", ["places", "axis_of_rows"], ["column"]),
        helper.make_node("Sin", ["column"], ["waves"]),
        helper.make_node("Add", ["means", "waves"], ["hidden"]),
        helper.make_node("MatMul", ["hidden", "class_weight"], ["logits"]),
        helper.make_node("LogSoftmax", ["logits"], ["class_log_probs"], axis=1),
    ]

    def value(name: str, kind: int, *shape: int | str) -> object:
        return helper.make_tensor_value_info(name, kind, shape)

    graph = helper.make_graph(
        nodes,
        "tiny",
        [
            value("tokens", TensorProto.INT64, "n"),
            value("positions", TensorProto.INT64, "n"),
            value("kv_cache", TensorProto.FLOAT, "used", N_LAYER, 2, N_EMBD),
            value("mask", TensorProto.BOOL, "n", "all"),
        ],
        [
            value("hidden", TensorProto.FLOAT, "n", N_EMBD),
            value("class_log_probs", TensorProto.FLOAT, "n", n_class),
            value("kv", TensorProto.FLOAT, "n", N_LAYER, 2, N_EMBD),
        ],
        [numpy_helper.from_array(array, name) for name, array in constants.items()],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    return bytes(model.SerializeToString())


def write_tiny_bundle(path: Path, vocabulary: Vocabulary, n_layer: int = N_LAYER) -> Path:
    """Write a bundle over `vocabulary`; its manifest claims `n_layer` layers."""
    random = np.random.default_rng(1)
    write_bundle(
        path,
        name="tiny",
        vocabulary=vocabulary,
        decoder=tiny_decoder(len(vocabulary), vocabulary.n_class),
        head_weight=random.normal(size=(len(vocabulary), N_EMBD)).astype(np.float32),
        head_bias=random.normal(size=len(vocabulary)).astype(np.float32),
        n_layer=n_layer,
        n_head=1,
        block_size=BLOCK_SIZE,
        provenance={},
    )
    return path
