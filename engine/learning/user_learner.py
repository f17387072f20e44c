"""Learn from one user: every commit goes into the phrase log and into the user model.

A commit is in the database before `learn` returns (some tenths of a millisecond). If the database cannot be
used, typing goes on: `take_notices` has a sentence for the user, and what could not be written is kept in
memory and tried again with the next commit.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

from engine.errors import Said
from engine.learning.learner import LearningMode, LearningOptions
from engine.learning.pending_changes import PendingChanges
from engine.learning.phrase_tokenizer import PhraseTokenizer
from engine.learning.stored_choices import StoredChoices
from engine.learning.taught_again import TaughtAgain
from engine.learning.user_lexicon_cache import LOG_WINDOW, build_words, cached_words
from engine.lexicon.vocabulary import Vocabulary
from engine.protocol import Candidate, Commit
from engine.spelling.syllable import NO_READING
from engine.storage.phrase import LoggedRow, Phrase, phrases_of
from engine.storage.phrase_log import PhraseLog
from engine.storage.schema import DamagedStoreError, StoreError
from engine.storage.user_store import UserStore, erase
from engine.storage.word_store import Pin, UserWord, WordStore
from engine.user_model.model import Observation, UserModel

_MAX_PENDING: Final[int] = 1000  # phrases that wait in memory for a database
PIECE: Final[int] = 500  # phrases read at a time: some 10 ms, for which a key may have to wait
MOST_LEARNT: Final[int] = 3000  # phrases learnt one by one, some 4 kB each, before the log is read anew
_LONG_S: Final[float] = 0.1  # seconds of a failed write after which keys no longer wait for the database
_RETRY_S: Final[float] = 5.0  # seconds until it is tried again after such a failure
_DONE: Final[object] = object()


class UserLearner:
    """The `engine.learning.learner.Learner` of one session. For one thread."""

    def __init__(
        self,
        personal: UserModel,
        vocabulary: Vocabulary,
        data_directory: Path,
        options: LearningOptions | None = None,
        piece: int = PIECE,
    ) -> None:
        self._personal = personal
        self._piece = piece
        self._reader = PhraseTokenizer(vocabulary)
        self._data_directory = data_directory
        self._options = LearningOptions()
        self._unwritten = PendingChanges()  # changes made in private mode; never written to disk
        self._waiting = PendingChanges()  # changes to be written at the next attempt
        self._choices = StoredChoices(personal, self._reader)
        self._blocked_until = 0.0
        self._notices: list[Said] = []
        self._store: UserStore | None = None
        self._pending: list[Phrase] = []
        self._told: set[Said] = set()
        self._last: _Last | None = None
        self._taught_again = TaughtAgain()
        self._previous: Phrase | None = None
        self._read_to = 0  # every phrase up to this id is learnt
        self._own_ids: set[int] = set()  # phrases of this session, which are learnt already
        self._edition = 0
        self._data_version: tuple[int, int] | None = None
        self._reading: Iterator[None] | None = None  # of the log, piece by piece
        personal.defer(self._finish_reading)
        self._guard(self._load)
        self.configure(options or LearningOptions())

    @property
    def personal(self) -> UserModel:
        return self._personal

    @property
    def options(self) -> LearningOptions:
        return self._options

    def configure(self, options: LearningOptions) -> None:
        """Switch at run time. What was forgotten or pinned in private mode ends with it."""
        self._options = options
        self._personal.mute(self._is_private)
        if not self._is_private and not self._unwritten.is_empty:
            self._unwritten = PendingChanges()
            self._set_forgotten(self._waiting.forgotten_over(self._choices.forgotten))
            self._guard(self._load_settings)

    def take_notices(self) -> list[Said]:
        """Return the sentences for the user since the last time; none says what was typed."""
        if self._store is not None:  # it may have been opened anew
            self._take_notices_of(self._store)
        notices, self._notices = self._notices, []
        return notices

    def close(self) -> None:
        """Write what waits and let go of the file."""
        self._guard(self._flush)
        if self._store is not None:
            self._store.close()
            self._store = None

    # What the session tells.

    def learn(self, commit: Commit) -> str | None:
        """Write the commit and learn from it, unless it is raw or the mode forbids it.

        Return a forgotten word that it brings back: the user has put it together again and again.
        """
        learns = self._options.mode is LearningMode.LEARN
        phrases = phrases_of(commit, self._options.keep_before) if learns else []
        if not phrases:
            return None
        wanted = self._taught_again.words_of(commit, self._personal.forgotten)
        for text in wanted:
            self._bring_back(text)
        previous = self._previous
        memories = [self._personal.learn(self._observation(phrase)) for phrase in phrases]
        self._pending = [*self._pending, *phrases][-_MAX_PENDING:]
        self._last = _Last(commit, [], memories, previous, self._last and replace(self._last, earlier=None))
        if not self._is_blocked:
            self._guard(self._flush)
        return wanted[-1] if wanted else None

    def revoke(self, commit: Commit) -> None:
        """Remove every trace of the commit learnt last; after that, of the one before it."""
        last = self._last
        if last is None or last.commit != commit:
            return
        self._last = last.earlier
        for memory in reversed(last.memories):
            self._personal.unlearn(memory)
        self._previous = last.previous
        if last.rows:
            self._guard(lambda: self._remove(last.rows))
        else:
            del self._pending[-len(last.memories) :]

    def forget(self, candidate: Candidate) -> bool:
        """Stop offering the candidate. Return False for what is no word (letters, a date)."""
        if not candidate.tokens:
            return False
        text = candidate.text
        self._set_forgotten(self._personal.forgotten | {text})
        self._say(lambda said: said.forget(text))
        return True

    def restore(self, candidate: Candidate) -> None:
        """Take `forget` back."""
        self._bring_back(candidate.text)

    def pin(self, keys: str, candidate: Candidate) -> None:
        """Put the candidate first for exactly these letters from now on."""
        pin = Pin(keys, candidate.text, candidate.reading)
        self._say(lambda said: said.pin(pin))
        self._guard(self._load_settings)

    def unpin(self, keys: str, text: str) -> bool:
        """Take back the pin of that text for exactly these letters. Return whether there was one."""
        if text not in self._personal.pinned(keys):
            return False
        self._say(lambda said: said.unpin(keys, text))
        self._guard(self._load_settings)
        return True

    def pinned(self, keys: str) -> tuple[str, ...]:
        """Return the texts that are pinned for exactly these letters, in their order."""
        return self._personal.pinned(keys)

    def add_word(self, candidate: Candidate) -> bool:
        """Make the candidate a word of the user's own. Return False where it is no word of hanzi."""
        if len(candidate.reading) != len(candidate.text) or NO_READING in candidate.reading:
            return False
        word = UserWord(candidate.text, candidate.reading)
        self._say(lambda said: said.add_word(word))
        self._guard(self._load_settings)
        return True

    def catch_up(self) -> bool:
        """Read a piece of the log; once it is read, what other windows have written, and make the daily copy.

        Return whether there is more to do. To be called while nobody waits.
        """
        if self._reading is not None:
            return bool(self._guard(self._read_piece))
        if not self._is_blocked:
            self._guard(self._catch_up)
        return self._reading is not None

    def erase(self) -> None:
        """Erase everything that was kept and learnt, in memory and on the disk. Raises StoreError."""
        if self._store is not None:
            self._store.close()
            self._store = None
        self._pending, self._last, self._reading = [], None, None
        self._unwritten, self._waiting = PendingChanges(), PendingChanges()
        erase(self._data_directory)
        self._load()

    # Internals.

    @property
    def _is_private(self) -> bool:
        return self._options.mode is LearningMode.PRIVATE

    @property
    def _words(self) -> WordStore:
        return WordStore(self.store)

    @property
    def _log(self) -> PhraseLog:
        return PhraseLog(self.store)

    @property
    def store(self) -> UserStore:
        """The user's database, opened where it is not yet. Raises StoreError."""
        if self._store is None:
            self._store = UserStore(self._data_directory)
            self._take_notices_of(self._store)
        return self._store

    def _bring_back(self, text: str) -> None:
        self._set_forgotten(self._personal.forgotten - {text})
        self._say(lambda said: said.restore(text))

    def _say(self, say: Callable[[PendingChanges], None]) -> None:
        """Apply a change of a candidate, and write it as soon as possible; in private mode never."""
        say(self._unwritten if self._is_private else self._waiting)
        if not self._is_private and not self._is_blocked:
            self._guard(self._flush)

    def _take_notices_of(self, store: UserStore) -> None:
        self._notices += store.notices
        store.notices.clear()

    def _guard(self, action: Any) -> Any:
        """Do what may fail in the database; turn a failure into a notice, told once."""
        start = time.monotonic()
        try:
            return action()
        except DamagedStoreError:
            with suppress(StoreError):
                self._recover()
        except StoreError as error:
            if time.monotonic() - start > _LONG_S:
                self._blocked_until = time.monotonic() + _RETRY_S
            self._notify(error.message)
        return None

    @property
    def _is_blocked(self) -> bool:
        """Whether another process held the database a moment ago; each try costs BUSY_MS."""
        return time.monotonic() < self._blocked_until

    def _notify(self, notice: Said) -> None:
        if notice not in self._told:
            self._told.add(notice)
            self._notices.append(notice)

    def _recover(self) -> None:
        store = self.store
        store.recover()
        self._take_notices_of(store)
        is_waiting = self._last is not None and not self._last.rows
        self._flush()
        last = self._last if is_waiting else None
        self._load()
        self._last = last  # stands at the end of what is read now
        self._finish_reading()

    def _flush(self) -> None:
        """Write what waits; what was committed last can be deleted again by its ids."""
        if not self._waiting.is_empty:
            self._waiting.write(self._words)
            self._waiting = PendingChanges()
        if not self._pending:
            return
        ids = self._log.add(self._pending)
        rows = [(row, phrase.text) for row, phrase in zip(ids, self._pending, strict=True)]
        self._pending = []
        self._own_ids.update(ids)
        if self._last is not None and not self._last.rows:
            earlier = self._last.earlier  # known by its rows alone, once it is written
            earlier = earlier if earlier is not None and earlier.rows else None
            self._last = replace(self._last, rows=rows[-len(self._last.memories) :], earlier=earlier)

    def _remove(self, rows: Sequence[LoggedRow]) -> None:
        knows_all = self._log.edition() == self._edition
        self._log.take_back(rows)
        self._edition += knows_all  # by one a change
        if self._reading is not None:  # they may be among what was read
            self._reading = self._read_log()

    def _set_forgotten(self, texts: frozenset[str]) -> None:
        """Set the forgotten texts of the menu at once; count anew later if the log holds one of them."""
        changed = texts ^ self._personal.forgotten
        self._personal.set_forgotten(texts)
        if self._guard(lambda: any(self._log.holds(text, LOG_WINDOW) for text in changed)) is not False:
            self._reading = self._read_log()

    def _load(self) -> None:
        """Load all that is known of the user anew from the database."""
        edition = self._log.edition()  # first: what is written meanwhile is not yet loaded
        self._load_settings()
        if cached_words(self.store) is None and not self._choices.has_words:
            build_words(self.store)
        self._choices.load_words(self.store)
        self._edition = edition
        self._reading = self._read_log()

    def _load_settings(self) -> None:
        """Load what was said once and for all, with what was said since over it."""
        self._choices.load(lambda: self._words, self._waiting, self._unwritten)

    def _finish_reading(self) -> None:
        """Read the rest of the log at once, since a menu is wanted that knows it."""
        while self._reading is not None:
            self._guard(self._read_piece)

    def _read_piece(self) -> bool:
        reading, self._reading = self._reading, None  # a reading that fails is not tried again
        if reading is not None and next(reading, _DONE) is not _DONE:
            self._reading = self._reading or reading
        return True

    def _read_log(self) -> Iterator[None]:
        """Read the window of the log and put it in the place of what was learnt; a piece a step.

        The last commit stands at its end, and can still be taken back.
        """
        observations: list[Observation] = []
        rows: list[LoggedRow] = []
        row, previous = self._log.beginning(LOG_WINDOW), None
        while page := self._log.since(row, self._piece):
            for phrase in page:
                observations.append(self._reader.observation(phrase, previous))
                previous = phrase
            rows += [(phrase.id, phrase.text) for phrase in page]
            row = page[-1].id
            if len(page) == self._piece:
                yield None
        for phrase in self._pending:
            observations.append(self._reader.observation(phrase, previous))
            previous = phrase
        if self._last and self._last.rows and self._last.rows != rows[-len(self._last.rows) :]:
            self._last = None  # another window has written since
        self._read_to, self._previous = row, previous
        self._own_ids.clear()
        end = len(observations) - (len(self._last.memories) if self._last else 0)
        self._personal.load(observations[:end])
        memories = [self._personal.learn(observation) for observation in observations[end:]]
        if self._last:
            self._last = replace(self._last, memories=memories, earlier=None)

    def _observation(self, phrase: Phrase) -> Observation:
        observation = self._reader.observation(phrase, self._previous)
        self._previous = phrase
        return observation

    def _catch_up(self) -> None:
        self._flush()
        self._read_other_windows()
        is_much = self._personal.n_learnt >= MOST_LEARNT
        if (self.store.back_up() or is_much) and len(self._log) > LOG_WINDOW:
            build_words(self.store)  # once a day, and before it is read: words that have left the window
            self._choices.load_words(self.store, anew=True)
        if is_much:
            self._reading = self._read_log()

    def _read_other_windows(self) -> None:
        if (version := self.store.data_version()) == self._data_version:
            return
        if self._log.edition() != self._edition:
            self._load()
        else:
            self._choices.load_words(self.store)
            for phrase in self._log.since(self._read_to):
                if phrase.id not in self._own_ids:
                    self._last = None  # only what was learnt last can be taken back in memory
                    self._personal.learn(self._observation(phrase))
                self._read_to = phrase.id
            self._own_ids.clear()
        self._data_version = version  # last: what could not be read is read in the next pause


@dataclass(frozen=True)
class _Last:
    """The commit learnt last: its rows, what takes it back in memory, and the commit before it."""

    commit: Commit
    rows: list[LoggedRow]
    memories: list[Any]
    previous: Phrase | None
    earlier: _Last | None = None
