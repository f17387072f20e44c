"""OnnxDecoder on a graph of a few operators that fits the contract."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper

from engine.model.decoder import InferenceError
from engine.model.onnx_decoder import OnnxDecoder, _load

N_TOKEN, N_CLASS, N_LAYER, N_EMBD = 40, 9, 2, 4


def tiny_graph(
    n_layer: int | str = N_LAYER, mask_name: str = "mask", mask_type: int = TensorProto.BOOL
) -> bytes:
    """hidden = position + sum of the attended rows' first entries; kv = the token's embedding."""
    random = np.random.default_rng(0)
    constants: dict[str, np.ndarray] = {
        "embedding": random.normal(size=(N_TOKEN, N_LAYER * 2 * N_EMBD)).astype(np.float32),
        "class_weight": random.normal(size=(N_EMBD, N_CLASS)).astype(np.float32),
        "kv_shape": np.array([-1, N_LAYER, 2, N_EMBD], dtype=np.int64),
        "zero": np.array(0, dtype=np.int64),
    }
    nodes = [
        helper.make_node("Gather", ["embedding", "tokens"], ["flat"]),
        helper.make_node("Reshape", ["flat", "kv_shape"], ["kv"]),
        helper.make_node("Concat", ["kv_cache", "kv"], ["all_rows"], axis=0),
        helper.make_node("Gather", ["all_rows", "zero"], ["layer"], axis=1),
        helper.make_node("Gather", ["layer", "zero"], ["keys"], axis=1),
        helper.make_node("Cast", [mask_name], ["weights"], to=TensorProto.FLOAT),
        helper.make_node("MatMul", ["weights", "keys"], ["sums"]),
        helper.make_node("Cast", ["positions"], ["floats"], to=TensorProto.FLOAT),
        helper.make_node("Unsqueeze", ["floats", "one_axis"], ["column"]),
        helper.make_node("Add", ["sums", "column"], ["hidden"]),
        helper.make_node("MatMul", ["hidden", "class_weight"], ["logits"]),
        helper.make_node("LogSoftmax", ["logits"], ["class_log_probs"], axis=1),
    ]
    constants["one_axis"] = np.array([1], dtype=np.int64)
    graph = helper.make_graph(
        nodes,
        "tiny",
        [
            helper.make_tensor_value_info("tokens", TensorProto.INT64, ["n"]),
            helper.make_tensor_value_info("positions", TensorProto.INT64, ["n"]),
            helper.make_tensor_value_info("kv_cache", TensorProto.FLOAT, ["used", n_layer, 2, N_EMBD]),
            helper.make_tensor_value_info(mask_name, mask_type, ["n", "all"]),
        ],
        [
            helper.make_tensor_value_info("hidden", TensorProto.FLOAT, ["n", N_EMBD]),
            helper.make_tensor_value_info("class_log_probs", TensorProto.FLOAT, ["n", N_CLASS]),
            helper.make_tensor_value_info("kv", TensorProto.FLOAT, ["n", N_LAYER, 2, N_EMBD]),
        ],
        [numpy_helper.from_array(value, name) for name, value in constants.items()],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    onnx.checker.check_model(model)
    return bytes(model.SerializeToString())


def graph_of_nan() -> bytes:
    model = onnx.load_from_string(tiny_graph())
    for constant in model.graph.initializer:
        if constant.name == "class_weight":
            constant.CopyFrom(
                numpy_helper.from_array(np.full((N_EMBD, N_CLASS), np.nan, np.float32), "class_weight")
            )
    return bytes(model.SerializeToString())


def head(n_embd: int = N_EMBD) -> tuple[np.ndarray, np.ndarray]:
    random = np.random.default_rng(1)
    weight, bias = random.normal(size=(N_TOKEN, n_embd)), random.normal(size=N_TOKEN)
    return weight.astype(np.float32), bias.astype(np.float32)


def test_products_of_bytes_are_exact_on_every_processor() -> None:
    """Without VNNI two products of an unsigned and a signed byte overflow the 16 bits of their sum."""
    weight = np.full((64, 16), 127, np.int8)
    graph = helper.make_graph(
        [helper.make_node("MatMulInteger", ["rows", "weight", "zero"], ["products"])],
        "integers",
        [helper.make_tensor_value_info("rows", TensorProto.UINT8, ["n", 64])],
        [helper.make_tensor_value_info("products", TensorProto.INT32, ["n", 16])],
        [numpy_helper.from_array(weight, "weight"), numpy_helper.from_array(np.array(128, np.uint8), "zero")],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    rows = np.array([[255] * 64, [1] * 64, [255, 1] * 32], np.uint8)
    (products,) = _load(model.SerializeToString(), 1).run(None, {"rows": rows})
    np.testing.assert_array_equal(products, (rows.astype(np.int32) - 128) @ weight.astype(np.int32))


def test_sizes_come_from_the_graph() -> None:
    decoder = OnnxDecoder(tiny_graph(), *head())
    assert (decoder.n_layer, decoder.n_embd, decoder.n_token, decoder.n_class) == (2, 4, N_TOKEN, N_CLASS)


def test_forward_with_and_without_cache(tmp_path: Path) -> None:
    path = tmp_path / "decoder.onnx"
    path.write_bytes(tiny_graph())
    decoder = OnnxDecoder(path, *head())
    tokens, positions = np.array([3, 5, 7]), np.array([0, 1, 2])
    empty = np.zeros((0, N_LAYER, 2, N_EMBD), np.float32)
    whole = decoder.forward(tokens, positions, empty, np.tril(np.ones((3, 3), np.bool_)))
    assert whole.hidden.shape == (3, N_EMBD)
    assert whole.class_log_probs.shape == (3, N_CLASS)
    assert whole.kv.shape == (3, N_LAYER, 2, N_EMBD)
    last = decoder.forward(tokens[2:], positions[2:], whole.kv[:2], np.ones((1, 3), np.bool_))
    np.testing.assert_allclose(last.hidden[0], whole.hidden[2], rtol=1e-6)


def test_reading_logits_are_a_slice_of_the_head() -> None:
    weight, bias = head()
    decoder = OnnxDecoder(tiny_graph(), weight, bias)
    hidden = np.random.default_rng(2).normal(size=(3, N_EMBD)).astype(np.float32)
    expected = (hidden @ weight.T + bias)[:, 10:17]
    np.testing.assert_allclose(decoder.reading_logits(hidden, 10, 17), expected, rtol=1e-5)


@pytest.mark.parametrize(
    ("model", "n_embd", "message"),
    [
        (b"not a graph", N_EMBD, "onnxruntime can load"),
        (tiny_graph(mask_name="attention"), N_EMBD, "'attention'"),
        (tiny_graph(mask_type=TensorProto.FLOAT), N_EMBD, r"'mask': \('tensor\(float\)'"),
        (tiny_graph(n_layer="layers"), N_EMBD, "fixed size for axis 1 of kv_cache"),
        (graph_of_nan(), N_EMBD, "finite"),
        (tiny_graph(), N_EMBD + 1, r"expected a head of \(n_token, 4\)"),
    ],
)
def test_what_does_not_fit_is_refused(model: bytes, n_embd: int, message: str) -> None:
    with pytest.raises(InferenceError, match=message):
        OnnxDecoder(model, *head(n_embd))


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InferenceError, match="onnxruntime can load"):
        OnnxDecoder(tmp_path / "nothing.onnx", *head())


@pytest.mark.parametrize(
    "code",
    [
        "from engine.model.onnx_decoder import OnnxDecoder; OnnxDecoder(model, *head(4))",
        "import training.experiments.onnx_variants, onnxruntime.quantization as _, onnxruntime; "
        "onnxruntime.InferenceSession(model)",
    ],
)
def test_onnxruntime_reports_to_nobody(tmp_path: Path, code: str) -> None:
    """Left alone it would keep a number for this machine and look its maker's server up.

    It spares test runs: what it takes for one (CI=true and the like) is taken from the environment.
    """
    kept = ("PATH", "LD_LIBRARY_PATH", "OMP_NUM_THREADS")
    environment = {name: os.environ[name] for name in kept if name in os.environ}
    environment |= {"HOME": str(tmp_path), "PYTHONPATH": str(Path(__file__).parents[3])}
    code = f"from tests.engine.model.test_onnx_decoder import head, tiny_graph; model = tiny_graph(); {code}"
    subprocess.run([sys.executable, "-c", code], env=environment, check=True)
    assert list(tmp_path.rglob("*nnxruntime*")) == []
