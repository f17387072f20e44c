"""A bundle of a few kilobytes that the real factory loads: a graph of a few operators."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from onnx import TensorProto, ValueInfoProto, helper, numpy_helper

from engine.arrays import dump_arrays
from engine.lexicon.vocabulary import Vocabulary
from engine.model.bundle_writer import write_bundle
from engine.model.ngram import pack_readings
from engine.model.ngram_file import Level
from engine.model.word_ngram import pack_words

N_LAYER, N_EMBD, BLOCK_SIZE = 1, 4, 24


def tiny_decoder(n_token: int, n_class: int) -> bytes:
    """hidden: the mean of the attended rows' embeddings; kv: a row's own embedding, twice."""
    random = np.random.default_rng(0)
    constants: dict[str, np.ndarray] = {
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

    def value(name: str, kind: int, *shape: int | str) -> ValueInfoProto:
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


def write_tiny_bundle(
    path: Path, vocabulary: Vocabulary, n_layer: int = N_LAYER, *, is_whole: bool = False
) -> Path:
    """Write a bundle over `vocabulary`; its manifest claims `n_layer` layers.

    `is_whole`: with the files that a bundle may lack, n-gram and words.
    """
    random = np.random.default_rng(1)
    optional: dict[str, object] = {}
    if is_whole:
        ngram = pack_readings(_levels(len(vocabulary), 4), np.full(4, 0.25))
        words = pack_words(_levels(3, 3), ["你好", "世界"])
        optional = {"ngram": dump_arrays(ngram), "words": dump_arrays(words)}
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
        **optional,  # type: ignore[arg-type]
    )
    return path


def _levels(n_token: int, n_level: int) -> list[Level]:
    """Return the unigrams of `n_token` tokens and one n-gram of each higher order."""
    sizes = [n_token, *[1] * (n_level - 1)]
    numbers = [np.full(n, -1.0, np.float32) for n in sizes]
    children = [np.eye(1, n, dtype=np.int64)[0] for n in sizes[:-1]] + [np.zeros(1, np.int64)]
    parts = zip(sizes, children, numbers, strict=True)
    return [Level(np.arange(n, dtype=np.uint16), below, number, number) for n, below, number in parts]
