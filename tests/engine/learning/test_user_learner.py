"""Learning at once: the rule of evidence as a table, and the laws of forgetting."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine.learning.learner import LearningMode, LearningOptions
from engine.learning.user_lexicon_cache import build_words
from engine.lexicon.latin_words import latin_token
from engine.protocol import Deed, Key, KeyEvent, Mark, Modifier, Notice, NoticeKind, Source
from engine.storage.user_store import UserStore
from engine.storage.word_store import UserWord, WordStore
from tests.engine.learning_typist import Opener, logged, menus


# 世界 is what the engine puts first for `shijie`; 时节 and 使节 are words, 世节 is an invention.
@pytest.mark.parametrize(
    ("picked", "expected"),
    [
        ("", "世界"),
        ("时节", "世界 时节"),
        ("时节 时节", "时节 世界"),
        ("时节 世界 时节", "时节 世界"),
        ("时节 时节 世界 世界", "世界 时节"),
        ("世界 " * 3 + "时节 时节", "时节 世界"),  # what was picked of late weighs more
        ("世界 " * 20 + "时节 时节 时节", "世界 时节"),
        ("世界 " * 20 + "时节 时节 时节 时节", "时节 世界"),
        ("时节 使节", "世界 使节"),
        ("时节 时节 使节 使节", "使节 时节"),
        ("世节", "世界 世节"),
        ("世节 世节", "世节 世界"),
    ],
)
def test_rule_of_evidence(opened: Opener, picked: str, expected: str) -> None:
    typist = opened()
    for text in picked.split():
        typist.commit("shijie", text)
    for window in (typist, opened()):
        assert window.menu("shijie")[: len(expected.split())] == expected.split()


def test_the_text_before_may_speak_against_a_choice(opened: Opener) -> None:
    """你好 is followed by 世界 for the engine by far: twice 时节 elsewhere does not change that."""
    typist = opened()
    for _ in range(2):
        typist.commit("shijie", "时节")
    typist.session.set_surrounding_text("你好")
    assert typist.menu("shijie")[:2] == ["世界", "时节"]


def test_a_word_composed_by_parts_is_offered_as_one(opened: Opener) -> None:
    typist = opened()
    typist.commit("nishishang", "泥", "使", "商")
    candidate = typist.candidate("nishishang", "泥使商")
    assert candidate.source is Source.USER
    assert typist.menu("nishishang").index("泥使商") <= 1
    assert "泥使商" in typist.menu("nishishangma")
    assert "泥使商" in typist.menu("nshsh"), "and so are its initials"


def test_imported_words(opened: Opener) -> None:
    """A window that is open learns of them as well, once the import has done."""
    here, beside = opened(), opened()
    texts = {"泥使商": "ni shi shang", "实姐种果人民打雪": "shi jie zhong guo ren min da xue"}
    words = [UserWord(text, tuple(reading.split()), list_name="l") for text, reading in texts.items()]
    WordStore(here.learner.store).add_words(words)
    beside.pause()
    assert "实姐种果人民打雪" not in beside.menu("shijiezhongguorenmindaxue")
    build_words(here.learner.store)
    beside.session.warm()
    for window in (beside, opened()):
        assert window.candidate("nishishang", "泥使商").source is Source.USER
        assert "泥使商" in window.menu("nshsh")
        assert window.menu("shijiezhongguorenmindaxue")[1] == "实姐种果人民打雪"


def test_words_typed_long_ago_are_known(opened: Opener, monkeypatch: pytest.MonkeyPatch) -> None:
    for module in ("engine.learning.user_lexicon_cache", "engine.learning.user_learner"):
        monkeypatch.setattr(f"{module}.LOG_WINDOW", 3)
    typist = opened()
    for keys, text in [("shijie", "时节"), ("nishi", "泥使"), *[("wo", "我")] * 4]:
        typist.commit(keys, text)
    build_words(typist.learner.store)
    assert opened().candidate("nishi", "泥使").source is Source.USER


def test_taking_a_commit_back_at_once_equals_never_having_made_it(opened: Opener, tmp_path: Path) -> None:
    typist = opened()
    typist.commit("shijie", "时节")
    before = menus(typist)
    typist.type("nishijie")
    typist.pick("泥")
    typist.pick("时节")
    assert len(logged(tmp_path)) == 2
    typist.session.process_key(KeyEvent(Key.BACKSPACE))
    assert logged(tmp_path) == ["时节"]
    assert menus(typist) == before == menus(opened())


def test_only_directly_after_the_commit(opened: Opener, tmp_path: Path) -> None:
    typist = opened()
    typist.type("shijie")
    typist.pick("时节")
    typist.session.process_key(KeyEvent("3"))
    typist.session.process_key(KeyEvent(Key.BACKSPACE))
    assert logged(tmp_path) == ["时节"]


def test_another_day_knows_what_this_one_learnt(opened: Opener) -> None:
    typist = opened()
    for keys, text in (("shijie", "时节"), ("nihao", "你好"), ("shijie", "时节"), ("wo", "握")):
        typist.commit(keys, text)
    assert menus(opened()) == menus(typist)


def test_another_window_learns_what_this_one_learnt(opened: Opener) -> None:
    here, there = opened(), opened()
    for _ in range(2):
        here.commit("shijie", "时节")
        there.commit("wo", "握")
    assert there.menu("shijie")[0] == "世界"
    for typist in (here, there):
        typist.session.warm()
        assert typist.menu("shijie")[0] == "时节"
    assert here.menu("wo") == there.menu("wo")


@pytest.mark.parametrize(("keys", "text"), [("shijie", "时节"), ("shijie", "世界"), ("nishishang", "泥使商")])
def test_forgetting(opened: Opener, keys: str, text: str) -> None:
    """Built in or learnt; it stays forgotten when learnt, imported or opened again, until restored."""
    typist = opened()
    if text == "泥使商":
        typist.commit(keys, *text)
    before = menus(typist), typist.menu(keys)
    candidate = typist.candidate(keys, text)
    assert typist.learner.forget(candidate)
    for window in (typist, opened()):
        assert text not in window.menu(keys)
    WordStore(typist.learner.store).add_words([UserWord(text, candidate.reading)])
    build_words(typist.learner.store)
    typist.commit(keys, *text)
    for window in (typist, opened()):
        assert text not in window.menu(keys)
    typist.learner.restore(candidate)
    assert text in typist.menu(keys)
    assert before


@pytest.mark.parametrize(
    ("keys", "parts"), [("nishishang", "泥使商"), ("shijie", "时节"), ("nihaowo", "你号我")]
)
def test_a_forgotten_word_comes_back_when_it_is_put_together_again(
    opened: Opener, keys: str, parts: str
) -> None:
    typist = opened()
    typist.commit(keys, *parts)
    typist.learner.forget(typist.candidate(keys, parts))
    said = [typist.commit(keys, *parts) for _ in range(2)]
    assert [output.notice for output in said] == [None, Notice(NoticeKind.RESTORED, parts)]
    assert parts in typist.menu(keys)
    assert parts in opened().menu(keys)
    assert typist.commit(keys, *parts).notice is None


def test_a_forgotten_word_inside_a_longer_choice_comes_back(opened: Opener) -> None:
    typist = opened()
    typist.learner.forget(typist.candidate("shijie", "世界"))
    said = [typist.commit("nihaoshijie", "你好", "世", "界") for _ in range(2)]
    assert said[1].notice == Notice(NoticeKind.RESTORED, "世界")


def test_what_is_put_together_in_private_mode_brings_nothing_back(opened: Opener) -> None:
    typist = opened()
    typist.learner.forget(typist.candidate("shijie", "世界"))
    typist.learner.configure(LearningOptions(LearningMode.FREEZE))
    assert [typist.commit("shijie", "世", "界").notice for _ in range(3)] == [None] * 3


@pytest.mark.parametrize("keys", ["shijie", "xifang", "woshi"])
def test_letters_that_are_picked_twice_are_a_word(opened: Opener, keys: str) -> None:
    typist = opened()
    first = typist.menu(keys)[0]
    typist.commit(keys, keys)
    assert typist.menu(keys)[:2] == [first, keys]
    typist.commit(keys, keys)
    for window in (typist, opened()):
        assert window.menu(keys)[:2] == [keys, first]
        assert window.menu(keys).count(keys) == 1
        assert window.menu(keys + "shi")[0] != keys
    assert typist.learner.forget(typist.candidate(keys, keys))
    assert typist.menu(keys)[0] == first


def test_letters_can_be_pinned(opened: Opener) -> None:
    typist = opened()
    menu = typist.type("shijie")
    output = typist.session.act(menu.index("shijie"), Deed.PIN)
    assert output.notice == Notice(NoticeKind.PINNED, "shijie")
    typist.session.reset()
    for window in (typist, opened()):
        assert window.menu("shijie")[0] == "shijie"


def test_letters_taken_by_enter_teach_nothing(opened: Opener, tmp_path: Path) -> None:
    """They may be a password."""
    typist = opened()
    for _ in range(3):
        typist.type("shijie")
        typist.session.process_key(KeyEvent(Key.ENTER))
        typist.session.set_surrounding_text("")
    assert logged(tmp_path) == []
    assert typist.menu("shijie") == opened().menu("shijie")


def test_a_text_with_a_latin_word_in_it_is_no_own_word(opened: Opener) -> None:
    typist = opened()
    typist.commit("shijie", "时节")
    tokens = typist.candidate("shijie", "时节").tokens
    assert typist.learner.personal.is_word(tokens)
    assert not typist.learner.personal.is_word((*tokens, latin_token("bug")))


def test_learning_then_forgetting_equals_never_having_learnt(opened: Opener, tmp_path: Path) -> None:
    typist, fresh = opened(), opened(folder=tmp_path / "other")
    typist.commit("shijie", "时节")
    typist.commit("shijie", "时节")
    candidate = typist.candidate("shijie", "时节")
    for window in (typist, fresh):
        window.learner.forget(candidate)
    assert menus(typist) == menus(fresh) == menus(opened())


def test_a_forgotten_hanzi_stays_within_reach(opened: Opener) -> None:
    typist = opened()
    first = typist.menu("wo")[0]
    typist.learner.forget(typist.candidate("wo", first))
    assert typist.menu("wo")[-2:] == [first, "wo"]


def test_letters_cannot_be_forgotten(opened: Opener) -> None:
    typist = opened()
    assert not typist.learner.forget(typist.candidate("wo", "wo"))
    assert typist.menu("wo")[-1] == "wo"


def test_pins_stand_first_whatever_was_learnt(opened: Opener) -> None:
    typist = opened()
    typist.learner.pin("shijie", typist.candidate("shijie", "世节"))
    for _ in range(3):
        typist.commit("shijie", "时节")
    for window in (typist, opened(LearningOptions(LearningMode.PRIVATE))):
        assert window.menu("shijie")[0] == "世节"
        assert window.candidate("shijie", "世节").mark is Mark.PINNED
    assert typist.learner.unpin("shijie", "世节")
    assert not typist.learner.unpin("shijie", "世节")
    assert typist.menu("shijie")[0] == "时节"


def test_a_word_that_only_its_user_knows_is_marked(opened: Opener) -> None:
    typist = opened()
    typist.commit("shijie", "时节")
    typist.commit("nishishang", "泥", "使", "商")
    assert typist.candidate("nishishang", "泥使商").mark is Mark.YOURS
    assert typist.candidate("shijie", "时节").mark is Mark.NONE, "the lexicon has it, too"


@pytest.mark.parametrize("mode", [LearningMode.FREEZE, LearningMode.PRIVATE])
def test_modes_that_keep_nothing(opened: Opener, tmp_path: Path, mode: LearningMode) -> None:
    typist = opened()
    fresh = menus(typist)
    for _ in range(2):
        typist.commit("shijie", "时节")
    learnt = menus(typist)
    typist.learner.configure(LearningOptions(mode))
    for _ in range(3):
        typist.commit("wo", "握")
        typist.commit("shijie", "使节")
    assert menus(typist) == (learnt if mode is LearningMode.FREEZE else fresh)
    assert logged(tmp_path) == ["时节"] * 2
    typist.learner.configure(LearningOptions())
    assert menus(typist) == learnt


def settings_of(folder: Path) -> tuple[list[str], list[tuple[str, str]]]:
    """Return what is forgotten and what is pinned, as it stands on the disk."""
    store = UserStore(folder)
    words = WordStore(store)
    found = words.forgotten(), [(pin.keys, pin.text) for pin in words.pins()]
    store.close()
    return found


def test_what_is_said_in_private_mode_holds_there_and_is_written_nowhere(
    opened: Opener, tmp_path: Path
) -> None:
    """Words and letters of private mode would otherwise stand in the tables of forgotten texts and pins."""
    typist = opened()
    typist.learner.pin("wo", typist.candidate("wo", "握"))
    typist.learner.forget(typist.candidate("shijie", "世节"))
    stored = settings_of(tmp_path)
    typist.learner.configure(LearningOptions(LearningMode.PRIVATE))
    world = typist.candidate("shijie", "世界")
    typist.learner.forget(world)
    typist.learner.forget(typist.candidate("shijie", "使节"))
    typist.learner.restore(world)
    typist.learner.pin("shi", typist.candidate("shi", "使"))
    assert typist.learner.unpin("wo", "握")
    opened().commit("shijie", "时节")  # another window writes: what is stored is read again
    typist.pause()
    assert "世界" in typist.menu("shijie")
    assert "使节" not in typist.menu("shijie")
    assert "世节" not in typist.menu("shijie"), "what was forgotten before stays so"
    assert typist.menu("shi")[0] == "使"
    assert typist.menu("wo")[0] == "我"
    assert settings_of(tmp_path) == stored
    typist.learner.configure(LearningOptions(LearningMode.FREEZE))
    assert settings_of(tmp_path) == stored
    fresh = opened()
    for keys in ("shijie", "shi", "wo"):
        assert typist.menu(keys) == fresh.menu(keys)
    assert fresh.menu("wo")[0] == "握"


def test_a_word_forgotten_in_private_mode_counts_again_behind_it(opened: Opener) -> None:
    typist = opened()
    for _ in range(2):
        typist.commit("shijie", "时节")
    learnt = menus(typist)
    typist.learner.configure(LearningOptions(LearningMode.PRIVATE))
    typist.learner.forget(typist.candidate("shijie", "时节"))
    typist.pause()
    typist.learner.configure(LearningOptions())
    assert menus(typist) == learnt


def test_forgetting_and_undo_by_key(opened: Opener) -> None:
    typist = opened()
    typist.commit("shijie", "时节")
    typist.type("shijie")
    typist.session.process_key(KeyEvent(Key.DOWN))
    output = typist.session.process_key(KeyEvent(Key.DELETE, Modifier.SHIFT))
    assert "时节" not in [candidate.text for candidate in output.menu.candidates]
    output = typist.session.process_key(KeyEvent("z", Modifier.CONTROL))
    assert [candidate.text for candidate in output.menu.candidates][:2] == ["世界", "时节"]
