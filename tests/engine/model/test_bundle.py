"""The model bundle: what was written loads; everything else is refused in one sentence."""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from engine.lexicon.vocabulary import Vocabulary, from_counts
from engine.model.bundle import Bundle
from engine.model.bundle_writer import write_bundle, write_head
from engine.model.manifest import BundleError

VOCABULARY = from_counts([("你", "ni", 5), ("好", "hao", 3), ("号", "hao", 1)])
N_EMBD = 8
WEIGHT = np.random.default_rng(0).normal(size=(len(VOCABULARY), N_EMBD)).astype(np.float32)
BIAS = np.linspace(-1, 1, len(VOCABULARY)).astype(np.float32)


PARTS: dict[str, Any] = {
    "name": "test",
    "vocabulary": VOCABULARY,
    "decoder": b"onnx" * 100,
    "head_weight": WEIGHT,
    "head_bias": BIAS,
    "n_layer": 2,
    "n_head": 2,
    "block_size": 64,
    "provenance": {"steps": 3},
}


def written(
    path: Path,
    vocabulary: Vocabulary = VOCABULARY,
    ngram: bytes | None = None,
) -> Path:
    write_bundle(path, **PARTS | {"vocabulary": vocabulary}, ngram=ngram)
    return path


def change_manifest(path: Path, change: Callable[[dict[str, Any]], Any]) -> None:
    manifest = json.loads((path / "manifest.json").read_text(encoding="utf-8"))
    change(manifest)
    (path / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")


def replace(path: Path, name: str, content: bytes) -> None:
    """Put another file in place and make the manifest vouch for it."""
    (path / name).write_bytes(content)
    entry = {"sha256": hashlib.sha256(content).hexdigest(), "bytes": len(content)}
    change_manifest(path, lambda manifest: manifest["files"].update({name: entry}))


def test_what_was_written_loads(tmp_path: Path) -> None:
    bundle = Bundle.load(written(tmp_path / "new" / "model"))
    assert (bundle.name, bundle.manifest.n_layer, bundle.manifest.n_embd) == ("test", 2, N_EMBD)
    assert bundle.manifest.provenance == {"steps": 3}
    assert bundle.vocabulary == VOCABULARY
    assert bundle.decoder_path.read_bytes() == b"onnx" * 100
    assert bundle.ngram_path is None
    assert bundle.head_weight.dtype == bundle.head_bias.dtype == np.float32
    np.testing.assert_array_equal(bundle.head_bias, BIAS)
    step = np.abs(WEIGHT).max(axis=1, keepdims=True) / 127
    assert (np.abs(bundle.head_weight - WEIGHT) <= step * 0.501).all()
    assert bundle.n_bytes == sum(f.stat().st_size for f in bundle.path.iterdir()) - size_of_manifest(
        bundle.path
    )


def size_of_manifest(path: Path) -> int:
    return (path / "manifest.json").stat().st_size


def test_ngram_is_listed_where_present_and_removed_where_not(tmp_path: Path) -> None:
    bundle = Bundle.load(written(tmp_path, ngram=b"counts"))
    assert bundle.ngram_path is not None
    assert bundle.ngram_path.read_bytes() == b"counts"
    assert Bundle.load(written(tmp_path)).ngram_path is None


def test_a_row_of_zeros_survives(tmp_path: Path) -> None:
    write_head(tmp_path / "head.npz", np.zeros((2, 3), np.float32), np.zeros(2, np.float32))
    with np.load(tmp_path / "head.npz") as head:
        assert (head["weight"] * head["scale"][:, None] == 0).all()


DAMAGES: dict[str, tuple[Callable[[Path], Any], str]] = {
    "manifest missing": (
        lambda p: (p / "manifest.json").unlink(),
        "expected manifest.json in .* no such file",
    ),
    "manifest not JSON": (lambda p: (p / "manifest.json").write_text("{"), "expected JSON in manifest.json"),
    "manifest not UTF-8": (lambda p: (p / "manifest.json").write_bytes(b"\xff\xfe{"), "JSON in UTF-8"),
    "manifest a list": (lambda p: (p / "manifest.json").write_text("[]"), "a JSON object .* found a list"),
    "manifest nested deep": (lambda p: (p / "manifest.json").write_text("[" * 100_000), "expected JSON"),
    "newer format": (
        lambda p: change_manifest(p, lambda m: m.update(format=2)),
        "expected bundle format 1, found format 2; update the program",
    ),
    "no format": (lambda p: change_manifest(p, lambda m: m.pop("format")), "found format None"),
    "field missing": (
        lambda p: change_manifest(p, lambda m: m.pop("n_layer")),
        r"n_layer \(int\) .* found None",
    ),
    "field of another type": (
        lambda p: change_manifest(p, lambda m: m.update(n_embd="8")),
        r"n_embd \(int\) .* found '8'",
    ),
    "files not a table": (lambda p: change_manifest(p, lambda m: m.update(files=[])), r"files \(dict\)"),
    "entry not a table": (
        lambda p: change_manifest(p, lambda m: m["files"].update({"head.npz": 3})),
        "sha256 and bytes of head.npz",
    ),
    "file outside": (
        lambda p: change_manifest(p, lambda m: m["files"].update({"../x": m["files"]["head.npz"]})),
        "plain file names",
    ),
    "decoder not listed": (
        lambda p: change_manifest(p, lambda m: m["files"].pop("decoder.onnx")),
        "expected decoder.onnx listed",
    ),
    "decoder missing": (
        lambda p: (p / "decoder.onnx").unlink(),
        "the file .*decoder.onnx, found no such file",
    ),
    "decoder truncated": (
        lambda p: (p / "decoder.onnx").write_bytes(b"onnx" * 99),
        "expected 400 bytes in .*decoder.onnx, found 396",
    ),
    "decoder changed": (
        lambda p: (p / "decoder.onnx").write_bytes(b"ONNX" * 100),
        "expected sha256 .* of .*decoder.onnx, found .* changed",
    ),
    "vocabulary of another model": (
        lambda p: replace(p, "vocabulary.tsv", from_counts([("你", "ni", 5)]).dumps().encode()),
        "the vocabulary .* that the decoder was trained with",
    ),
    "vocabulary of another layout": (
        lambda p: replace(p, "vocabulary.tsv", b"nonsense\n"),
        r"a vocabulary in .*vocabulary.tsv, found another layout \(expected .* in line 1",
    ),
    "vocabulary not UTF-8": (lambda p: replace(p, "vocabulary.tsv", b"\xff"), "a vocabulary in"),
    "token count": (
        lambda p: change_manifest(p, lambda m: m.update(n_token=7)),
        "expected 7 tokens in",
    ),
    "head of another size": (
        lambda p: change_manifest(p, lambda m: m.update(n_embd=N_EMBD + 1)),
        "expected weight of the shape .*9",
    ),
    "head not an archive": (lambda p: replace(p, "head.npz", b"nothing"), "arrays weight, scale, bias in"),
    "head empty": (lambda p: replace(p, "head.npz", b""), "arrays weight, scale, bias in"),
    "head an archive of nothing": (
        lambda p: replace(p, "head.npz", b"PK\x05\x06" + bytes(18)),
        "arrays weight",
    ),
    "head a single array": (lambda p: replace(p, "head.npz", single_array(p)), "arrays weight"),
    "head of strings": (
        lambda p: replace(p, "head.npz", head_bytes(p, weight=WEIGHT.astype(str))),
        "numbers in weight, scale, bias",
    ),
    "head of objects": (
        lambda p: replace(p, "head.npz", head_bytes(p, bias=BIAS.astype(object))),
        "arrays weight, scale, bias in",
    ),
    "head not finite": (
        lambda p: replace(p, "head.npz", head_bytes(p, scale=np.full(len(VOCABULARY), np.nan))),
        "finite weight, scale, bias",
    ),
    "no history": (
        lambda p: change_manifest(p, lambda m: m.update(block_size=0)),
        "expected block_size of 1 or more in manifest.json, found 0",
    ),
    "no attention heads": (lambda p: change_manifest(p, lambda m: m.update(n_head=0)), "n_head of 1 or more"),
    "decoder a directory": (
        lambda p: ((p / "decoder.onnx").unlink(), (p / "decoder.onnx").mkdir()),
        "no such file",
    ),
}


def head_bytes(path: Path, **arrays: Any) -> bytes:
    """head.npz with some arrays of another kind."""
    whole = {"weight": WEIGHT, "scale": np.ones(len(VOCABULARY), np.float32), "bias": BIAS}
    np.savez(path / "other.npz", **(whole | arrays))
    return (path / "other.npz").read_bytes()


def single_array(path: Path) -> bytes:
    np.save(path / "array.npy", np.zeros(3))
    return (path / "array.npy").read_bytes()


@pytest.mark.parametrize(("damage", "message"), DAMAGES.values(), ids=DAMAGES)
def test_damaged_bundles_are_refused(tmp_path: Path, damage: Callable[[Path], Any], message: str) -> None:
    path = written(tmp_path / "model")
    damage(path)
    with pytest.raises(BundleError, match=message) as caught:
        Bundle.load(path)
    sentence = str(caught.value)
    assert sentence.startswith("expected ")
    assert "; " in sentence
    assert "\n" not in sentence


def test_missing_directory_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BundleError, match="no such directory; take the bundle from a fresh clone"):
        Bundle.load(tmp_path / "nothing")


def test_unreadable_files_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = written(tmp_path / "model")

    def refuse(*_: object, **__: object) -> None:
        raise PermissionError("Permission denied")

    monkeypatch.setattr(Path, "open", refuse)
    with pytest.raises(BundleError, match="readable files .* Permission denied"):
        Bundle.load(path)


def _packed(**arrays: np.ndarray) -> bytes:
    file = io.BytesIO()
    np.savez_compressed(file, **arrays)  # type: ignore[arg-type]
    return file.getvalue()


def test_a_file_that_only_the_manifest_names_is_verified_and_not_read(tmp_path: Path) -> None:
    """As the encoder is that earlier bundles have; a bundle that is written again lacks it."""
    path = written(tmp_path / "model")
    replace(path, "encoder.onnx", b"graph")
    assert Bundle.load(path).n_bytes > Bundle.load(written(tmp_path / "other")).n_bytes
    (path / "encoder.onnx").write_bytes(b"grape")
    with pytest.raises(BundleError, match="encoder.onnx"):
        Bundle.load(path)
    assert "encoder.onnx" not in Bundle.load(written(path)).manifest.files


def test_words_lie_beside_the_ngram(tmp_path: Path) -> None:
    path = tmp_path / "model"
    write_bundle(path, **PARTS, ngram=b"counts", words=b"words")
    bundle = Bundle.load(path)
    assert bundle.words_path is not None
    assert bundle.words_path.read_bytes() == b"words"
    assert Bundle.load(written(path)).words_path is None


def test_the_ngram_of_an_earlier_bundle_is_found(tmp_path: Path) -> None:
    path = written(tmp_path / "model", ngram=b"counts")
    (path / "ngram.bin").rename(path / "ngram.npz")
    change_manifest(path, lambda m: m["files"].update({"ngram.npz": m["files"].pop("ngram.bin")}))
    found = Bundle.load(path).ngram_path
    assert found is not None
    assert found.name == "ngram.npz"


def test_a_vocabulary_that_is_too_long_is_not_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = written(tmp_path / "model")
    replace(path, "vocabulary.tsv", b"\t" * 2_000_000)
    monkeypatch.setattr(Vocabulary, "load", lambda *_: pytest.fail("nothing is read"))
    with pytest.raises(BundleError, match=r"expected \d+ tokens .* found 2000000 bytes"):
        Bundle.load(path)


def test_what_would_unpack_to_much_is_refused_before_it_does(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = written(tmp_path / "model")
    replace(path, "head.npz", _packed(weight=np.zeros(4_000_000, np.uint8)))
    monkeypatch.setattr(np, "load", lambda *_: pytest.fail("nothing is unpacked"))
    with pytest.raises(BundleError, match=r"expected arrays of at most \d+ bytes .* found 4000128 bytes"):
        Bundle.load(path)


def test_what_a_header_claims_is_refused_before_it_is_allocated(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = written(tmp_path / "model")
    header = io.BytesIO()
    np.lib.format.write_array_header_1_0(
        header, {"descr": "<f4", "fortran_order": False, "shape": (1 << 33,)}
    )
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("weight.npy", header.getvalue())
    replace(path, "head.npz", packed.getvalue())
    monkeypatch.setattr(np, "load", lambda *_: pytest.fail("nothing is allocated"))
    with pytest.raises(BundleError, match=r"expected arrays of at most \d+ bytes .* found 34359738368 bytes"):
        Bundle.load(path)
