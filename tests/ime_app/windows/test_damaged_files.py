"""Every file of the user's and of the model damaged in turn: the window opens, and keeps what is typed."""

from __future__ import annotations

import re
import shutil
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from engine.conversion.converter import Converter, ConverterParts
from engine.learning.user_learner import UserLearner
from engine.lexicon.lexicon import Lexicon
from engine.lexicon.vocabulary import Vocabulary
from engine.model.bundle_store import BundleStore
from engine.model.fake_decoder import FakeDecoder
from engine.model.manifest import MANIFEST
from engine.protocol import CustomPhrase
from engine.rewriters.custom_phrase_rewriter import CustomPhraseRewriter
from engine.rewriters.date_rewriter import now
from engine.session.session import Session
from engine.storage.custom_phrases.phrase_book import CustomPhraseBook
from engine.user_model.model import UserModel
from ime_app.input.engine_loader import engine_loader
from ime_app.input.loaded_engine import Engine
from tests.damages import DAMAGES, vouch
from tests.engine.tiny_bundle import write_tiny_bundle
from tests.ime_app.hands import Gate, Hands, LearningGate

Open = Callable[..., Hands]
FILES = (
    "settings.toml",
    "modes.json",
    "text.txt",
    "phrases.toml",
    "models/active.json",
    "learning/phrases.sqlite3",
)
TYPED = re.compile("[\u4e00-\u9fff]{2}$")  # by `shijie`, whatever stands before it


class UsersGate(LearningGate):
    """A small engine with all of a user's files."""

    def __call__(self) -> Engine:
        folder, decoder, vocabulary, lexicon = self._parts
        personal = UserModel(vocabulary)
        learner = UserLearner(personal, vocabulary, folder)
        phrases = CustomPhraseBook(folder)
        converter = Converter(ConverterParts(decoder, vocabulary, lexicon), user_model=personal)
        rewriters = (CustomPhraseRewriter(phrases, now),)
        notices = (BundleStore(folder)._pointer_problem(),)
        session = Session(converter, learner=learner, rewriters=rewriters)
        return Engine(session, "small", converter.set_spelling, learner, notices, phrases)


@pytest.fixture
def users(
    open_window: Open, tmp_path: Path, decoder: FakeDecoder, vocabulary: Vocabulary, lexicon: Lexicon
) -> Callable[[Path], Hands]:
    """Return a function that opens the window on a folder."""

    def open_one(folder: Path) -> Hands:
        hands = open_window(folder=folder, engine=UsersGate(folder, decoder, vocabulary, lexicon))
        hands.load()
        return hands

    return open_one


@pytest.fixture
def folder(users: Callable[[Path], Hands], tmp_path: Path) -> Path:
    """Return the folder of somebody who has typed, set, phrased and retrained."""
    folder = tmp_path / "whole"
    folder.mkdir()
    (folder / "settings.toml").write_text("[input]\npage_size = 7\n", encoding="utf-8")
    CustomPhraseBook(folder).edit(lambda phrases: [*phrases, CustomPhrase("dz", "中关村大街")])
    (folder / "models").mkdir()
    (folder / "models" / "active.json").write_text('{"active": "", "previous": []}', encoding="utf-8")
    hands = users(folder)
    hands.type("nihao ")
    hands.window.status.mode.click()
    hands.settle()
    hands.window.status.mode.click()
    hands.settle()
    hands.close()
    return folder


@pytest.mark.parametrize("name", FILES)
def test_the_window_opens_types_and_keeps(
    users: Callable[[Path], Hands], folder: Path, tmp_path: Path, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    failures: list[object] = []
    monkeypatch.setattr(sys, "excepthook", lambda *error: failures.append(error))
    content = (folder / name).read_bytes()
    other = (folder / FILES[FILES.index(name) - 1]).read_bytes()
    for damage, change in DAMAGES.items():
        copy = tmp_path / damage
        shutil.copytree(folder, copy)
        change(copy / name, content, other)
        hands = users(copy)
        hands.type("shijie ")
        assert TYPED.search(hands.text), (name, damage)
        said = "\n".join(banner.text for banner in hands.window.banners)
        assert "Traceback" not in said
        assert not re.search(r"\b[A-Z][a-z]+Error\b", said), said
        assert hands.window.close()
        text = (copy / "text.txt").read_text(encoding="utf-8")
        assert TYPED.search(text), (name, damage)
    assert failures == []


class ModelGate(Gate):
    """The engine that the window loads, from a bundle in a folder."""

    def __init__(self, bundle: Path, folder: Path) -> None:
        super().__init__()
        self._load = engine_loader(bundle, folder)

    def __call__(self) -> Engine:
        return self._load()


@pytest.mark.parametrize("name", ["decoder.onnx", "ngram.bin", "words.bin", "manifest.json"])
def test_without_a_model_the_window_says_so_and_gives_the_letters_back(
    open_window: Open, tmp_path: Path, vocabulary: Vocabulary, name: str
) -> None:
    whole = write_tiny_bundle(tmp_path / "whole", vocabulary, is_whole=True)
    content, other = (whole / name).read_bytes(), (whole / "vocabulary.tsv").read_bytes()
    for damage, change in DAMAGES.items():
        path = tmp_path / damage
        shutil.copytree(whole, path)
        change(path / name, content, other)
        if name != MANIFEST and (path / name).exists():
            vouch(path, name)
        hands = open_window(folder=path / "users", engine=ModelGate(path, path / "users"))
        hands.type_fast("nihao")
        hands.load()
        assert hands.text == "nihao"
        (said,) = [banner.text for banner in hands.window.banners]
        assert "需要" in said
        assert name in said or str(path) in said
        assert not re.search(r"Traceback|\b[A-Z][a-z]+Error\b", said), said
        assert hands.window.close()
