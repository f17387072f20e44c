"""Choices undone while composing: logged where another text took their place, and nowhere else.

Commits that turn out to be an address: as if they had never been made.
"""

from __future__ import annotations

from pathlib import Path

from engine.interchange.archive import archive_lines
from engine.protocol import Key, KeyEvent, TakenBack
from engine.storage.phrase import Phrase
from engine.storage.phrase_log import PhraseLog
from engine.storage.user_store import UserStore
from tests.engine.learning_typist import Opener, Typist, logged, menus
from tests.engine.read_archive import restore_lines

BACKSPACE, SPACE = KeyEvent(Key.BACKSPACE), KeyEvent(Key.SPACE)


def phrases(folder: Path) -> list[Phrase]:
    store = UserStore(folder)
    found = list(PhraseLog(store))
    store.close()
    return found


def choose(typist: Typist, *texts: str) -> None:
    for text in texts:
        menu = typist.session.process_key(KeyEvent(Key.UP)).menu  # at the first candidate it stays there
        first = menu.candidates[menu.highlighted].text == text
        typist.session.process_key(SPACE) if first else typist.pick(text)


def undo(typist: Typist, keys: str, *texts: str) -> None:
    """Type, choose the texts in turn, take the last one back."""
    typist.type(keys)
    choose(typist, *texts)
    typist.session.process_key(BACKSPACE)


def test_another_text_took_its_place(opened: Opener, tmp_path: Path) -> None:
    typist = opened()
    undo(typist, "nihaoshijiewo", "你")
    choose(typist, "尼", "好", "使节")
    typist.session.process_key(BACKSPACE)
    choose(typist, "时节", "我")
    (phrase,) = phrases(tmp_path)
    assert phrase.text == "尼好时节我"
    assert [(back.place, back.text, back.keys) for back in phrase.taken_back] == [
        (0, "你", "ni"),
        (5, "使节", "shijie"),
    ]
    assert phrase.taken_back[1].rank > 0


def test_the_same_was_chosen_again(opened: Opener, tmp_path: Path) -> None:
    typist = opened()
    undo(typist, "nihaoshijie", "你好")
    choose(typist, "你好世界")
    assert [phrase.taken_back for phrase in phrases(tmp_path)] == [()]


def test_other_letters_took_their_place(opened: Opener, tmp_path: Path) -> None:
    typist = opened()
    undo(typist, "nihaowo", "你好")
    for _ in range(7):
        typist.session.process_key(BACKSPACE)
    typist.commit("shijie", "世界")
    assert [phrase.taken_back for phrase in phrases(tmp_path)] == [()]


def test_nothing_is_kept_of_letters_committed_as_typed(opened: Opener, tmp_path: Path) -> None:
    typist = opened()
    undo(typist, "nihaoshijiewo", "你好", "使节")
    typist.session.process_key(KeyEvent(Key.ENTER))
    assert [(phrase.text, phrase.taken_back) for phrase in phrases(tmp_path)] == [("你好", ())]
    undo(typist, "shijie", "使")
    typist.session.process_key(KeyEvent(Key.ESCAPE))
    assert len(phrases(tmp_path)) == 1
    typist.learner.close()
    files = [path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()]
    assert [data for data in files if "使".encode() in data] == []


def test_it_goes_through_an_archive(tmp_path: Path) -> None:
    here, there = UserStore(tmp_path / "here"), UserStore(tmp_path / "there")
    undone = (TakenBack(0, "使节", "shijie", 2),)
    PhraseLog(here).add([Phrase("时节", ("shi", "jie"), "shijie", taken_back=undone)])
    lines = list(archive_lines(here))
    assert restore_lines([*lines, lines[-1].replace("使节", "是节").replace("[[0", "[[[]")], there).bad_lines
    assert [phrase.taken_back for phrase in PhraseLog(there)] == [undone]
    without = lines[-1].replace(', "taken_back": [[0, "使节", "shijie", 2]]', "").replace("时节", "时节了")
    assert without != lines[-1]
    assert not restore_lines([without.replace("shi jie", "shi jie le")], there).bad_lines
    here.close()
    there.close()


def test_commits_of_which_an_address_is_made_are_not_learnt(opened: Opener, tmp_path: Path) -> None:
    """`nihao` by a digit, then the domain's letters, which `.` commits as hanzi: both are taken back."""
    typist = opened()
    typist.commit("shijie", "时节")
    before = menus(typist)
    typist.type("nihao124@shi.")
    assert len(logged(tmp_path)) == 3
    typist.type("com")
    assert logged(tmp_path) == ["时节"]
    typist.session.begin()
    assert menus(typist) == before == menus(opened())


def test_what_is_taken_back_may_wait_to_be_written(opened: Opener, tmp_path: Path) -> None:
    typist = opened()
    typist.learner.store.connection.execute("PRAGMA query_only = ON")
    typist.type("nihao124@shi.")
    typist.type("com")
    typist.learner.store.connection.execute("PRAGMA query_only = OFF")
    typist.pause()
    assert logged(tmp_path) == []
    typist.session.begin()
    assert menus(typist) == menus(opened(folder=tmp_path / "fresh"))
