"""Put editor, candidate bar, status line, storage and controller together."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Final

from PySide6.QtCore import QEvent, QEventLoop, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QAction, QCloseEvent, QGuiApplication, QResizeEvent
from PySide6.QtWidgets import QMainWindow, QVBoxLayout, QWidget

from engine.protocol import Key, KeyEvent, Modifier, Output, Preedit
from engine.session.composition import MAX_LETTERS
from ime_app.i18n.language import window_language
from ime_app.i18n.qt_texts import let_qt_speak
from ime_app.i18n.strings import Strings
from ime_app.input.controller import InputController, Rendered
from ime_app.input.engine_worker import EngineWorker, EraseJob
from ime_app.input.key_rejections import refusal_of
from ime_app.input.loaded_engine import Engine
from ime_app.services.draft_store import DraftStore
from ime_app.settings.engine_options import engine_options_or_complaint
from ime_app.settings.schema import Settings, setting
from ime_app.settings.session_state import ModeMemory, Remembered, modes_of
from ime_app.settings.settings_store import SettingsKeeper
from ime_app.widgets.candidate_bar import CandidateBar
from ime_app.widgets.editor import Editor
from ime_app.widgets.messages import Banner, Banners
from ime_app.widgets.status_line import StatusLine
from ime_app.windows.candidate_menu import CandidateMenu
from ime_app.windows.dialogs import Dialogs, Places
from ime_app.windows.look import apply_look, style_bar
from ime_app.windows.menu_actions import create_commands, create_menu, name_commands
from ime_app.windows.placement import PlaceMemory, fit_to_screen
from ime_app.windows.text.commands import TextCommands
from ime_app.windows.text.input_fields import InputField, InputFields
from ime_app.windows.text.keeper import TextKeeper
from resources import MODEL

SIZE: Final[QSize] = QSize(900, 600)
SURROUND_AFTER_MS: Final[int] = 40  # a caret at rest; shorter than the pause before a key
FINISH_TIMEOUT_MS: Final[int] = 2000  # for answers under way when the window closes


class MainWindow(QMainWindow):
    """The main window. It works as a plain editor from the first moment, and without an engine."""

    closed = Signal()  # the text is saved and the engine stopped

    def __init__(
        self,
        create_engine: Callable[[], Engine],
        store: DraftStore,
        strings: Strings,
        keeper: SettingsKeeper,
        bundle: Path = MODEL,
    ) -> None:
        super().__init__()
        self._store = store
        self._strings = strings
        self._keeper = keeper
        self._closing = False
        self._predicted_at = 0  # where the caret was when the menu was shown last
        self._language = keeper.settings.appearance.language
        self._memory = ModeMemory(store.folder)
        left = self._memory.load(keeper.settings, keeper.written)
        options, complaint = engine_options_or_complaint(keeper.settings, private=left.private)
        self.editor = Editor()
        self.worker = EngineWorker(create_engine, options, left.modes, self)
        self.controller = InputController(self.worker, self.editor, options.session, left.modes)
        self.controller.setParent(self)
        self._actions = self._create_actions()
        self._private = self._actions["private"]
        self._private.setCheckable(True)
        self._private.setChecked(left.private)
        self.status = StatusLine(strings, self._actions["copy_all"], create_menu(self, self._actions))
        self.status.show_modes(self.controller.output)
        self.status.show_private(left.private)
        self.dialogs = Dialogs(keeper, strings, Places(store.folder, bundle), self._private, self)
        self._central = self._arrange()
        self._banners = Banners(strings, self._column, self.editor)
        self._private_in_doubt = partial(strings, "private_in_doubt", path=self._memory.path)
        self._text_keeper = TextKeeper(self.editor, store, self._banners, strings)
        self.text_commands = TextCommands(self.editor, self.status, strings, self._defer_click)
        self.bar = CandidateBar(strings, self._central)
        self.candidate_menu = CandidateMenu(self.editor, self.bar, self.controller, strings)
        self._field = InputField(self.editor, self.bar, self._central, self.candidate_menu.take)
        self._fields = InputFields(self.controller, self._field)
        self._surround_timer = self._timer(SURROUND_AFTER_MS, self.controller.tell_surrounding)
        self._window_places = PlaceMemory(store.folder)
        self.dialogs.places, self.dialogs.kept_free = self._window_places, self._field.previewed
        self.dialogs.make_room = self.editor.scroll_up
        self._speak()
        self.setMinimumSize(400, 240)
        if not self._window_places.restore(self, "main"):
            fit_to_screen(self, SIZE)
        self._apply_look(keeper.settings)
        self._connect()
        self._text_keeper.restore()
        if complaint:
            self._on_complaint(complaint)
        if keeper.complaints(strings):
            self._banners.add(partial(keeper.complaints, strings))
        if left.in_doubt:
            self._banners.add(self._private_in_doubt)
        elif left.private:
            self._banners.add(partial(strings, "still_private"))
        self.worker.start()

    @property
    def banners(self) -> list[Banner]:
        """The banners not yet dismissed, oldest first."""
        return self._banners.shown

    def preview(self, settings: Settings) -> None:
        """Let other settings take effect until the window is closed or others are chosen."""
        self._keeper.preview(settings)

    def switch_private(self) -> None:
        """Start or end private mode, as the action is ticked or not: nothing is kept while it is."""
        self.status.show_private(self._private.isChecked())
        self._banners.dismiss(self._private_in_doubt(), self._strings("still_private"))  # seen to
        self._on_settings_changed(self._keeper.settings)
        self._remember(self.controller.output)

    def save(self) -> None:
        """Write the text now; on failure say so and keep trying at each change."""
        self._text_keeper.save()

    def closeEvent(self, event: QCloseEvent) -> None:
        """Finish the composition as typed, save, stop the engine: nothing is lost."""
        if not self._closing:
            self._finish_composition()
        self._closing = True
        if not self._text_keeper.save_at_last():
            self._closing = False
            event.ignore()
            return
        self.dialogs.close_all()
        self._window_places.keep(self, "main")
        self.hide()  # at once: the engine may have to finish loading before it can stop
        self._store.close()  # a window that is opened meanwhile has the text
        self.worker.stop()
        event.accept()
        self.closed.emit()

    def changeEvent(self, event: QEvent) -> None:
        """When this is in front again, take settings that another process has changed meanwhile."""
        super().changeEvent(event)
        is_in_front = event.type() is QEvent.Type.ActivationChange and self.isActiveWindow()
        if is_in_front and not self.dialogs.is_open("settings"):
            self._keeper.reread()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._field.place_bar()

    # Construction.

    def _arrange(self) -> QWidget:
        central = QWidget(self)
        self._column = QVBoxLayout(central)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(0)
        self._column.addWidget(self.editor, 1)
        self._column.addWidget(self.status)
        self.setCentralWidget(central)
        self.editor.setFocus()
        return central

    def _speak(self) -> None:
        """Show all that this window says in its language."""
        let_qt_speak(window_language(self._language))
        name_commands(self._actions, self._strings)
        self.status.speak()
        self._banners.speak()
        self.editor.setAccessibleName(self._strings("text"))
        self.editor.set_hint(self._strings("placeholder"))
        self.setWindowTitle(self._strings("title"))

    def _connect(self) -> None:
        self.editor.defer_click = self._defer_click
        self.editor.shift_tapped.connect(partial(self.controller.press, KeyEvent(Key.SHIFT)))
        self.editor.caret_moved.connect(self._field.place_bar)
        self._fields.changed.connect(lambda: self._on_settings_changed(self._keeper.settings))
        self.dialogs.field_opened.connect(self._on_field_opened)
        self.dialogs.field_closed.connect(self._fields.remove)
        self.editor.cursorPositionChanged.connect(self._on_caret_moved)
        self.controller.rendered.connect(self._on_rendered)
        self.worker.loaded.connect(self._on_loaded)
        self.worker.load_failed.connect(self._on_load_failed)
        self.worker.complained.connect(self._on_complaint)
        self.worker.noticed.connect(
            lambda reason: self._banners.add(partial(self._strings, "learning_notice", reason=reason))
        )
        self.worker.answered.connect(self.controller.on_answer)
        self.worker.offered.connect(self.controller.on_offer)
        self._serve_bar(self.bar)
        for clicked, event in (
            (self.status.mode_clicked, KeyEvent(Key.MODE)),
            (self.status.punctuation_clicked, KeyEvent(".", Modifier.CONTROL)),
            (self.status.script_clicked, KeyEvent("f", Modifier.CONTROL | Modifier.SHIFT)),
            (self.status.undo_clicked, KeyEvent("z", Modifier.CONTROL)),
        ):
            clicked.connect(partial(self.controller.press, event))
        self.status.private_clicked.connect(self._private.trigger)
        self.status.width_clicked.connect(self._switch_width)
        self.status.left.connect(self.editor.setFocus)
        self._keeper.changed.connect(self._on_settings_changed)
        self.dialogs.complained.connect(self._banners.add)
        self.dialogs.erased.connect(lambda: self.worker.submit(EraseJob()))
        self.dialogs.switched.connect(self.controller.reload)
        self.dialogs.words_changed.connect(lambda: self._on_settings_changed(self._keeper.settings))
        self.dialogs.remarked.connect(self.status.show_message)
        # By a method: a lambda would keep the window in memory as long as the application.
        hints = QGuiApplication.styleHints()
        hints.colorSchemeChanged.connect(self._on_colors_changed)
        if hasattr(hints, "accessibility"):
            hints.accessibility().contrastPreferenceChanged.connect(self._on_colors_changed)

    def _create_actions(self) -> dict[str, QAction]:
        acts = {
            "copy_all": lambda: self.text_commands.copy_all(),  # noqa: PLW0108  (it is made later)
            "copy_and_clear": lambda: self.text_commands.copy_and_clear(),  # noqa: PLW0108
            "close": self.close,
            "settings": self._open_settings,
            "keys": lambda: self.dialogs.open("keys"),
            "log": lambda: self.dialogs.open("log"),
            "words": lambda: self.dialogs.open("words"),
            "retrain": lambda: self.dialogs.open("retrain"),
            "about": lambda: self.dialogs.open("about"),
            "private": self.switch_private,
            "buttons": self._switch_to_buttons,
            "menu": lambda: self.status.menu.showMenu(),  # noqa: PLW0108
        }
        return create_commands(self, self._strings, acts)

    def _timer(self, interval_ms: int, then: Callable[[], None]) -> QTimer:
        timer = QTimer(self, singleShot=True, interval=interval_ms)
        timer.timeout.connect(then)
        return timer

    # Events.

    def _on_field_opened(self, field: InputField) -> None:
        """Serve a field of another window."""
        style_bar(field.bar, self._keeper.settings.appearance)
        self._serve_bar(field.bar)
        if isinstance(field.editor, Editor):
            field.editor.defer_click = self._defer_click
            field.editor.caret_moved.connect(field.place_bar)
        field.editor.shift_tapped.connect(partial(self.controller.press, KeyEvent(Key.SHIFT)))
        self._fields.add(field)

    def _on_colors_changed(self) -> None:
        self._apply_look(self._keeper.settings)

    def _on_settings_changed(self, settings: Settings) -> None:
        self._apply_language(settings.appearance.language)
        self._apply_look(settings)
        if self._fields.is_beside:
            settings = settings.with_value(setting("learning.learn"), False)
        options, complaint = engine_options_or_complaint(settings, private=self._private.isChecked())
        if complaint:
            self._on_complaint(complaint)
        self.controller.configure(options)

    def _apply_language(self, choice: str) -> None:
        if choice != self._language:
            self._language = choice
            self._strings.switch(window_language(choice))
            self._speak()
            self.dialogs.speak()

    def _remember(self, output: Output) -> None:
        """Remember the modes for the next start."""
        remembered = Remembered(modes_of(output), self._private.isChecked())
        self._memory.keep(remembered, self._keeper.written)

    def _apply_look(self, settings: Settings) -> None:
        """Apply colours and fonts at once."""
        look = settings.appearance
        apply_look(look, self, self.editor, self.status)
        for field in self._fields.all:
            style_bar(field.bar, look)
        self.editor.set_room_below(self.bar.room)
        self._field.place_bar()

    def _serve_bar(self, bar: CandidateBar) -> None:
        bar.picked.connect(self._on_picked)
        bar.paged.connect(self.controller.turn_page)

    def _switch_width(self) -> None:
        """Switch the width as its key does; by the settings if that key is turned off."""
        setting_of_width = setting("input.full_width")
        if self._keeper.settings.input.width_with_shift_space:
            self.controller.press(KeyEvent(Key.SPACE, Modifier.SHIFT))
        else:
            full_width = not self.controller.output.full_width
            self._keeper.preview(self._keeper.settings.with_value(setting_of_width, full_width))

    def _open_settings(self) -> None:
        """Open the settings with the modes as they are now."""
        output = self.controller.output
        modes = {"input.full_width": output.full_width, "input.traditional": output.traditional}
        if not self.dialogs.is_open("settings"):
            self._keeper.adopt({setting(key): value for key, value in modes.items()})
        self.dialogs.open("settings")

    def _switch_to_buttons(self) -> None:
        """Move the focus from the text to the banners, on to the status line, and back to the text."""
        place = self.focusWidget()
        if place is not None and self.status.isAncestorOf(place):
            self.editor.setFocus()
        elif not (self.editor.hasFocus() and self._banners.take_keyboard()):
            self.status.mode.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def _on_loaded(self, name: str) -> None:
        self.controller.on_loaded()
        self.status.show_model(name)
        self.controller.tell_surrounding()

    def _on_load_failed(self, reason: object) -> None:
        self._banners.add(partial(self._strings.both, "no_engine", reason=reason))
        self.status.show_model("")
        self.controller.on_load_failed()

    def _on_rendered(self, rendered: Rendered) -> None:
        output = rendered.output
        self._predicted_at = self.editor.textCursor().position()
        field = self._fields.active
        field.bar.show_menu(output.menu, field.anchor())
        self.status.show_modes(output)
        if not self.controller.is_broken:
            self._remember(output)
        self.status.show_notice(output.notice)
        self.editor.set_platform_input(not output.chinese)
        if rendered.event is not None and output.handled:
            self.status.show_latency(rendered.latency_ms)
        if output.refused:
            self._on_refused(rendered)
        if rendered.error:
            self.status.show_message(self._strings("engine_error", kind=rendered.error))
        if rendered.complaint:
            self._on_complaint(rendered.complaint)
        self._surround_timer.start()

    def _on_complaint(self, reason: object) -> None:
        self._banners.add(partial(self._strings, "settings.unusable", reason=reason))

    def _on_refused(self, rendered: Rendered) -> None:
        what = refusal_of(rendered.event)
        if what and rendered.event is not None:
            number = rendered.event.key
            self.status.show_message(self._strings(what, number=number, limit=MAX_LETTERS))
        self._fields.active.bar.flash()

    def _on_caret_moved(self) -> None:
        """Drop predictions, which belong to the place where they were made."""
        self._surround_timer.start()
        elsewhere = self.editor.textCursor().position() != self._predicted_at
        if elsewhere and self.controller.is_predicting and self.controller.is_idle:
            self.controller.press(KeyEvent(Key.ESCAPE))

    def _on_picked(self, number: int) -> None:
        """Pick a candidate, unless a key under way is about to change the menu."""
        if self.controller.is_idle:
            self.controller.pick(number)

    def _defer_click(self, click: Callable[[], None]) -> bool:
        if self.controller.is_idle and not self.controller.is_composing:
            return False
        self.controller.finish(click)
        return True

    def _finish_composition(self) -> None:
        """Wait a moment for answers under way; what has none by then goes in as plain text."""
        if self.controller.is_idle and not self.controller.is_composing:
            return
        if not self.controller.is_loading:
            self.controller.finish()
            deadline = self._timer(FINISH_TIMEOUT_MS, lambda: None)
            deadline.start()
            loop = QEventLoop()
            while deadline.isActive() and not self.controller.is_idle:
                loop.processEvents(QEventLoop.ProcessEventsFlag.ExcludeUserInputEvents, 50)
        self._fields.active.editor.show_composition(self.controller.give_up(), Preedit())
