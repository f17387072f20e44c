"""Start the app: read the options, wire the parts, run the event loop."""

from __future__ import annotations

import os
import signal
import sys
from argparse import ArgumentParser, Namespace
from collections.abc import Callable, Sequence
from contextlib import suppress
from ctypes.util import find_library
from functools import partial
from pathlib import Path
from typing import Final

from platformdirs import user_config_path, user_data_path
from PySide6.QtCore import QMessageLogContext, QSocketNotifier, QTimer, QtMsgType, qInstallMessageHandler
from PySide6.QtWidgets import QApplication

from ime_app.i18n.language import window_language
from ime_app.i18n.qt_texts import let_qt_speak
from ime_app.i18n.strings import Strings
from ime_app.input.engine_loader import create_fake_engine, engine_loader
from ime_app.services.daily_exchange import DailyExchange
from ime_app.services.draft_store import DraftStore
from ime_app.services.version import version
from ime_app.settings.schema import Setting, setting
from ime_app.settings.settings_file import SettingsFile
from ime_app.settings.settings_store import SettingsKeeper
from ime_app.widgets import theme
from ime_app.windows.dialog_alone import DialogAlone
from ime_app.windows.dialogs import Places
from ime_app.windows.main_window import MainWindow
from resources import MODEL

SWITCH_INTERVAL_S: Final[float] = 0.0005
PENDING_KEYS_MS: Final[int] = 50  # after a signal, for keys pressed before it that are not read yet


def window_options(arguments: Sequence[str] | None = None) -> Namespace:
    """Return the command line's options; every one has a default that suits daily use."""
    parser = ArgumentParser(prog="moyin", description="墨音 Moyin: the input method's window")
    parser.add_argument("--version", action="version", version=f"墨音 Moyin {version()}")
    parser.add_argument("--bundle", type=Path, default=None, help="model bundle (default: the one in use)")
    parser.add_argument("--data-directory", type=Path, default=None, help="where the text is kept")
    parser.add_argument("--settings", type=Path, default=None, help="settings file (TOML)")
    parser.add_argument("--language", choices=("zh", "en"), default=None, help="of the window")
    parser.add_argument(
        "--theme", choices=("light", "dark"), default=None, help="default: as in the settings"
    )
    parser.add_argument(
        "--open",
        choices=("settings", "log", "words", "retrain"),
        default=None,
        help="only this dialog: for the IBus menu",
    )
    parser.add_argument("--fake", action="store_true", help="a decoder without a model, for development")
    return parser.parse_args(arguments)


def run(arguments: Sequence[str] | None = None) -> int:
    """Open the window and run until it is closed; returns the process's exit status."""
    options = window_options(arguments)
    app = create_application(own_input=not options.open, language=options.language)
    if options.open:
        return run_dialog(options, app)
    window = create_window(options)
    window.closed.connect(app.quit)  # Qt's own "last window closed" misses a window that hid itself

    def close() -> None:
        app.processEvents()
        window.close()

    notifier = close_on_signals(lambda: QTimer.singleShot(PENDING_KEYS_MS, close))
    app.commitDataRequest.connect(window.save)
    window.show()
    status = app.exec()
    notifier.setEnabled(False)
    if window.worker.isRunning():  # it does not come to an end, and all is saved
        os._exit(status)
    return status


def run_dialog(options: Namespace, app: QApplication) -> int:
    """Open one dialog alone and run until it is closed; returns the exit status, 1 where it cannot be had."""
    keeper = SettingsKeeper(SettingsFile(options.settings or settings_path()), overrides(options))
    language = window_language(keeper.settings.appearance.language)
    strings = Strings(language)
    let_qt_speak(language)
    folder = options.data_directory or user_data_path("moyin", appauthor=False)
    alone = DialogAlone(keeper, strings, Places(folder, options.bundle or MODEL))
    alone.show_settings(keeper.settings)
    if not alone.open(options.open):
        return 1
    notifier = close_on_signals(alone.close)
    status = app.exec()
    notifier.setEnabled(False)
    return status


def create_application(*, own_input: bool = True, language: str | None = None) -> QApplication:
    """Return the QApplication; with an input of its own it is out of reach of the desktop's.

    Why there is none is said in `language`, or else in the desktop's.
    """
    # Another input method would take the letters before our editor sees them. `compose` is Qt's
    # own: dead keys, nothing more. Qt 6.7 looks at the plural first.
    if own_input and sys.platform.startswith("linux"):
        os.environ["QT_IM_MODULE"] = os.environ["QT_IM_MODULES"] = "compose"
    # The engine computes in Python beside the window, which waits for the interpreter at each call of
    # Qt's while it echoes a letter: 5 ms, Python's own, is too long for that.
    sys.setswitchinterval(SWITCH_INTERVAL_S)
    qInstallMessageHandler(partial(_end_without_display, language or "system"))
    app = QApplication.instance() or QApplication(sys.argv[:1])
    qInstallMessageHandler(None)
    assert isinstance(app, QApplication)
    app.setApplicationName("Moyin")
    app.setDesktopFileName("moyin")
    app.setWindowIcon(theme.window_icon())
    app.setStyle("Fusion")
    app.setFont(theme.font(theme.SMALL_PIXELS + 1))
    return app


def _end_without_display(language: str, kind: QtMsgType, context: QMessageLogContext, message: str) -> None:
    """Say in one sentence why there is no window, where Qt would advise to install it anew, and abort."""
    if kind is QtMsgType.QtFatalMsg:
        strings = Strings(window_language(language))
        print(strings("no_display"), file=sys.stderr, flush=True)
        os._exit(1)
    if "cursor0" in message and find_library("xcb-cursor") is None:  # Qt says so in any case
        print(message, file=sys.stderr, flush=True)


def create_window(options: Namespace) -> MainWindow:
    """Return the window on the parts that the options name."""
    keeper = SettingsKeeper(SettingsFile(options.settings or settings_path()), overrides(options))
    folder = options.data_directory or user_data_path("moyin", appauthor=False)
    language = keeper.settings.appearance.language
    strings = Strings(window_language(language))
    create_engine = create_fake_engine if options.fake else engine_loader(options.bundle, folder)
    window = MainWindow(create_engine, DraftStore(folder), strings, keeper, options.bundle or MODEL)
    exchange = DailyExchange(folder, keeper.path, window)
    exchange.failed.connect(window.worker.noticed)
    exchange.done.connect(keeper.reread)
    window.closed.connect(exchange.wait)
    return window


def settings_path() -> Path:
    """Return where the user's settings are kept, by the desktop's convention."""
    return user_config_path("moyin", appauthor=False) / "settings.toml"


def overrides(options: Namespace) -> dict[Setting, object]:
    """Return what the command line says instead of the settings file."""
    given = {"appearance.language": options.language, "appearance.theme": options.theme}
    return {setting(key): value for key, value in given.items() if value is not None}


def close_on_signals(close: Callable[[], object]) -> QSocketNotifier:
    """Close the window, which saves the text, on Ctrl+C in the terminal, on SIGTERM, and with the terminal.

    Where SIGHUP is ignored, as under nohup, it stays so.

    Python runs a handler only between two of its own instructions, which Qt's loop may not reach for hours; a
    pipe that the signal writes to wakes it. The notifier has to be kept.
    """
    reading, writing = os.pipe()
    os.set_blocking(reading, False)
    os.set_blocking(writing, False)
    signal.set_wakeup_fd(writing)
    hang_up = [signal.SIGHUP] if hasattr(signal, "SIGHUP") else []  # Windows has none
    for number in (signal.SIGINT, signal.SIGTERM, *hang_up):
        if signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, lambda *_: close())
    notifier = QSocketNotifier(reading, QSocketNotifier.Type.Read)
    notifier.activated.connect(lambda: _drain(reading))
    return notifier


def _drain(descriptor: int) -> None:
    """Empty the pipe; closing runs the event loop, so it may have been emptied meanwhile."""
    with suppress(BlockingIOError):
        os.read(descriptor, 64)
