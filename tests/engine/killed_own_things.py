"""Run as a script: a child edits custom phrases, takes another machine's file, writes its own, until killed.

After every kill nothing that was there may be gone, every file opens, and doing it all once more gives what
an undisturbed machine has. Prints what it saw as JSON.
"""

from __future__ import annotations

import json
import os
import random
import signal
import sys
import time
from collections.abc import Sequence
from contextlib import closing
from functools import partial
from pathlib import Path

from engine.interchange.archive import is_archive, rows_of
from engine.interchange.exchange_folder import exchange
from engine.interchange.moving_house import House, read_house, write_house
from engine.protocol import CustomPhrase
from engine.storage.custom_phrases.phrase_book import CustomPhraseBook
from engine.storage.own_entries import entries
from engine.storage.user_store import UserStore
from engine.storage.word_store import Pin, UserWord, WordStore

N_WORD, N_PIN = 600, 20


def with_phrase(phrase: CustomPhrase, phrases: Sequence[CustomPhrase]) -> list[CustomPhrase]:
    """Return the custom phrases with one more behind them."""
    return [*phrases, phrase]


def fill(house: House) -> None:
    """Give the other machine what it has."""
    with closing(UserStore(house.data_directory)) as store:
        words = WordStore(store)
        words.add_words(UserWord(f"词{i}", ("ci",), 1.0, f"list{i % 3}") for i in range(N_WORD))
        words.forget([f"忘{i}" for i in range(50)])
        for i in range(N_PIN):
            words.pin(Pin("ci", f"词{i}", ("ci",)))
    CustomPhraseBook(house.data_directory).edit(
        lambda _: [CustomPhrase("dz", f"{i}\n行") for i in range(200)]
    )


def work(house: House, file: Path, folder: Path, number: int) -> None:
    """Do what a user does, again and again."""
    while True:
        CustomPhraseBook(house.data_directory).edit(
            lambda phrases: [*phrases, CustomPhrase("own", f"{number}")]
        )
        with closing(UserStore(house.data_directory)) as store:
            read_house(house, store, file)
            write_house(house, store, folder.parent / "again.jsonl")
        exchange(house, folder)
        with closing(UserStore(house.data_directory)) as store:
            words = WordStore(store)
            words.remove_list("list1")
            words.add_words([UserWord(f"加{number}", ("jia", "yi"))])
            words.change_reading(UserWord("词0", ("ci",), 1.0, "list0"), ("zi",))
            words.change_reading(UserWord("词0", ("zi",), 1.0, "list0"), ("ci",))
            words.order_pins(words.pins()[::-1])
            words.forget([f"忘{number}"])
            words.restore([f"忘{number}"])


def check(house: House, folder: Path, own: set[str]) -> None:
    """Find nothing of the user's own phrases gone, and no file half."""
    file = CustomPhraseBook(house.data_directory).read()
    assert not file.wrong
    with closing(UserStore(house.data_directory)) as store:
        words = WordStore(store)
        readings = [word.reading for word in words.listed_words() if word.text == "词0"]
        assert len(readings) <= 1, "a word whose reading is changed is there once"
        places = [pin.place for pin in words.pins()]
        assert len(places) in (0, N_PIN)
        assert len(set(places)) == len(places), "an order of pins is there whole or not at all"
    assert own <= {phrase.text for phrase in file.phrases}
    for path in [*folder.glob("moyin-*.jsonl"), *folder.parent.glob("again.jsonl")]:
        text = path.read_text(encoding="utf-8")
        assert is_archive(text)
        assert rows_of(text.split("\n")).is_complete, path.name


def main(folder: Path, kills: int) -> None:
    there, here = (House(folder / name, folder / name / "settings.toml") for name in ("there", "here"))
    shared = folder / "shared"
    shared.mkdir(parents=True)
    fill(there)
    with closing(UserStore(there.data_directory)) as store:
        write_house(there, store, folder / "house.jsonl")
    exchange(there, shared)
    draw, own = random.Random(1), set()
    for kill in range(kills):
        sure = CustomPhrase("own", f"sure {kill}")
        CustomPhraseBook(here.data_directory).edit(partial(with_phrase, sure))
        own.add(sure.text)
        child = os.fork()
        if child == 0:
            work(here, folder / "house.jsonl", shared, kill)
            os._exit(0)
        time.sleep(draw.uniform(0.01, 1.5))
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        check(here, shared, own)
    with closing(UserStore(here.data_directory)) as store:
        read_house(here, store, folder / "house.jsonl")
        names = {(entry.kind, entry.name) for entry in entries(store) if entry.value is not None}
        texts = {word.text for word in WordStore(store).words()}
    assert {f"词{i}" for i in range(N_WORD) if i % 3 != 1} <= texts
    exchange(here, shared)
    exchange(there, shared)
    with closing(UserStore(there.data_directory)) as store:
        others = {(entry.kind, entry.name) for entry in entries(store) if entry.value is not None}
    assert names <= others
    phrases = {phrase.text for phrase in CustomPhraseBook(there.data_directory).read().phrases}
    assert own | {f"{i}\n行" for i in range(200)} <= phrases
    print(json.dumps({"kills": kills, "words": len(texts), "phrases": len(phrases)}))


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
