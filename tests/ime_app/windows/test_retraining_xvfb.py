"""Retraining from the real window under a real X server: typed, trained, judged, used and taken back.

Everything is real but the size: keys and clicks by xdotool, the window's process, the process of
training, the store; the model is a tiny one. Neither process may open a socket. The same on the shipped
model, with the pictures of docs/learning.md: `python -m tests.ime_app.retraining_by_hand TEXT`. Where
MOYIN_PICTURES names a folder, the pictures of this run are put there.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from engine.model.bundle_store import SHIPPED, BundleStore
from tests.ime_app.display import Desk, running, wait_for, x_server
from tests.ime_app.eyes import NO_SOCKETS
from tests.ime_app.retraining_by_hand import User, seen_window
from tests.ime_app.windows.test_learning import logged
from tests.ime_app.windows.test_retraining_run import FAST, TYPED

PICTURES = Path(os.environ["MOYIN_PICTURES"]).resolve() if "MOYIN_PICTURES" in os.environ else None


def test_a_socket_would_end_the_process() -> None:
    """The guard of the test below."""
    for code, status in (("socket.socket()", 97), ("socket.socketpair()", 97), ("pass", 0)):
        command = [sys.executable, "-c", f"{NO_SOCKETS}\nimport socket\n{code}"]
        assert subprocess.run(command, capture_output=True, check=False).returncode == status


def test_window_tells_what_is_seen(tmp_path: Path) -> None:
    """The start of the test below."""
    offscreen = os.environ | {"QT_QPA_PLATFORM": "offscreen"}
    seen = tmp_path / "seen.json"
    with running([*seen_window(tmp_path), "--fake"], offscreen) as process:
        wait_for("what is seen", lambda: seen.exists() or process.poll() is not None)
        assert process.poll() is None
    assert json.loads(seen.read_text(encoding="utf-8"))["main"]["letters"] == ""


@pytest.mark.long  # in one process the same is tried at every change: test_retraining_run
def test_typed_trained_used_and_taken_back_by_hand(tmp_path: Path, tiny_bundle: Path) -> None:
    general = tmp_path / "general.jsonl"
    general.write_text(json.dumps({"id": 1, "pinyin": ["ni", "hao"], "hanzi": "你好"}), encoding="utf-8")
    (tmp_path / "settings.toml").write_text("[learning]\nkeep_before = false\n", encoding="utf-8")
    training = " ".join([*FAST, "--sets", str(general)])
    options = ["--shipped", str(tiny_bundle), f"--training={training}"]
    with x_server() as display, running(seen_window(tmp_path, options), display) as process:
        user = User(Desk(process, display), tmp_path / "seen.json", PICTURES)
        phrases = [TYPED[number % len(TYPED)] for number in range(64)]
        assert all(user.write(*phrase) for phrase in phrases)
        told = user.retrain()
    assert logged(tmp_path) == [text for _, text in phrases]
    assert told.verdict.startswith("新模型更好")
    store = BundleStore(tmp_path, tiny_bundle)
    assert told.before == told.back == "tiny"
    assert [bundle.name for bundle in store.list()] == [told.after]
    assert store.active == SHIPPED
