"""A real retraining from the window: typed, trained, judged, used, and taken back. On a tiny bundle."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from engine.model.bundle_store import SHIPPED, BundleStore
from engine.storage.phrase import Phrase
from engine.storage.phrase_log import PhraseLog
from engine.storage.user_store import UserStore
from ime_app.input.engine_loader import engine_loader
from ime_app.input.loaded_engine import Engine
from ime_app.services.retraining_process import Retraining
from ime_app.windows.retraining_window import RetrainingWindow
from tests.ime_app.eyes import NO_SOCKETS
from tests.ime_app.hands import Gate, Hands
from tests.ime_app.windows.test_learning import logged

Open = Callable[..., Hands]
# Homophones of what the tiny bundle knows by heart, typed so often that there is something to learn.
TYPED = [
    ("womenxihuanshangke", "窝门喜欢尚可"),
    ("tayexihuanshangke", "塌也喜欢尚可"),
    ("gongyuanzhangdehenhao", "公元长得狠好"),
    ("hangzhangyaoquchipingguo", "航长要去吃平果"),
]
READINGS = [
    "wo men xi huan shang ke",
    "ta ye xi huan shang ke",
    "gong yuan zhang de hen hao",
    "hang zhang yao qu chi ping guo",
]
FAST = "--rate 10 --epochs 30 --threads 1".split()
COMMAND = """
import pathlib, sys, resources
resources.MODEL = pathlib.Path(sys.argv[1])
from training.commands.main import main
raise SystemExit(main([*sys.argv[3:], "--sets", sys.argv[2], *FAST]))
"""


class StoreGate(Gate):
    """The engine on the bundle in use of the store in a folder."""

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self._load = engine_loader(None, folder)

    def __call__(self) -> Engine:
        return self._load()


@pytest.fixture
def general(tmp_path: Path) -> Path:
    """General text that retraining cannot spoil: one word."""
    path = tmp_path / "general.jsonl"
    path.write_text(json.dumps({"id": 1, "pinyin": ["ni", "hao"], "hanzi": "你好"}), encoding="utf-8")
    return path


def log_phrases(folder: Path, number: int) -> None:
    """Write so many phrases into the log as if they had been typed an hour ago."""
    store = UserStore(folder)
    for place in range(number):
        keys, text = TYPED[place % len(TYPED)]
        reading = READINGS[place % len(TYPED)].split()
        assert "".join(reading) == keys
        PhraseLog(store).add([Phrase(text, tuple(reading), keys, time=time.time() - 3600 + place)])
    store.close()


def type_phrase(hands: Hands, keys: str, text: str) -> None:
    """Type it and pick, as a user would: the longest candidate that is right so far."""
    hands.type(keys)
    while text:
        rows = hands.window.bar.menu.candidates
        index = max(range(len(rows)), key=lambda i: len(rows[i].text) * text.startswith(rows[i].text))
        menu = hands.window.bar.menu
        for _ in range(index // menu.page_size - menu.page):
            hands.type("=")
        hands.type(str(index % menu.page_size + 1))
        text = text.removeprefix(rows[index].text)


def test_typed_trained_used_and_taken_back(
    open_window: Open,
    tmp_path: Path,
    general: Path,
    tiny_bundle: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("resources.MODEL", tiny_bundle)
    log_phrases(tmp_path, 60)
    hands = open_window(engine=StoreGate(tmp_path), overrides={"learning.keep_before": False})
    hands.load()
    for keys, text in TYPED:
        type_phrase(hands, keys, text)
    assert logged(tmp_path)[-4:] == [text for _, text in TYPED]

    store = BundleStore(tmp_path)
    code = NO_SOCKETS + COMMAND.replace("FAST", repr(FAST))
    command = [sys.executable, "-c", code, str(tiny_bundle), str(general)]
    window = RetrainingWindow(tmp_path, store, hands.window._strings, Retraining(tmp_path, command))
    window.switched.connect(hands.window.controller.reload)
    window.show()
    window.start_button.click()
    hands.wait(lambda: not window.retraining.is_running, 300)
    assert "新模型更好" in window.verdict.text()
    assert store.load().name == SHIPPED  # nobody has chosen yet

    window.activate_button.click()
    hands.wait(lambda: store.active != SHIPPED, 60)
    hands.wait(lambda: hands.window.status.model.text() == store.load().bundle.name, 60)
    window.back_button.click()
    hands.wait(lambda: store.active == SHIPPED, 60)
    hands.wait(lambda: hands.window.status.model.text() == "tiny", 60)
    window.close()
