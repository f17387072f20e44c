"""A window without a display, and hands to type on it."""

from __future__ import annotations

import os
import sys

os.environ["QT_QPA_PLATFORM"] = "offscreen"

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, QtMsgType, qInstallMessageHandler
from PySide6.QtWidgets import QApplication

from ime_app.app import create_application
from tests.ime_app.field.bench import Bench
from tests.ime_app.hands import Hands


@pytest.fixture(scope="session")
def app() -> QApplication:
    return create_application()


@pytest.fixture(autouse=True)
def qt_warnings_fail(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Fail at Qt's complaints, which are mistakes of ours, and at exceptions that nobody catches.

    What is to be deleted later is deleted at a test's end: no event loop runs that would do it, and each
    window and its engine would stay in memory until the last test.
    """
    seen: list[object] = []

    def note(kind: QtMsgType, context: object, message: str) -> None:
        if kind is not QtMsgType.QtDebugMsg and "This plugin does not support" not in message:
            seen.append(message)
        if kind is QtMsgType.QtFatalMsg:
            print(message, file=sys.__stderr__, flush=True)  # the process ends here

    qInstallMessageHandler(note)
    # An exception in a slot or a handler ends in the hook; Qt goes on.
    monkeypatch.setattr(sys, "excepthook", lambda kind, error, trace: seen.append(repr(error)))
    yield
    if QApplication.instance() is not None:
        QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    qInstallMessageHandler(None)
    assert seen == []


@pytest.fixture
def open_window(app: QApplication, tmp_path: Path) -> Iterator[Callable[..., Hands]]:
    """Return a function that opens a window on `tmp_path` (or another folder) with an engine of choice."""
    opened: list[Hands] = []

    def open_one(**options: object) -> Hands:
        opened.append(Hands(app, **({"folder": tmp_path} | options)))  # type: ignore[arg-type]
        return opened[-1]

    yield open_one
    for hands in opened:
        hands.close()


@pytest.fixture
def open_bench(tmp_path: Path) -> Iterator[Callable[..., Bench]]:
    """Return a function that opens hosts on `tmp_path`."""
    opened: list[Bench] = []

    def open_one(**options: object) -> Bench:
        opened.append(Bench(tmp_path, **options))  # type: ignore[arg-type]
        return opened[-1]

    yield open_one
    for bench in opened:
        bench.close()


@pytest.fixture
def bench(open_bench: Callable[..., Bench]) -> Bench:
    return open_bench()
