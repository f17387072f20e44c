"""The factory: a bundle on disk becomes a converter and a session; what does not fit is refused."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine.conversion.beam_search import SearchOptions
from engine.factory import (
    create_converter,
    create_fake_converter,
    create_session,
    vocabulary_of_characters,
)
from engine.lexicon.vocabulary import Vocabulary
from engine.model.manifest import BundleError
from engine.protocol import Key, KeyEvent
from resources import CHARACTERS
from tests.engine.tiny_bundle import BLOCK_SIZE, write_tiny_bundle


def test_converter_on_a_bundle(tmp_path: Path, vocabulary: Vocabulary) -> None:
    converter = create_converter(write_tiny_bundle(tmp_path, vocabulary))
    conversion = converter.convert("nihao")
    assert conversion.candidates[0].reading == ("ni", "hao")
    assert "你好" in [candidate.text for candidate in conversion.candidates]
    assert converter.decoder_calls > 0


def test_input_longer_than_the_history_that_was_trained(tmp_path: Path, vocabulary: Vocabulary) -> None:
    converter = create_converter(write_tiny_bundle(tmp_path, vocabulary), SearchOptions(beam_width=2))
    keys = "nihao" * BLOCK_SIZE
    assert len(converter.convert(keys).candidates[0].text) == 2 * BLOCK_SIZE


def test_session_on_a_bundle(tmp_path: Path, vocabulary: Vocabulary) -> None:
    session = create_session(write_tiny_bundle(tmp_path, vocabulary))
    for key in "nihao":
        output = session.process_key(KeyEvent(key))
    assert output.menu.candidates
    output = session.process_key(KeyEvent(Key.SPACE))
    assert output.commit is not None
    assert output.commit.reading == ("ni", "hao")


def test_no_bundle_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(BundleError, match="no such directory"):
        create_converter(tmp_path / "nothing")


def test_decoder_that_is_no_graph(tmp_path: Path, vocabulary: Vocabulary) -> None:
    from engine.model.bundle_writer import write_manifest

    path = write_tiny_bundle(tmp_path, vocabulary)
    (path / "decoder.onnx").write_bytes(b"no graph")
    write_manifest(
        path, name="x", vocabulary=vocabulary, n_layer=1, n_head=1, n_embd=4, block_size=8, provenance={}
    )
    with pytest.raises(BundleError, match=r"expected a decoder in .*decoder.onnx"):
        create_converter(path)


def test_decoder_of_other_sizes_than_the_manifest(tmp_path: Path, vocabulary: Vocabulary) -> None:
    path = write_tiny_bundle(tmp_path, vocabulary, n_layer=2)
    with pytest.raises(BundleError, match=r"n_layer, n_embd, n_class \(2, 4, .*found \(1, 4"):
        create_converter(path)


def test_fake_converter_prefers_its_texts() -> None:
    converter = create_fake_converter(["你好世界"])
    assert converter.convert("nihaoshijie").candidates[0].text == "你好世界"


def test_vocabulary_of_characters_covers_the_standard_list() -> None:
    vocabulary = vocabulary_of_characters(CHARACTERS)
    assert len(vocabulary.ids_of_hanzi) == 8105
    assert len(vocabulary.ids_of_hanzi["行"]) == 3
