"""An engine that is late, missing, broken, or fails in the middle: no key is lost."""

from __future__ import annotations

import gc
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt

from engine.lexicon.vocabulary import Vocabulary
from engine.model.bundle import Bundle
from engine.model.bundle_store import BundleStore
from engine.model.manifest import BundleError
from ime_app.input.engine_loader import engine_loader
from ime_app.input.loaded_engine import Engine, EngineError
from resources import MODEL
from tests.engine.phrase_converter import PhraseConversion, PhraseConverter
from tests.engine.tiny_bundle import write_tiny_bundle
from tests.ime_app.hands import Gate, Hands

Open = Callable[..., Hands]


class BrokenConverter(PhraseConverter):
    """Fails at the letters `ha`."""

    def convert(self, keys: str, fixed: tuple[int, ...] = ()) -> PhraseConversion:
        if keys.endswith("ha"):
            raise RuntimeError("out of order")
        return super().convert(keys, fixed)


class CollectingConverter(PhraseConverter):
    """Notes whether garbage may be collected while it converts and while it works ahead."""

    def __init__(self) -> None:
        super().__init__()
        self.while_converting: set[bool] = set()
        self.while_ahead: set[bool] = set()

    def convert(self, keys: str, fixed: tuple[int, ...] = ()) -> PhraseConversion:
        self.while_converting.add(gc.isenabled())
        return super().convert(keys, fixed)

    def warm(self) -> None:
        self.while_ahead.add(gc.isenabled())
        super().warm()


def test_garbage_is_collected_between_keys_only(open_window: Open) -> None:
    converter = CollectingConverter()
    hands = open_window(converter=converter)
    hands.type("nihao ")
    assert hands.text == "你好"
    assert converter.while_converting == {False}
    assert converter.while_ahead == {True}


class FailingAheadConverter(PhraseConverter):
    """Fails at whatever is done before the next key."""

    def warm(self) -> None:
        raise RuntimeError("ahead")


def test_what_fails_before_the_next_key_is_said_once(open_window: Open) -> None:
    hands = open_window(converter=FailingAheadConverter())
    hands.type("nihao ")
    hands.type("ma")
    assert hands.text.startswith("你好")
    (banner,) = hands.window.banners
    assert "为下一个按键做的准备出了错（RuntimeError）" in banner.text
    banner.hide()
    hands.type(" ")
    assert hands.window.banners == []  # once


class DeafConverter(PhraseConverter):
    """Fails at a text before the caret."""

    def set_surrounding_text(self, text: str) -> None:
        if text == "早":
            raise RuntimeError("deaf")


def test_a_text_before_the_caret_that_cannot_be_read_is_said_and_typing_goes_on(open_window: Open) -> None:
    hands = open_window(converter=DeafConverter())
    hands.editor.setPlainText("早")
    hands.press(Qt.Key.Key_End)
    hands.type("nihao ")
    assert hands.text == "早你好"
    (banner,) = hands.window.banners
    assert "为下一个按键做的准备出了错（RuntimeError）" in banner.text


def test_keys_typed_before_the_engine_is_there_are_kept(open_window: Open) -> None:
    gate = Gate()
    hands = open_window(engine=gate)
    assert hands.window.isVisible()
    hands.type_fast("nihao ma")
    assert hands.shown == "[nihao ma|]"  # seen, not yet converted
    assert "载入" in hands.window.status.model.text()
    hands.load()
    assert hands.shown == "你好[ma|]"
    assert hands.window.status.model.text() == "phrases"


def test_editing_before_the_engine_is_there(open_window: Open) -> None:
    gate = Gate()
    hands = open_window(engine=gate)
    hands.press(Qt.Key.Key_7, "7")
    assert hands.text == "7"
    hands.type_fast("nix\b ")
    hands.press(Qt.Key.Key_Return, "\r")
    hands.load()
    assert hands.text == "7你\n"


def test_keys_before_the_engine_is_there_edit_what_is_shown(open_window: Open) -> None:
    hands = open_window(engine=Gate())
    hands.type_fast("nihap\b")
    assert hands.shown == "[niha|]"
    hands.type_fast("o")
    assert hands.shown == "[nihao|]"
    hands.press(Qt.Key.Key_Left)
    assert hands.shown == "[niha|o]"
    hands.load()
    assert hands.shown == "[ni ha|o]"


def test_a_broken_bundle_leaves_an_editor_and_says_why(open_window: Open) -> None:
    gate = Gate(error=EngineError("expected a bundle, found none; take another"))
    hands = open_window(engine=gate)
    hands.type_fast("ni, ")
    hands.load()
    assert hands.text == "ni, "
    hands.type("hao\b\n1")
    assert hands.text == "ni, ha\n1"
    (banner,) = hands.window.banners
    assert "expected a bundle, found none; take another" in banner.text
    assert "引擎无法启动" in banner.text
    assert "cannot start" in banner.text
    assert hands.window.status.mode.text() == "英"
    hands.tap_shift()
    hands.type("x")
    assert hands.text == "ni, ha\n1x"


def test_an_engine_that_fails_in_another_way_is_named(open_window: Open) -> None:
    gate = Gate(error=RuntimeError("no memory"))
    hands = open_window(engine=gate)
    hands.load()
    assert "RuntimeError: no memory" in hands.window.banners[0].text


def test_a_missing_bundle_is_told_in_the_bundles_own_words(tmp_path: Path) -> None:
    with pytest.raises(EngineError) as caught:
        engine_loader(tmp_path / "none", tmp_path)()
    assert isinstance(caught.value.__cause__, BundleError)


def test_a_retrained_bundle_in_use_is_loaded_and_a_damaged_one_passed_over(tmp_path: Path) -> None:
    store = BundleStore(tmp_path)
    with store.draft() as draft:
        write_tiny_bundle(draft, Vocabulary.load(MODEL / "vocabulary.tsv"))
        store.keep(draft, "mine", {})
    store.activate("mine")
    assert loaded_and_closed(tmp_path) == ("tiny", "")
    (store.path_of("mine") / "head.npz").write_bytes(b"cut")
    name, notice = loaded_and_closed(tmp_path)
    assert name == Bundle.load(MODEL).name
    assert notice.startswith("the retrained model mine cannot be used")


def loaded_and_closed(data_directory: Path) -> tuple[str, str]:
    engine: Engine = engine_loader(None, data_directory)()
    assert engine.learner is not None
    engine.learner.close()
    return engine.name, str(engine.notices[0])


def test_a_key_that_fails_gives_its_letters_back(open_window: Open) -> None:
    hands = open_window(converter=BrokenConverter())
    hands.type("niha")
    assert hands.shown == "niha|"
    assert "RuntimeError" in hands.window.status.message.text()
    hands.type("ni ")
    assert hands.text == "niha你"


def test_the_window_does_not_wait_for_what_only_others_need() -> None:
    """The engine brings numpy and onnxruntime in its own thread, a changed setting tomlkit, and so on."""
    heavy = {"numpy", "onnxruntime", "tomlkit", "opencc", "torch", "training"}
    code = "import sys, ime_app.app; print(*sys.modules)"
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert heavy & {name.partition(".")[0] for name in result.stdout.split()} == set()
