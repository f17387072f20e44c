"""Define the schema of the user's database, the steps from one version to the next, and its errors."""

from __future__ import annotations

import sqlite3
from typing import Final

from engine.errors import MoyinError

FAILURES: Final = (sqlite3.Error, UnicodeError)  # the latter: a sentence of SQLite's with broken bytes in it

# Each brings the database one version up; a database of version n has had the first n of them.
MIGRATIONS: Final[tuple[str, ...]] = (
    """
    CREATE TABLE phrase (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        time REAL NOT NULL,          -- seconds since 1970
        keys TEXT NOT NULL,          -- as typed
        reading TEXT NOT NULL,       -- one syllable a character of `text`, `_` where it has none
        text TEXT NOT NULL,
        before TEXT NOT NULL,        -- the text before the caret; empty where that is not kept
        rank INTEGER NOT NULL,       -- place in the menu of what was picked first, 0 the first
        parts TEXT NOT NULL,         -- JSON [[characters, letters, rank], ...] of several choices
        origin TEXT NOT NULL         -- empty: typed; else the name of the file it was read from
    );
    CREATE INDEX phrase_time ON phrase (time);
    CREATE TABLE word (
        text TEXT NOT NULL,
        reading TEXT NOT NULL,       -- syllables, a space between two
        count REAL NOT NULL,
        PRIMARY KEY (text, reading)
    ) WITHOUT ROWID;
    CREATE TABLE forgotten (text TEXT PRIMARY KEY, time REAL NOT NULL) WITHOUT ROWID;
    CREATE TABLE pin (
        keys TEXT PRIMARY KEY, text TEXT NOT NULL, reading TEXT NOT NULL, time REAL NOT NULL
    ) WITHOUT ROWID;
    CREATE TABLE derived (name TEXT PRIMARY KEY, edition INTEGER NOT NULL, value BLOB NOT NULL);
    CREATE TABLE edition (number INTEGER NOT NULL, words INTEGER NOT NULL);
    INSERT INTO edition VALUES (abs(random()) / 2, abs(random()) / 2);
    """,
    # JSON [[place, text, letters, rank], ...] of choices undone while composing
    "ALTER TABLE phrase ADD COLUMN taken_back TEXT NOT NULL DEFAULT ''",
    # Words know the list they came from, several pins stand for the same letters, and what is deleted is
    # remembered by its name and time, for the other machines of its user.
    """
    ALTER TABLE word RENAME TO word_2;
    CREATE TABLE word (
        text TEXT NOT NULL,
        reading TEXT NOT NULL,
        list TEXT NOT NULL,          -- its name; empty: added by hand; '?': imported before version 3
        count REAL NOT NULL,
        time REAL NOT NULL,          -- of the last change; 0: before version 3
        PRIMARY KEY (text, reading, list)
    ) WITHOUT ROWID;
    INSERT INTO word SELECT text, reading, '?', count, 0.0 FROM word_2;
    DROP TABLE word_2;
    ALTER TABLE pin RENAME TO pin_2;
    CREATE TABLE pin (
        keys TEXT NOT NULL,
        text TEXT NOT NULL,
        place INTEGER NOT NULL,      -- of two pins for the same letters the lower stands first
        reading TEXT NOT NULL,       -- behind it: a row of pins is never taken for one of words (salvage.py)
        time REAL NOT NULL,
        PRIMARY KEY (keys, text)
    ) WITHOUT ROWID;
    INSERT INTO pin SELECT keys, text, 0, reading, time FROM pin_2;
    DROP TABLE pin_2;
    CREATE TABLE deleted (
        kind TEXT NOT NULL,          -- word, list, pin, forgotten or custom
        name TEXT NOT NULL,          -- of the entry, with tabs between its parts
        time REAL NOT NULL,
        PRIMARY KEY (kind, name)
    ) WITHOUT ROWID;
    CREATE TABLE custom (            -- the custom phrases as they were exchanged last
        code TEXT NOT NULL,
        text TEXT NOT NULL,
        place INTEGER NOT NULL,
        number INTEGER NOT NULL,     -- in the order of the file
        time REAL NOT NULL,
        PRIMARY KEY (code, text)
    ) WITHOUT ROWID;
    UPDATE edition SET number = number + 1, words = words + 1;
    DELETE FROM derived;
    """,
)
SCHEMA_VERSION: Final[int] = len(MIGRATIONS)

NUMBERED: Final[str] = "phrase"  # the table whose rows have numbers, never given twice
SORTED: Final[dict[str, str]] = {  # the table, and what it is sorted by
    "word": "text, reading, list",
    "forgotten": "text",
    "pin": "keys, text",
    "deleted": "kind, name",
    "custom": "code, text",
}


class StoreError(MoyinError):
    """The user's data cannot be read or written; the message is a sentence for the user."""


class DamagedStoreError(StoreError):
    """A file that is no database any more."""


class MissingStoreError(StoreError):
    """A file that does not exist; it is made unless another process makes or replaces it."""
