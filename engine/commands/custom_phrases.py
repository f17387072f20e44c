"""Run `python -m engine custom`: the user's custom phrases from the command line."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Any

from platformdirs import user_data_path

from engine.commands.user_data import report
from engine.interchange.importing import import_phrases
from engine.interchange.phrase_files import FORMS, holds_phrases, write_phrases
from engine.protocol import CustomPhrase, on_one_line
from engine.rewriters.phrase_variables import DEFAULT_FORMATS
from engine.storage.custom_phrases.phrase_book import CustomPhraseBook, added


def add_parser(commands: Any) -> None:
    """Add `custom` to the subparsers of `python -m engine`."""
    text = "custom phrases: any text for a code of letters"
    group = commands.add_parser("custom", help=text, description=text)
    parts = group.add_subparsers(required=True, metavar="WHAT")
    _part(parts, "list", _list, "the phrases by their codes, and what is wrong in the file")
    add = _part(parts, "add", _add, "a text for a code")
    add.add_argument("code")
    add.add_argument("text", help="may hold {date}, {time}, {weekday}, or {date:YYYY-MM-DD}")
    add.add_argument("--place", type=int, choices=(1, 2), default=1, help="2: behind the first candidate")
    delete = _part(parts, "delete", _delete, "the phrases of a code, or one of them")
    delete.add_argument("code")
    delete.add_argument("text", nargs="?", default=None)
    files = _part(parts, "import", _import, "of fcitx5, Rime, Sogou, ibus-libpinyin, Microsoft or Moyin")
    files.add_argument("files", nargs="+", type=Path)
    export = _part(parts, "export", _export, "write them for another input method")
    export.add_argument("file", type=Path)
    export.add_argument("--form", choices=FORMS, default=FORMS[0])


def _part(parts: Any, name: str, run: Any, help_text: str) -> argparse.ArgumentParser:
    part: argparse.ArgumentParser = parts.add_parser(name, help=help_text, description=help_text)
    default = user_data_path("moyin", appauthor=False)
    part.add_argument("--data-directory", type=Path, default=default, help="default: the window's own")
    part.set_defaults(run=lambda options: run(options, CustomPhraseBook(options.data_directory)))
    return part


def _list(options: argparse.Namespace, book: CustomPhraseBook) -> int:
    file = book.read()
    for phrase in file.phrases:
        print(f"{phrase.code}\t{phrase.place}\t{on_one_line(phrase.text)}")
    for wrong in file.wrong:
        print(f"{book.path}, line {wrong.line}: {wrong.reason}", file=sys.stderr)
    return 1 if file.wrong else 0


def _add(options: argparse.Namespace, book: CustomPhraseBook) -> None:
    book.edit(lambda phrases: added(phrases, [CustomPhrase(options.code, options.text, options.place)]))


def _delete(options: argparse.Namespace, book: CustomPhraseBook) -> int:
    before = len(book.read().phrases)
    left = book.edit(
        lambda phrases: [
            each for each in phrases if each.code != options.code or options.text not in (None, each.text)
        ]
    )
    print(f"{before - len(left)} phrases deleted")
    return 0 if len(left) < before else 1


def _import(options: argparse.Namespace, book: CustomPhraseBook) -> int:
    n_bad = 0
    for path in options.files:
        if holds_phrases(path) is False:
            n_bad += 1
            print(f"{path}: holds words, not custom phrases: words import {path}", file=sys.stderr)
            continue
        found = import_phrases(path, book)
        print(f"{path}: {found.custom} phrases, {found.new} of them new")
        n_bad += report(found)
    return 1 if n_bad else 0


def _export(options: argparse.Namespace, book: CustomPhraseBook) -> int:
    file = book.read()
    written = write_phrases(file.phrases, options.file, options.form, {**DEFAULT_FORMATS, **file.formats})
    print(f"{written.count} phrases")
    if written.left_out:
        codes = " ".join(dict.fromkeys(written.left_out))
        print(f"{options.form} cannot hold the phrases of {codes}: left out", file=sys.stderr)
    return 1 if written.left_out else 0
