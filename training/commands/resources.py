"""Build what lies in resources/: `lexicon`, `english`, `utterances`, `symbols`, `hanzi`, `names`,
`readings`, `more-words`, `manifest`.

The module that does the work is imported when its command runs, so that `--help` needs no torch.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable
from importlib import import_module
from pathlib import Path

from resources import CHARACTERS, MODEL, UTTERANCES, WORD_LIST


def add_parsers(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the commands of this group."""
    _add_lexicon(commands)
    _add_english(commands)
    _add_utterances(commands)
    _add_symbols(commands)
    _add_hanzi(commands)
    _add_names(commands)
    _add_readings(commands)
    _add_more_words(commands)
    command = commands.add_parser(
        "manifest",
        help="hashes of the files in resources/",
        description="Write resources/manifest.json, by which a damaged file is told at the start.",
    )
    command.set_defaults(run=_manifest)


def _builder(module: str, function: str) -> Callable[[argparse.Namespace], object]:
    """Return a call of a function of `training.resource_builders`, whose module is imported only then."""

    def build(options: argparse.Namespace) -> object:
        return getattr(import_module(f"training.resource_builders.{module}"), function)(options)

    return build


def _manifest(options: argparse.Namespace) -> None:
    from engine.resource_check import manifest_text
    from engine.storage.atomic_files import whole_text_file
    from resources import MANIFEST

    with whole_text_file(MANIFEST, private=False) as file:
        file.write(manifest_text())


def _add_lexicon(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    command = commands.add_parser(
        "lexicon",
        help="open word lists to the lexicon of resources/",
        description="Build resources/lexicon/words.bin from unpacked word lists (AOSP rawdict, "
        "phrase-pinyin-data, THUOCL), with the words' frequencies counted in a folder of text.",
    )
    command.add_argument("--source", type=Path, required=True, help="folder of the unpacked word lists")
    command.add_argument("--output", type=Path, required=True, help="the words.bin to write; .npz is smaller")
    command.add_argument(
        "--corpus", type=Path, help="folder of text to count words in (.txt, .txt.xz, .txt.zst)"
    )
    command.add_argument("--sample", type=int, default=300_000, help="characters read of each text file")
    command.add_argument("--characters", type=Path, default=CHARACTERS, help="hanzi and their readings")
    command.set_defaults(run=_builder("lexicon", "build_lexicon"))


def _add_english(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    command = commands.add_parser(
        "english",
        help="Latin words inside Chinese text to the list of resources/",
        description="Count Latin words in lines of Chinese and write resources/lexicon/english.tsv: each "
        "word in its commonest casing, with its count.",
    )
    command.add_argument("--corpus", type=Path, required=True, help="folder of text files")
    command.add_argument("--output", type=Path, required=True, help="the english.tsv to write")
    command.add_argument("--sample", type=int, default=4_000_000, help="characters read of each text file")
    command.add_argument("--cap", type=int, default=400, help="most that one file adds to a word's count")
    command.add_argument("--minimum", type=int, default=5, help="a word must be seen so often")
    command.add_argument("--words", type=int, default=14_000, help="most words kept")
    command.add_argument(
        "--earlier", type=Path, help="an english.tsv counted before, of text that is not here any more"
    )
    command.add_argument(
        "--general", type=int, default=25_000, help="commonest English words that are taken as well"
    )
    command.set_defaults(run=_builder("english_words", "build_english_words"))


def _add_utterances(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    command = commands.add_parser(
        "utterances",
        help="shards to the list of what is sent or typed alone, of resources/",
        description="Count clauses and words of one to four hanzi, of conversation first, and write the "
        "likeliest: what short inputs are ranked by, or abbreviated ones are looked up in.",
    )
    command.add_argument("--data", type=Path, required=True, help="folder that `prepare` wrote")
    command.add_argument("--output", type=Path, default=UTTERANCES, help="the file to write")
    command.add_argument("--list", type=Path, default=WORD_LIST, help="lines `word frequency`, plain or .xz")
    command.add_argument("--minimum", type=int, default=3, help="least count of a text")
    command.add_argument("--texts", type=int, default=100_000, help="how many to keep")
    command.add_argument(
        "--last-words",
        type=float,
        default=0.28,
        help="share of the last words of clauses; 0: the list for initials",
    )
    command.set_defaults(run=_utterances)


def _utterances(options: argparse.Namespace) -> None:
    from training.resource_builders.utterances import make_utterances

    make_utterances(
        options.data,
        options.output,
        options.list,
        minimum=options.minimum,
        most=options.texts,
        last_words=options.last_words,
    )


def _add_symbols(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    command = commands.add_parser(
        "symbols",
        help="Unicode's annotations to the emoji and symbols of resources/",
        description="Build resources/symbols/symbols.tsv from the unpacked CLDR annotations (zh.json, "
        "zh_derived.json): each symbol with its name and the words that offer it.",
    )
    command.add_argument("--source", type=Path, required=True, help="folder of the two files")
    command.add_argument("--output", type=Path, required=True, help="the symbols.tsv to write")
    command.set_defaults(run=_builder("symbols", "build_symbols"))


def _add_hanzi(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    command = commands.add_parser(
        "hanzi",
        help="lists of single hanzi to the tables of resources/",
        description="Build resources/hanzi from unpacked lists (RIME-LMDG, pinyin-data): readings beyond the "
        "national standard list.",
    )
    command.add_argument("--source", type=Path, required=True, help="folder of the unpacked lists")
    command.add_argument("--output", type=Path, required=True, help="the folder to write")
    command.add_argument("--characters", type=Path, default=CHARACTERS, help="hanzi and their readings")
    command.set_defaults(run=_builder("hanzi", "build_hanzi"))


def _add_names(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    command = commands.add_parser(
        "names",
        help="names of people and places to the lexicon of resources/",
        description="Add names of people and places, and second readings, from unpacked lists (RIME-LMDG, "
        "admin-divisions, THUOCL) to a lexicon that `lexicon` built.",
    )
    command.add_argument("--base", type=Path, required=True, help="the words that `lexicon` built")
    command.add_argument("--source", type=Path, required=True, help="folder of the unpacked lists")
    command.add_argument("--output", type=Path, required=True, help="the words.bin to write; .npz is smaller")
    command.add_argument("--corpus", type=Path, help="folder of text to count names in")
    command.add_argument("--sample", type=int, default=300_000, help="characters read of each text file")
    command.set_defaults(run=_builder("names", "build_names"))


def _add_readings(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    command = commands.add_parser(
        "readings",
        help="words and readings that no list has to the lexicon of resources/",
        description="Add the rows of the project's own table (仇和 qiu he, 粳米 geng mi) that a lexicon "
        "lacks.",
    )
    command.add_argument("--base", type=Path, required=True, help="the words that `names` built")
    command.add_argument("--output", type=Path, required=True, help="the words.bin to write; .npz is smaller")
    command.set_defaults(run=_builder("further_readings", "build_readings"))


def _add_more_words(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    command = commands.add_parser(
        "more-words",
        help="a large word list and what text shows as words to the lexicon of resources/",
        description="Add the words of a list that the n-gram of words has met, and what holds together and "
        "stands free in the shards (微信, 盲盒), to a lexicon. Takes some 10 GB of memory for 200 M tokens.",
    )
    command.add_argument("--base", type=Path, required=True, help="the lexicon that `readings` built")
    command.add_argument("--data", type=Path, required=True, help="folder that `prepare` wrote")
    command.add_argument("--output", type=Path, required=True, help="the words.bin to write; .npz is smaller")
    command.add_argument("--words", type=Path, default=MODEL / "words.bin", help="file that `words` wrote")
    command.add_argument("--list", type=Path, default=WORD_LIST, help="lines `word frequency`, plain or .xz")
    command.add_argument("--characters", type=Path, default=CHARACTERS, help="hanzi and their readings")
    command.set_defaults(run=_builder("more_words", "build_more_words"))
