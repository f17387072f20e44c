"""Define the schema of the user's database and the steps from one version to the next."""

from __future__ import annotations

from typing import Final

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
)


SCHEMA_VERSION: Final[int] = len(MIGRATIONS)
