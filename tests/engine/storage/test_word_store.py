"""Words with their lists, several pins, and what is remembered of what was deleted."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from engine.storage.schema import MIGRATIONS
from engine.storage.user_store import FILE_NAME, FOLDER, UserStore
from engine.storage.word_store import UNKNOWN_LIST, Pin, UserWord, WordStore


class Clock:
    """A clock that stands, or goes wrong."""

    now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def store(tmp_path: Path) -> Iterator[UserStore]:
    with closing(UserStore(tmp_path)) as store:
        yield store


@pytest.fixture
def words(store: UserStore, clock: Clock) -> WordStore:
    return WordStore(store, clock)


def word(text: str, reading: str, list_name: str = "", count: float = 1.0) -> UserWord:
    return UserWord(text, tuple(reading.split()), count, list_name)


def listed(words: WordStore) -> list[tuple[str, str, str]]:
    return [(each.text, " ".join(each.reading), each.list_name) for each in words.listed_words()]


def deleted(store: UserStore) -> list[tuple[str, str, float]]:
    return store.connection.execute("SELECT * FROM deleted ORDER BY kind, name").fetchall()


def test_a_list_is_deleted_and_a_word_of_two_lists_stays(words: WordStore, store: UserStore) -> None:
    words.add_words([word("墨音", "mo yin", "a.txt"), word("郗廖巍", "xi liao wei", "a.txt")])
    words.add_words([word("墨音", "mo yin", "b.txt", 3.0), word("墨音", "mo yin")])
    assert words.lists() == [("", 1), ("a.txt", 2), ("b.txt", 1)]
    assert [(each.text, each.count) for each in words.words()] == [("墨音", 3.0), ("郗廖巍", 1.0)]
    assert words.n_word() == 2
    assert words.remove_list("a.txt") == 2
    assert listed(words) == [("墨音", "mo yin", ""), ("墨音", "mo yin", "b.txt")]
    assert deleted(store) == [("list", "a.txt", 1000.001)]


def test_a_change_is_later_than_what_was_known_whatever_the_clock_says(
    words: WordStore, store: UserStore, clock: Clock
) -> None:
    clock.now = 5000.0
    words.add_words([word("墨音", "mo yin")])
    clock.now = 10.0  # the battery was empty
    words.remove_words([word("墨音", "mo yin")])
    assert deleted(store) == [("word", "墨音\tmo yin\t", 5000.001)]
    words.add_words([word("墨音", "mo yin")])
    assert deleted(store) == []
    (again,) = words.listed_words()
    assert again.time == pytest.approx(5000.002)
    words.remove_list("")
    words.add_words([word("墨音", "mo yin")])
    (again,) = words.listed_words()
    assert again.time == pytest.approx(5000.004)


def test_another_reading(words: WordStore, store: UserStore) -> None:
    words.add_words([word("单田芳", "dan tian fang", "x", 2.0)])
    words.change_reading(word("单田芳", "dan tian fang", "x", 2.0), ("shan", "tian", "fang"))
    assert listed(words) == [("单田芳", "shan tian fang", "x")]
    assert [name for _, name, _ in deleted(store)] == ["单田芳\tdan tian fang\tx"]


def test_several_pins_in_their_order(words: WordStore) -> None:
    for text in "是时事":
        words.pin(Pin("shi", text, ("shi",)))
    assert [pin.text for pin in words.pins()] == list("事时是")
    words.pin(Pin("shi", "是", ("shi",)))
    assert [pin.text for pin in words.pins()] == list("是事时")
    words.order_pins([words.pins()[i] for i in (2, 0, 1)])
    assert [pin.text for pin in words.pins()] == list("时是事")
    words.unpin("shi", "是")
    assert [pin.text for pin in words.pins()] == list("时事")
    words.unpin("shi")
    assert words.pins() == []


def test_forgotten_and_restored(words: WordStore, store: UserStore, clock: Clock) -> None:
    words.forget(["世界"])
    words.restore(["世界", "没有忘记的"])
    assert deleted(store) == [("forgotten", "世界", 1000.001)]
    clock.now = 0.0
    words.forget(["世界"])
    assert words.forgotten_with_times() == [("世界", 1000.002)]


def test_words_and_pins_of_the_version_before(tmp_path: Path) -> None:
    path = tmp_path / FOLDER / FILE_NAME
    path.parent.mkdir()
    with closing(sqlite3.connect(path)) as connection, connection:
        for script in MIGRATIONS[:2]:
            connection.executescript(script)
        connection.execute("PRAGMA user_version = 2")
        connection.execute("INSERT INTO word VALUES ('墨音', 'mo yin', 2.0)")
        connection.execute("INSERT INTO pin VALUES ('shi', '事', 'shi', 7.0)")
    with closing(UserStore(tmp_path)) as store:
        words = WordStore(store)
        assert list(words.listed_words()) == [UserWord("墨音", ("mo", "yin"), 2.0, UNKNOWN_LIST)]
        assert words.pins() == [Pin("shi", "事", ("shi",), 0, 7.0)]
        assert store.notices == []
