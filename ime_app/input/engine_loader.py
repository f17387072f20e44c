"""Load the engine beside a front end that is there already.

What is heavy (numpy, onnxruntime) is imported inside the functions: neither the window nor the IBus engine
waits for it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from engine.errors import MoyinError
from ime_app.input.loaded_engine import Engine, EngineError


@dataclass(frozen=True)
class Model:
    """The parts that take seconds to load and belong to no thread; `open` makes an engine of them.

    SQLite's connection belongs to the thread that opens it: `open` is for the thread that handles keys.
    """

    open: Callable[[], Engine]


def engine_loader(bundle_path: Path | None, data_directory: Path) -> Callable[[], Engine]:
    """Return a function that loads the engine and opens it, for a front end that does both in one thread."""
    load = model_loader(bundle_path, data_directory)
    return lambda: load().open()


def model_loader(bundle_path: Path | None, data_directory: Path) -> Callable[[], Model]:
    """Return a function that loads the engine from a bundle, with what was learnt in the data directory.

    Without a path it loads the bundle in use: the shipped one, or one that was retrained on this machine.
    Raises EngineError with one sentence.
    """

    def load() -> Model:
        from engine.factory import create_converter, create_hanzi_tables, create_rewriters
        from engine.learning.user_learner import UserLearner
        from engine.model.bundle import Bundle
        from engine.model.bundle_store import BundleStore, LoadedBundle
        from engine.resource_check import resource_notices
        from engine.session.session import Session
        from engine.storage.custom_phrases.phrase_book import CustomPhraseBook
        from engine.user_model.model import UserModel

        try:
            store = BundleStore(data_directory)
            loaded = LoadedBundle(Bundle.load(bundle_path)) if bundle_path else store.load()
            bundle = loaded.bundle
            personal = UserModel(bundle.vocabulary)
            converter = create_converter(bundle, user_model=personal)
            phrases = CustomPhraseBook(data_directory)
            rewriters = create_rewriters(phrases=phrases)
        except MoyinError as error:
            raise EngineError(error.message) from error

        def open_engine() -> Engine:
            learner = UserLearner(personal, bundle.vocabulary, data_directory)
            tables = create_hanzi_tables()
            session = Session(converter, learner=learner, rewriters=rewriters, tables=tables)
            notices = (loaded.notice, *resource_notices())
            return Engine(session, bundle.name, converter.set_spelling, learner, notices, phrases)

        return Model(open_engine)

    return load


def create_fake_engine() -> Engine:
    """Return an engine on the decoder without a model, which prefers a few texts."""
    from engine.factory import create_fake_converter, create_hanzi_tables, create_rewriters
    from engine.session.session import Session

    converter = create_fake_converter()
    session = Session(converter, rewriters=create_rewriters(), tables=create_hanzi_tables())
    return Engine(session, "fake", converter.set_spelling)
