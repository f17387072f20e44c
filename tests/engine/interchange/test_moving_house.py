"""Everything in one file, read on another machine; a folder that several machines share."""

from __future__ import annotations

import json
import random
import shutil
import time
from collections.abc import Callable
from contextlib import closing
from functools import partial
from operator import methodcaller
from pathlib import Path

import pytest

from engine.__main__ import main
from engine.interchange import exchange_folder
from engine.interchange.exchange_folder import exchange, folder_of, is_due, join_folder, leave_folder
from engine.interchange.moving_house import House, HouseError, Moved, read_house, write_house
from engine.protocol import CustomPhrase
from engine.storage.custom_phrases.phrase_book import CustomPhraseBook
from engine.storage.custom_phrases.phrase_file import FILE_NAME
from engine.storage.own_entries import Entry, entries
from engine.storage.phrase import Phrase
from engine.storage.phrase_log import PhraseLog
from engine.storage.user_store import UserStore
from engine.storage.word_store import Pin, UserWord, WordStore
from tests.engine.killed_own_things import with_phrase


class Machine:
    """One machine with its user's things."""

    def __init__(self, folder: Path, shift_s: float = 0.0) -> None:
        self.house = House(folder, folder / "config" / "settings.toml")
        self.book = CustomPhraseBook(folder)
        self.shift_s = shift_s  # how wrong its clock is

    def change(self, act: Callable[[WordStore], object]) -> None:
        with closing(UserStore(self.house.data_directory)) as store:
            act(WordStore(store, lambda: time.time() + self.shift_s))

    def add(self, *texts: str, list_name: str = "") -> None:
        self.change(lambda words: words.add_words(word(text, list_name) for text in texts))

    def delete(self, *texts: str) -> None:
        self.change(lambda words: words.remove_words(word(text) for text in texts))

    def texts(self) -> list[str]:
        with closing(UserStore(self.house.data_directory)) as store:
            return [each.text for each in WordStore(store).words()]

    def entries(self) -> set[Entry]:
        with closing(UserStore(self.house.data_directory)) as store:
            return set(entries(store))

    def write(self, path: Path, *, with_log: bool = False) -> Path:
        with closing(UserStore(self.house.data_directory)) as store:
            write_house(self.house, store, path, with_log=with_log)
        return path

    def read(self, path: Path) -> Moved:
        with closing(UserStore(self.house.data_directory)) as store:
            return read_house(self.house, store, path)

    def custom(self) -> list[tuple[str, str, int]]:
        return [(each.code, each.text, each.place) for each in self.book.read().phrases]


def word(text: str, list_name: str = "") -> UserWord:
    return UserWord(text, ("ni",) * len(text), 1.0, list_name)


@pytest.fixture
def machine(tmp_path: Path) -> Callable[..., Machine]:
    return lambda name, shift_s=0.0: Machine(tmp_path / name, shift_s)


@pytest.fixture
def shared(tmp_path: Path) -> Path:
    (tmp_path / "shared").mkdir()
    return tmp_path / "shared"


New = Callable[..., Machine]


def test_everything_moves_and_a_second_reading_changes_nothing(machine: New, tmp_path: Path) -> None:
    here, there = machine("here"), machine("there")
    here.add("墨音", "你们")
    here.add("郗廖巍", list_name="names.txt")
    here.change(lambda words: words.forget(["世界"]))
    here.change(lambda words: [words.pin(Pin("shi", text, ("shi",))) for text in "是事"])
    here.book.edit(
        lambda _: [CustomPhrase("dz", "一\n二"), CustomPhrase("dz", "三"), CustomPhrase("yx", "a", 2)]
    )
    here.house.settings.parent.mkdir()
    here.house.settings.write_text('[input]\npage_size = 5\n[spelling]\nscheme = "/home/a/b.toml"\n')
    with closing(UserStore(here.house.data_directory)) as store:
        PhraseLog(store).add([Phrase("你好", ("ni", "hao"), "nihao")])
    there.add("自己的")
    there.book.edit(lambda _: [CustomPhrase("zj", "自己")])
    file = here.write(tmp_path / "house.jsonl", with_log=True)
    moved = there.read(file)
    assert moved.is_complete
    assert dict(moved.changed) == {
        "word": 3, "forgotten": 1, "pin": 2, "custom": 3, "phrase": 1, "setting": 1
    }  # fmt: skip
    assert set(there.texts()) == {"墨音", "你们", "郗廖巍", "自己的"}
    assert there.custom() == [("zj", "自己", 1), ("dz", "一\n二", 1), ("dz", "三", 1), ("yx", "a", 2)]
    assert "page_size = 5" in there.house.settings.read_text()
    assert "scheme" not in there.house.settings.read_text()
    with closing(UserStore(there.house.data_directory)) as store:
        assert [pin.text for pin in WordStore(store).pins()] == ["事", "是"]
        assert WordStore(store).lists() == [("", 3), ("names.txt", 1)]
    before = there.entries(), there.custom()
    assert dict(there.read(file).changed) == {}
    assert (there.entries(), there.custom()) == before


def test_the_log_moves_only_where_it_is_wanted(machine: New, tmp_path: Path) -> None:
    here = machine("here")
    with closing(UserStore(here.house.data_directory)) as store:
        PhraseLog(store).add([Phrase("秘密", ("mi", "mi"), "mimi")])
    assert "秘密" not in here.write(tmp_path / "a").read_text()
    assert "秘密" in here.write(tmp_path / "b", with_log=True).read_text()


def test_settings_that_are_set_stay(machine: New, tmp_path: Path) -> None:
    here, there = machine("here"), machine("there")
    for each, size in ((here, 5), (there, 7)):
        each.house.settings.parent.mkdir(parents=True)
        each.house.settings.write_text(f"# mine\n[input]\npage_size = {size}\n")
    there.read(here.write(tmp_path / "house"))
    assert there.house.settings.read_text() == "# mine\n[input]\npage_size = 7\n"


def test_a_file_that_is_cut_off_gives_what_is_there(machine: New, tmp_path: Path) -> None:
    here, there = machine("here"), machine("there")
    here.add(*(f"词{i}" for i in range(50)))
    file = here.write(tmp_path / "house")
    file.write_bytes(file.read_bytes()[:-1200])
    moved = there.read(file)
    assert not moved.is_complete
    assert 0 < len(there.texts()) < 50


def test_another_file_is_refused(machine: New, tmp_path: Path) -> None:
    (tmp_path / "x").write_text("你好\tni hao\n")
    with pytest.raises(HouseError, match="found something else"):
        machine("here").read(tmp_path / "x")


# The folder.


def test_two_machines_in_turn(machine: New, shared: Path) -> None:
    a, b = machine("a"), machine("b")
    a.add("墨音", "你们")
    a.book.edit(lambda _: [CustomPhrase("dz", "一")])
    exchange(a.house, shared)
    b.add("自己的")
    exchange(b.house, shared)
    assert set(b.texts()) == {"墨音", "你们", "自己的"}
    assert b.custom() == [("dz", "一", 1)]
    b.delete("墨音")
    b.book.edit(lambda phrases: [CustomPhrase("dz", "二"), *phrases])
    exchange(b.house, shared)
    exchange(a.house, shared)
    assert set(a.texts()) == {"你们", "自己的"}
    assert a.custom() == [("dz", "二", 1), ("dz", "一", 1)]
    assert a.entries() == b.entries()
    a.book.edit(lambda phrases: phrases[1:])
    exchange(a.house, shared)
    exchange(b.house, shared)
    assert b.custom() == [("dz", "一", 1)]
    assert len(list(shared.iterdir())) == 2


def test_once_a_day_and_no_longer(machine: New, shared: Path) -> None:
    a = machine("a")
    assert (folder_of(a.house), is_due(a.house)) == (None, False)
    join_folder(a.house, shared)
    assert (folder_of(a.house), is_due(a.house)) == (shared, True)
    exchange(a.house, shared)
    assert not is_due(a.house)
    assert len(list(shared.iterdir())) == 1
    leave_folder(a.house)
    assert (folder_of(a.house), is_due(a.house)) == (None, False)
    assert list(shared.iterdir()) == []
    (a.house.data_directory / "learning" / "exchange.json").write_text('{"name": 1}')
    assert folder_of(a.house) is None


def test_the_later_change_holds_and_a_deletion_is_a_change(machine: New, shared: Path) -> None:
    a, b = machine("a"), machine("b")
    a.change(lambda words: words.pin(Pin("shi", "是", ("shi",))))
    exchange(a.house, shared)
    exchange(b.house, shared)
    a.change(lambda words: words.unpin("shi"))
    b.change(lambda words: words.forget(["世界"]))
    b.change(lambda words: words.pin(Pin("shi", "是", ("shi",))))  # later than the deletion
    for each in (a, b, a):
        exchange(each.house, shared)
    with closing(UserStore(a.house.data_directory)) as store:
        assert [pin.text for pin in WordStore(store).pins()] == ["是"]
        assert WordStore(store).forgotten() == ["世界"]
    assert a.entries() == b.entries()


@pytest.mark.parametrize("shift_s", [-1.7e9, -86400.0, 86400.0, 3e9])
def test_a_wrong_clock(machine: New, shared: Path, shift_s: float) -> None:
    """What is changed after it was seen holds, whichever clock is wrong."""
    a, b = machine("a", shift_s), machine("b")
    a.add("墨音")
    for each in (a, b):
        exchange(each.house, shared)
    b.delete("墨音")
    for each in (b, a):
        exchange(each.house, shared)
    assert a.texts() == b.texts() == []
    a.add("墨音")
    for each in (a, b):
        exchange(each.house, shared)
    assert a.texts() == b.texts() == ["墨音"]
    a.delete("墨音")
    for each in (a, b):
        exchange(each.house, shared)
    assert a.texts() == b.texts() == []


def test_a_data_directory_that_was_copied_to_another_machine_is_another_machine(
    machine: New, shared: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    here = machine("here")
    here.add("你")
    join_folder(here.house, shared)
    exchange(here.house, shared)
    shutil.copytree(tmp_path / "here", tmp_path / "there")
    there = machine("there")
    there.add("好")
    monkeypatch.setattr(exchange_folder, "_this_machine", lambda: "there")
    assert folder_of(there.house) == shared
    assert is_due(there.house)
    exchange(there.house, shared)
    assert len(list(shared.iterdir())) == 2
    assert not is_due(there.house)
    exchange(there.house, shared)
    assert len(list(shared.iterdir())) == 2
    monkeypatch.undo()
    exchange(here.house, shared)
    assert here.texts() == there.texts() == ["你", "好"]


def test_a_file_that_is_still_on_its_way_waits(machine: New, shared: Path) -> None:
    a, b = machine("a"), machine("b")
    a.add(*(f"词{i}" for i in range(50)))
    exchange(a.house, shared)
    (file,) = shared.iterdir()
    whole = file.read_bytes()
    for end in (0, 1, 20, len(whole) // 2, len(whole) - 2):
        file.write_bytes(whole[:end])
        exchanged = exchange(b.house, shared)
        assert (exchanged.waiting, b.texts()) == ((file.name,), [])
    file.write_bytes(whole)
    assert exchange(b.house, shared).n_file == 1
    assert len(b.texts()) == 50
    assert exchange(b.house, shared).n_file == 0


def test_conflicting_copies_and_other_files(machine: New, shared: Path) -> None:
    a, b = machine("a"), machine("b")
    a.add("墨音")
    exchange(a.house, shared)
    (file,) = shared.iterdir()
    copy = file.with_name(f"{file.stem} (conflicted copy 2026-11-28).jsonl")
    copy.write_bytes(file.read_bytes())
    (shared / "moyin-notes.jsonl").write_text("something else")
    (shared / "holiday.jpg").write_bytes(b"\xff")
    assert exchange(b.house, shared).waiting == ("moyin-notes.jsonl",)
    assert b.texts() == ["墨音"]
    assert (shared / "holiday.jpg").exists()


def test_a_broken_file_of_custom_phrases_deletes_nothing(machine: New, shared: Path) -> None:
    a, b = machine("a"), machine("b")
    a.book.edit(lambda _: [CustomPhrase("dz", "一"), CustomPhrase("yx", "二")])
    for each in (a, b):
        exchange(each.house, shared)
    path = a.house.data_directory / FILE_NAME
    path.write_text(path.read_text().replace('code = "yx"', "code = yx"))
    for each in (a, b):
        exchange(each.house, shared)
    assert b.custom() == [("dz", "一", 1), ("yx", "二", 1)]
    assert "code = yx" in path.read_text()


def test_a_folder_that_is_gone(machine: New, shared: Path) -> None:
    with pytest.raises(HouseError, match="found none"):
        exchange(machine("a").house, shared / "none")


@pytest.mark.parametrize("seed", range(6))
def test_any_order_ends_the_same_and_nothing_goes_that_was_not_deleted(
    machine: New, shared: Path, seed: int
) -> None:
    draw = random.Random(seed)
    machines = [machine(name, draw.choice((0.0, -1e6, 1e6, 0.0))) for name in "abc"]
    added, removed = set(), set()
    for _ in range(25):
        each, text = draw.choice(machines), f"词{draw.randrange(8)}"
        match draw.randrange(8):
            case 0 | 1 | 2:
                each.add(text)
                added.add(text)
            case 3:
                each.delete(text)
                removed.add(text)
            case 4:
                each.change(methodcaller("pin", Pin("ci", text, ("ci",))))
            case 5:
                each.change(methodcaller("unpin", "ci", text))
            case 6:
                phrase = CustomPhrase(draw.choice("ab"), text, draw.choice((1, 2)))
                each.book.edit(partial(with_phrase, phrase))
            case 7:
                exchange(each.house, shared)
    for each in (*machines, *machines, *machines[:2]):
        exchange(each.house, shared)
    a, b, c = (each.entries() for each in machines)
    assert a == b == c
    assert added - removed <= set(machines[0].texts())
    orders = [sorted(each.custom(), key=lambda phrase: phrase[0]) for each in machines]
    assert orders[0] == orders[1] == orders[2]


def test_the_command_for_the_log_takes_everything_of_a_file_as_well(
    machine: New, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    here, there = machine("here"), machine("there")
    here.add("你好")
    here.book.edit(lambda _: [CustomPhrase("dz", "北京\n海淀")])
    here.house.settings.parent.mkdir()
    here.house.settings.write_text("[input]\npage_size = 7\n", encoding="utf-8")
    path = here.write(tmp_path / "house.jsonl", with_log=True)
    data, settings = str(there.house.data_directory), there.house.settings
    given = ["log", "import", str(path), "--data-directory", data, "--settings", str(settings)]
    assert main(given) == 0
    assert "1 words, 1 custom phrases, 1 settings" in capsys.readouterr().out
    assert (there.texts(), there.custom()) == (["你好"], [("dz", "北京\n海淀", 1)])
    assert "page_size = 7" in settings.read_text(encoding="utf-8")
    assert main(given) == 0
    assert "nothing new" in capsys.readouterr().out


def test_by_the_command_line(
    machine: New, shared: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    def run(name: str, *words: str) -> int:
        house = machine(name).house
        places = "--data-directory", str(house.data_directory), "--settings", str(house.settings)
        return main(["move", words[0], *places, *words[1:]])

    machine("a").add("墨音")
    assert run("a", "write", str(tmp_path / "house")) == 0
    assert run("b", "read", str(tmp_path / "house")) == 0
    assert "1 words" in capsys.readouterr().out
    assert run("b", "read", str(tmp_path / "house")) == 0
    assert "nothing new" in capsys.readouterr().out
    assert run("a", "exchange", str(shared)) == 0
    assert run("c", "exchange", str(shared)) == 0
    assert machine("c").texts() == ["墨音"]
    assert run("a", "exchange", str(shared / "none")) == 2
    header = json.loads((tmp_path / "house").read_text().splitlines()[0])
    assert header == {"moyin": 1}
