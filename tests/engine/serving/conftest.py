"""A worker on the fake decoder, with its lanes and metrics."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from engine.conversion.converter import Converter, ConverterParts
from engine.lexicon.lexicon import Lexicon
from engine.lexicon.vocabulary import Vocabulary
from engine.model.fake_decoder import FakeDecoder
from engine.serving.batching import Lanes
from engine.serving.metrics import Metrics
from engine.serving.worker import Worker
from engine.spelling.english_words import English


@pytest.fixture
def converter(decoder: FakeDecoder, vocabulary: Vocabulary, lexicon: Lexicon) -> Converter:
    return Converter(ConverterParts(decoder, vocabulary, lexicon, english=English({})))


@pytest.fixture
def metrics() -> Metrics:
    return Metrics()


@pytest.fixture
def worker(converter: Converter, metrics: Metrics) -> Iterator[Worker]:
    worker = Worker(Lanes(converter, 3), 40, metrics.count_conversion)
    yield worker
    worker.close()
