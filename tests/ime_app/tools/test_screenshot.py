"""The pictures are taken on the screen that is asked for."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from ime_app.tools.screenshot import offscreen


@pytest.mark.parametrize("platform", ["", "offscreen"])
def test_screen_has_the_size_that_is_asked_for(monkeypatch: pytest.MonkeyPatch, platform: str) -> None:
    """Where the environment says offscreen already, too: its own screen is 800 pixels wide."""
    monkeypatch.setenv("QT_QPA_PLATFORM", platform)
    if not platform:
        monkeypatch.delenv("QT_QPA_PLATFORM")
    with offscreen("1366x768"):
        name, _, path = os.environ["QT_QPA_PLATFORM"].partition(":configfile=")
        (screen,) = json.loads(Path(path).read_text(encoding="utf-8"))["screens"]
    assert (name, screen["width"], screen["height"]) == ("offscreen", 1366, 768)


def test_real_display_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("QT_QPA_PLATFORM", "xcb")
    with offscreen("1366x768"):
        assert os.environ["QT_QPA_PLATFORM"] == "xcb"
