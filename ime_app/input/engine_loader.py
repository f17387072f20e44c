"""How the engine is loaded: in the worker's thread, after the window is there.

Knows the engine's constructors; knows nothing of the window. What is heavy (numpy, onnxruntime)
is imported here inside the functions: the window does not wait for it.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from ime_app.input.engine_worker import Engine, EngineError


def engine_loader(bundle_path: Path | None, data_directory: Path) -> Callable[[], Engine]:
    """What loads the engine from a bundle, with what was learnt in the data directory.

    Without a path it is the bundle in use: the shipped one, or one that was retrained on this
    machine. Raises EngineError with one sentence.
    """

    def load() -> Engine:
        from engine.factory import converter_of, create_personal, create_rewriters
        from engine.learning.user_learner import UserLearner
        from engine.lexicon.word_arrays import LexiconError
        from engine.model.bundle import Bundle
        from engine.model.bundle_store import BundleStore, LoadedBundle
        from engine.model.manifest import BundleError
        from engine.rewriters.symbol_rewriter import SymbolError
        from engine.session.session import Session

        try:
            store = BundleStore(data_directory)
            loaded = LoadedBundle(Bundle.load(bundle_path)) if bundle_path else store.load()
            bundle = loaded.bundle
            personal = create_personal(bundle.vocabulary)
            learner = UserLearner(personal, bundle.vocabulary, data_directory)
            converter = converter_of(bundle, personal=personal)
            session = Session(converter, learner=learner, rewriters=create_rewriters())
            return Engine(session, bundle.name, converter.set_spelling, learner, loaded.notice)
        except (BundleError, LexiconError, SymbolError) as error:
            raise EngineError(str(error)) from error

    return load


def create_fake_engine() -> Engine:
    """The decoder without a model, which prefers a few texts."""
    from engine.factory import create_fake_converter, create_rewriters
    from engine.session.session import Session

    converter = create_fake_converter()
    session = Session(converter, rewriters=create_rewriters())
    return Engine(session, "fake", converter.set_spelling)
