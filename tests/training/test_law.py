"""The law of the converter on exported graphs: what is kept between keys changes no result.

With the fake decoder the law holds to the bit (tests/engine/conversion/test_converter.py). Here sums are
taken over other batch shapes, so scores may differ by rounding: 1e-3 nats in fp32; in int8 a
value that rounds the other way weighs more.
"""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from engine.conversion.converter import Conversion, Converter, ConverterParts, SearchOptions
from engine.lexicon.lexicon import Lexicon
from engine.lexicon.vocabulary import Vocabulary
from engine.model.bundle import Bundle
from engine.model.onnx_decoder import OnnxDecoder
from resources import LEXICON
from tests.engine.conversion.test_converter import KINDS, PIECES, Edit, Typist


@pytest.fixture
def vocabulary(tiny_bundle: Path) -> Vocabulary:
    return Bundle.load(tiny_bundle).vocabulary


@pytest.fixture
def decoders(tiny_bundle: Path) -> dict[str, OnnxDecoder]:
    """Return the decoder of the tiny bundle before it was quantised, and as it is in the bundle."""
    bundle = Bundle.load(tiny_bundle)
    graphs = {"fp32": tiny_bundle.parent / "fp32.onnx", "int8": bundle.decoder_path}
    head = bundle.head_weight, bundle.head_bias
    return {name: OnnxDecoder(graph, *head) for name, graph in graphs.items()}


@pytest.mark.parametrize(("arithmetic", "tolerance"), [("fp32", 1e-3), ("int8", 0.1)])
def test_any_sequence_of_edits_equals_a_fresh_converter(
    decoders: dict[str, OnnxDecoder], vocabulary: Vocabulary, arithmetic: str, tolerance: float
) -> None:
    lexicon = Lexicon.load(LEXICON, vocabulary)
    options = SearchOptions(beam_width=8, block_size=32)
    rng = random.Random(11)
    for _ in range(4):
        typist = Typist(Converter(ConverterParts(decoders[arithmetic], vocabulary, lexicon), options))
        for _ in range(10):
            typist.do(Edit(rng.choice(KINDS.split()), rng.randrange(40), rng.choice(PIECES)))
            fresh = Converter(ConverterParts(decoders[arithmetic], vocabulary, lexicon), options)
            fresh.set_surrounding_text(typist.surrounding)
            expected = fresh.convert(typist.keys, typist.fixed)
            assert_alike(typist.convert(), expected, tolerance)


def assert_alike(found: Conversion, expected: Conversion, tolerance: float) -> None:
    """Check that the menus are the same, but for the order of candidates whose scores nearly tie."""
    assert found.interpreted_length == expected.interpreted_length
    assert len(found.candidates) == len(expected.candidates)
    for ours, theirs in zip(found.candidates, expected.candidates, strict=True):
        assert ours.span == theirs.span
        if ours.text != theirs.text:
            assert ours.score == pytest.approx(theirs.score, abs=tolerance)
    if found.candidates:
        first, wanted = found.candidates[0], expected.candidates[0]
        assert first.text == wanted.text or first.score == pytest.approx(wanted.score, abs=tolerance)
