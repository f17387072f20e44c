"""An engine that learns, over the scenarios' few hanzi: the real search, a fake decoder."""

from __future__ import annotations

from pathlib import Path

from engine.conversion.converter import Converter, ConverterParts
from engine.learning.user_learner import UserLearner
from engine.lexicon.vocabulary import from_counts
from engine.model.fake_decoder import FakeDecoder
from engine.session.session import Session
from engine.user_model.model import UserModel
from ime_app.input.engine_loader import Model
from ime_app.input.loaded_engine import Engine
from tests.engine.scenario_engine import HANZI, TEXTS, WORDS, scenario_rewriters, scenario_tables
from tests.lexicons import lexicon_of


def small_model(folder: Path) -> Model:
    """Return what a loader yields; the learner is opened by `open`, in the thread that does so."""
    rows = [(hanzi, syllable, 10 - i) for syllable, text in HANZI.items() for i, hanzi in enumerate(text)]
    vocabulary = from_counts(rows)
    personal = UserModel(vocabulary)
    lexicon = lexicon_of(WORDS, vocabulary)
    decoder = FakeDecoder.preferring(vocabulary, TEXTS)
    converter = Converter(ConverterParts(decoder, vocabulary, lexicon), user_model=personal)

    def open_engine() -> Engine:
        learner = UserLearner(personal, vocabulary, folder)
        rewriters, tables = scenario_rewriters(), scenario_tables()
        session = Session(converter, learner=learner, rewriters=rewriters, tables=tables)
        return Engine(session, "small", converter.set_spelling, learner)

    return Model(open_engine)
