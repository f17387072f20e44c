"""Every file of the user's damaged in turn: the window opens, types, and keeps what is typed."""

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
from engine.protocol import CustomPhrase
from engine.rewriters.custom_phrase_rewriter import CustomPhraseRewriter
from engine.rewriters.date_rewriter import now
from engine.session.session import Session
from engine.storage.custom_phrases.phrase_book import CustomPhraseBook
from engine.user_model.model import UserModel
from ime_app.input.loaded_engine import Engine
from tests.ime_app.hands import Gate, Hands

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
DAMAGES: dict[str, Callable[[bytes], bytes | None]] = {
    "cut": lambda content: content[: len(content) // 2],
    "emptied": lambda _: b"",
    "garbage": lambda content: bytes(range(255, -1, -1)) * (len(content) // 256 + 1),
    "brackets": lambda _: b"[" * 100_000,
    "gone": lambda _: None,
}


class UsersGate(Gate):
    """A small engine with all of a user's files."""

    def __init__(self, folder: Path, decoder: FakeDecoder, vocabulary: Vocabulary, lexicon: Lexicon) -> None:
        super().__init__()
        self._parts = folder, decoder, vocabulary, lexicon

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
    others = [(folder / other).read_bytes() for other in FILES if other != name]
    damaged = {damage: change(content) for damage, change in DAMAGES.items()}
    damaged["another's"] = others[0]
    for damage, changed in damaged.items():
        copy = tmp_path / damage
        shutil.copytree(folder, copy)
        (copy / name).unlink()
        if changed is not None:
            (copy / name).write_bytes(changed)
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
