"""Learning as the window has it: kept by default, nothing in private mode, told when it fails."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from shiboken6 import isValid

from engine.lexicon.lexicon import Lexicon
from engine.lexicon.vocabulary import Vocabulary
from engine.model.fake_decoder import FakeDecoder
from engine.storage.phrase_log import PhraseLog
from engine.storage.user_store import FILE_NAME, FOLDER, UserStore
from engine.storage.word_store import UserWord, WordStore
from ime_app.settings.schema import setting
from ime_app.windows.phrase_log_window import LogWindow
from ime_app.windows.words.words_tab import WordsTab
from ime_app.windows.words.words_window import WordsWindow
from tests.ime_app.hands import CONTROL, SHIFT, Hands, LearningGate

Open = Callable[..., Hands]


@pytest.fixture
def open_learning(
    open_window: Open, tmp_path: Path, decoder: FakeDecoder, vocabulary: Vocabulary, lexicon: Lexicon
) -> Open:
    def open_one(**options: object) -> Hands:
        hands = open_window(engine=LearningGate(tmp_path, decoder, vocabulary, lexicon), **options)
        hands.load()
        return hands

    return open_one


def logged(folder: Path) -> list[str]:
    store = UserStore(folder)
    try:
        return [phrase.text for phrase in PhraseLog(store)]
    finally:
        store.close()


def test_commits_are_logged_and_a_choice_is_remembered(open_learning: Open, tmp_path: Path) -> None:
    hands = open_learning()
    for _ in range(3):
        hands.type("shijie")
        number = hands.menu.index("时节") + 1
        hands.type(f"{number} ")
    hands.type("shijie")
    assert hands.menu[0] == "时节"
    hands.close()
    assert logged(tmp_path) == ["时节"] * 3


@pytest.mark.parametrize(
    ("between", "kept"),
    [((), []), ((Qt.Key.Key_Left,), ["是界"]), ((Qt.Key.Key_Left, Qt.Key.Key_Right), ["是界"])],
)
def test_backspace_directly_after_a_commit_takes_back_what_was_learnt(
    open_learning: Open, tmp_path: Path, between: tuple[Qt.Key, ...], kept: list[str]
) -> None:
    """In a window that shows no predictions, too: there Backspace is the editor's."""
    hands = open_learning()
    hands.type("shijie ")
    for key in (*between, Qt.Key.Key_Backspace):
        QTest.keyClick(hands.editor, key)
    hands.settle()
    assert len(hands.editor.toPlainText()) == 1, "the editor deletes a hanzi, as ever"
    hands.close()
    assert logged(tmp_path) == kept


def test_what_is_forgotten_in_the_window_of_words_goes_from_the_menu_that_is_shown(
    open_learning: Open, tmp_path: Path
) -> None:
    """The first key after it still met the old words."""
    with closing(UserStore(tmp_path)) as store:
        WordStore(store).add_words([UserWord("世界", ("shi", "jie"))])
    hands = open_learning()
    words = words_beside(hands)
    hands.type("shijie")
    assert hands.menu[0] == "世界"
    words.table.selectAll()
    words.actions_by_name["forget"].trigger()
    hands.wait(lambda: not words.is_busy)
    hands.settle()
    assert hands.menu
    assert "世界" not in hands.menu
    assert hands.shown == "[shi jie|]", "the composition stays"
    hands.type(" ")
    assert hands.text != "世界"


def test_what_is_forgotten_in_the_phrase_log_goes_from_the_menu_that_is_shown(open_learning: Open) -> None:
    hands = open_learning()
    hands.type("shijie ")
    committed = hands.text
    log = hands.window.dialogs.open("log")
    assert isinstance(log, LogWindow)
    hands.activate(hands.window)
    hands.settle()
    hands.type("shijie")
    hands.settle()
    assert committed in hands.menu
    log.phrases.selectAll()
    log.forget_button.click()
    hands.settle()
    assert hands.menu
    assert committed not in hands.menu


def test_a_window_of_words_closes_with_the_dialog_that_it_has_open(open_learning: Open) -> None:
    """Its field, which was gone with it, met the next change of the settings."""
    hands = open_learning()
    words = words_beside(hands)
    hands.wait(lambda: words._readings is not None, 30)
    words.add()
    window = hands.window.dialogs.open("words")
    assert window is not None
    window.close()
    hands.wait(lambda: not isValid(window))
    hands.window.preview(hands.window._keeper.settings.with_value(setting("appearance.theme"), "dark"))
    hands.type("shijie")
    assert hands.menu


def words_beside(hands: Hands) -> WordsTab:
    window = hands.window.dialogs.open("words")
    assert isinstance(window, WordsWindow)
    hands.wait(lambda: not window.words.is_busy, 30)
    hands.activate(hands.window)
    hands.settle()
    return window.words


def test_in_private_mode_nothing_is_logged_and_it_shows(open_learning: Open, tmp_path: Path) -> None:
    hands = open_learning()
    hands.activate(hands.window)
    QTest.keyClick(hands.editor, Qt.Key.Key_P, CONTROL | SHIFT)
    hands.settle()
    assert hands.window.status.private.isVisible()
    hands.type("nihao ")
    hands.window.status.private.click()
    hands.settle()
    assert not hands.window.status.private.isVisible()
    hands.type("shijie ")
    hands.close()
    assert logged(tmp_path) == ["世界"]


def test_what_is_forgotten_and_pinned_in_private_mode_ends_with_it_and_says_so(open_learning: Open) -> None:
    hands = open_learning()
    hands.window._private.trigger()
    hands.type("shijie")
    first, second = hands.menu[:2]
    hands.press(Qt.Key.Key_Delete, modifiers=SHIFT)
    hands.settle()
    assert hands.window.status.message.text() == f"已忘记“{first}”，到私密模式结束为止"
    assert hands.menu[0] == second
    hands.press(Qt.Key.Key_Down)
    hands.settle()
    pinned = hands.menu[1]
    hands.press(Qt.Key.Key_Up, modifiers=CONTROL)
    hands.settle()
    assert hands.window.status.message.text() == f"“{pinned}”已置顶，到私密模式结束为止"
    assert hands.menu[0] == pinned
    hands.press(Qt.Key.Key_Down, modifiers=CONTROL)
    hands.settle()
    assert hands.window.status.message.text() == "已取消置顶，到私密模式结束为止"
    hands.press(Qt.Key.Key_Escape)
    hands.settle()
    hands.window._private.trigger()
    hands.type("shijie")
    assert hands.menu[:2] == [first, second]


def test_learning_can_be_turned_off_and_private_mode_survives_other_settings(
    open_learning: Open, tmp_path: Path
) -> None:
    hands = open_learning(overrides={"learning.learn": False})
    hands.type("nihao ")
    hands.window._private.trigger()
    settings = hands.window._keeper.settings
    hands.window.preview(settings.with_value(setting("learning.learn"), True))
    hands.type("nihao ")
    hands.close()
    assert logged(tmp_path) == []


def test_a_damaged_database_is_told_and_typing_goes_on(open_learning: Open, tmp_path: Path) -> None:
    (tmp_path / FOLDER).mkdir()
    (tmp_path / FOLDER / FILE_NAME).write_bytes(b"no database at all" * 100)
    hands = open_learning()
    hands.wait(lambda: hands.window.banners != [])  # the log is read while nobody types
    assert "输入记录已损坏" in hands.window.banners[0].text
    hands.type("nihao ")
    hands.close()
    assert logged(tmp_path) == ["你好"]
