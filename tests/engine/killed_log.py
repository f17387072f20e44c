"""Run as a script: a child writes to the user's database until it is killed, again and again.

`python tests/engine/killed_log.py DIRECTORY phrases|words KILLS`. A window that stays open beside it looks at
the database after every kill, and so does one that is opened anew: all that the child had committed must be
there. Children are forked, so that a kill costs milliseconds, and from a process that has no database open,
as SQLite's locks do not survive a fork. Prints what was seen as JSON.
"""

from __future__ import annotations

import json
import os
import random
import signal
import sys
import time
from collections.abc import Callable, Sequence
from itertools import count
from multiprocessing import Pipe
from multiprocessing.connection import Connection
from pathlib import Path

from engine.storage.phrase import Phrase
from engine.storage.phrase_log import PhraseLog
from engine.storage.user_store import UserStore
from engine.storage.word_store import UserWord, WordStore

MOST_SECONDS = {"phrases": 0.03, "words": 0.05}  # that a child lives after its first commit


def write_phrases(store: UserStore, committed: Callable[[int], object]) -> None:
    log = PhraseLog(store)
    for number in count(len(log)):
        log.add([Phrase("你好", ("ni", "hao"), str(number))])
        committed(number)
        if number % 7 == 0:
            store.back_up()


def import_words(store: UserStore, committed: Callable[[int], object]) -> None:
    words = WordStore(store)
    for number in count():
        words.add_words(UserWord(f"{number % 40}-{i}", ("ni",)) for i in range(300))
        committed(number % 40)


def check_phrases(window: UserStore, numbers: Sequence[int]) -> None:
    found = [int(phrase.keys) for phrase in PhraseLog(window)]
    assert found == list(range(len(found)))
    assert len(found) > max(numbers)


def check_words(window: UserStore, numbers: Sequence[int]) -> None:
    found = {word.text for word in WordStore(window).words()}
    assert {f"{number}-{i}" for number in numbers for i in range(300)} <= found


WRITE = {"phrases": write_phrases, "words": import_words}
CHECK = {"phrases": check_phrases, "words": check_words}


def look(folder: Path, kind: str, orders: Connection) -> None:
    """Be the window that stays open: look whenever it is told what was committed."""
    beside = UserStore(folder)
    while (numbers := orders.recv()) is not None:
        fresh = UserStore(folder)
        for window in (beside, fresh):
            CHECK[kind](window, numbers)
        assert fresh.notices == []
        assert fresh.connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        fresh.close()
        orders.send("whole")
    beside.close()


def write_until_killed(folder: Path, kind: str, seconds: float) -> list[int]:
    """Return what a child had committed when it was killed so long after its first commit."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        WRITE[kind](UserStore(folder), lambda number: os.write(writing, b"%d\n" % number))
        os._exit(1)
    os.close(writing)
    with os.fdopen(reading) as lines:
        first = lines.readline()
        time.sleep(seconds)
        os.kill(child, signal.SIGKILL)
        rest = lines.read()
    os.waitpid(child, 0)
    return [int(line) for line in (first + rest).splitlines() if line.strip()]


def main(folder: Path, kind: str, kills: int) -> None:
    here, there = Pipe()
    watcher = os.fork()
    if watcher == 0:
        here.close()
        look(folder, kind, there)
        os._exit(0)
    there.close()
    draw, seen = random.Random(0), []
    for _ in range(kills):
        seen += write_until_killed(folder, kind, draw.uniform(0, MOST_SECONDS[kind]))
        here.send(seen)
        assert here.recv() == "whole"  # EOFError where the watcher has failed; its traceback is on stderr
    here.send(None)
    os.waitpid(watcher, 0)
    print(json.dumps({"kills": kills, "commits": len(seen)}))


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2], int(sys.argv[3]))
