"""A session that learns, for the tests of learning."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from engine.conversion.converter import Converter, ConverterParts, SearchOptions
from engine.learning.learner import LearningOptions
from engine.learning.user_learner import PIECE, UserLearner
from engine.lexicon.lexicon import Lexicon
from engine.lexicon.vocabulary import Vocabulary
from engine.model.fake_decoder import FakeDecoder
from engine.session.session import Session
from engine.spelling.options import SpellingOptions
from engine.user_model.model import UserModel
from tests.engine.learning_typist import Opener, Typist


@pytest.fixture
def opened(tmp_path: Path, vocabulary: Vocabulary, lexicon: Lexicon) -> Iterator[Opener]:
    """Return a function that opens a session on the data in `tmp_path`, as another window or day would."""
    decoder = FakeDecoder.preferring(vocabulary, ("世界", "你好世界", "时节", "使节"))
    with ExitStack() as stack:

        def open_one(
            options: LearningOptions | None = None,
            folder: Path = tmp_path,
            spelling: SpellingOptions | None = None,
            piece: int = PIECE,
        ) -> Typist:
            personal = UserModel(vocabulary)
            learner = UserLearner(personal, vocabulary, folder, options, piece)
            stack.callback(learner.close)
            search = SearchOptions(beam_width=8)
            converter = Converter(
                ConverterParts(decoder, vocabulary, lexicon), search, spelling=spelling, user_model=personal
            )
            return Typist(Session(converter, learner=learner), learner)

        yield open_one
