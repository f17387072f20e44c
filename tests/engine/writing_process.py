"""A process that writes to the user's database until it is killed; says what it has committed.

`python -m tests.engine.writing_process DIRECTORY KIND`: each line on stdout is a row that `add` has
returned for, so it must be there whatever happens to this process afterwards.
"""

from __future__ import annotations

import sys
from itertools import count
from pathlib import Path

from engine.phrase_log import Phrase, PhraseLog
from engine.user_store import UserStore
from engine.word_store import UserWord, WordStore


def write_phrases(store: UserStore) -> None:
    log = PhraseLog(store)
    for number in count(len(log)):
        log.add([Phrase("你好", ("ni", "hao"), str(number))])
        print(number, flush=True)
        if number % 7 == 0:
            store.back_up()


def import_words(store: UserStore) -> None:
    words = WordStore(store)
    for number in count():
        words.add_words(UserWord(f"{number % 40}-{i}", ("ni",)) for i in range(300))
        print(number % 40, flush=True)


if __name__ == "__main__":
    {"phrases": write_phrases, "words": import_words}[sys.argv[2]](UserStore(Path(sys.argv[1])))
