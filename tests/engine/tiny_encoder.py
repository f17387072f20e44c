"""An encoder of a few operators: hidden states that depend on all rows and on the tokens before."""

from __future__ import annotations

import numpy as np
from onnx import TensorProto, helper, numpy_helper

from engine.lexicon.vocabulary import Vocabulary
from engine.model.bundle import EncoderTables
from engine.model.pinyin_encoder import PinyinEncoder

WIDTH = 6


def tiny_graph(width: int = WIDTH) -> bytes:
    """hidden: a place's row, the mean of all rows and half of each row before, times the place's wave."""
    nodes = [
        helper.make_node("ReduceMean", ["rows", "first_axis"], ["mean"], keepdims=1),
        helper.make_node("Add", ["rows", "mean"], ["seen"]),
        helper.make_node("Cast", ["positions"], ["floats"], to=TensorProto.FLOAT),
        helper.make_node("Unsqueeze", ["floats", "last_axis"], ["column"]),
        helper.make_node("Cos", ["column"], ["waves"]),
        helper.make_node("Mul", ["seen", "waves"], ["turned"]),
        helper.make_node("Gather", ["turned", "places"], ["asked"]),
        helper.make_node("Add", ["last", "last_but_one"], ["before"]),
        helper.make_node("Add", ["asked", "before"], ["hidden"]),
    ]

    def value(name: str, kind: int, *shape: int | str) -> object:
        return helper.make_tensor_value_info(name, kind, shape)

    graph = helper.make_graph(
        nodes,
        "tiny",
        [
            value("rows", TensorProto.FLOAT, "n", width),
            value("positions", TensorProto.INT64, "n"),
            value("places", TensorProto.INT64, "m"),
            value("last", TensorProto.FLOAT, "m", width),
            value("last_but_one", TensorProto.FLOAT, "m", width),
        ],
        [value("hidden", TensorProto.FLOAT, "m", width)],
        [
            numpy_helper.from_array(np.array([0], dtype=np.int64), "first_axis"),
            numpy_helper.from_array(np.array([1], dtype=np.int64), "last_axis"),
        ],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 18)], ir_version=8)
    return bytes(model.SerializeToString())


def tiny_encoder(vocabulary: Vocabulary, tables: EncoderTables | None = None) -> PinyinEncoder:
    """Return an encoder of random tables over `vocabulary`."""
    random = np.random.default_rng(2)

    def table(*shape: int) -> np.ndarray:
        return random.normal(size=shape).astype(np.float32)

    tables = tables or EncoderTables(table(vocabulary.n_class, WIDTH), table(WIDTH), table(len(vocabulary)))
    return PinyinEncoder(tiny_graph(), tables, table(len(vocabulary), WIDTH), vocabulary)
