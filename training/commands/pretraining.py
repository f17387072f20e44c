"""Define the commands that train: `train`, `ngram`, `words`, `word-pairs`.

The module that does the work is imported when its command runs, so that `--help` needs no torch.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from resources import LEXICON, WORD_LIST
from training.commands.recipes import RECIPES


def add_parsers(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the commands of this group."""
    _add_train(commands)
    _add_ngram(commands)
    _add_words(commands)
    _add_word_pairs(commands)


def _add_train(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    command = commands.add_parser(
        "train",
        help="shards to a decoder",
        description="Train by a TOML recipe. The same command goes on with a run that was cut off, and runs "
        "under torchrun (torchrun --nproc-per-node N -m training train ...) on several devices or machines: "
        "docs/cluster.md tells how.",
    )
    command.add_argument("--data", type=Path, required=True, help="folder that `prepare` wrote")
    command.add_argument("--output", type=Path, required=True, help="folder of the run, new or to go on with")
    command.add_argument("--recipe", type=Path, default=RECIPES / "base.toml")
    command.add_argument("--set", action="append", default=[], metavar="SECTION.KEY=VALUE", dest="overrides")
    command.add_argument(
        "--begin",
        type=Path,
        help="weights a new run starts with: RUN/model.pt, or the folder of a bundle; with fewer layers or "
        "inner channels than the recipe's they grow",
    )
    command.add_argument("--save-minutes", type=float, default=5.0, help="time between checkpoints")
    command.add_argument("--until-step", type=int, help="stop here; the schedule stays the recipe's")
    command.add_argument("--no-compile", action="store_true", help="skip torch.compile (short runs)")
    command.add_argument("--threads", type=int, help="torch threads")
    command.set_defaults(run=_train)


def _train(options: argparse.Namespace) -> None:
    import torch

    from training.pretraining.recipe import load_recipe
    from training.pretraining.trainer import train

    if options.threads:
        torch.set_num_threads(options.threads)
    recipe = load_recipe(options.recipe, tuple(options.overrides))
    train(
        recipe,
        options.data,
        options.output,
        options.save_minutes,
        options.until_step,
        recipe.training.compile and not options.no_compile,
        options.begin,
    )


def _add_ngram(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    command = commands.add_parser(
        "ngram",
        help="shards to a pruned 4-gram",
        description="Count n-grams of readings in all shards and write the n-gram file of a bundle, by "
        "ranges of the first token: memory does not grow with the text.",
    )
    command.add_argument("--data", type=Path, required=True, help="folder that `prepare` wrote")
    command.add_argument("--output", type=Path, required=True, help="file to write (.bin)")
    command.add_argument("--recipe", type=Path, default=RECIPES / "base.toml", help="its [weights] are used")
    command.add_argument(
        "--minimum", type=int, nargs=3, default=(2, 2, 2), help="least count of bi-, tri- and four-grams"
    )
    command.add_argument(
        "--entries", type=int, nargs=3, default=(1_200_000, 3_450_000, 3_450_000), help="how many are kept"
    )
    command.add_argument("--lexicon", type=Path, default=LEXICON, help="words to count in as well")
    command.set_defaults(run=_ngram)


def _add_words(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    command = commands.add_parser(
        "words",
        help="shards to a pruned trigram of words",
        description="Cut the text of all shards into the words of a list, count them and write the file of "
        "words of a bundle, which the engine ranks texts by again.",
    )
    command.add_argument("--data", type=Path, required=True, help="folder that `prepare` wrote")
    command.add_argument("--output", type=Path, required=True, help="file to write (.bin)")
    command.add_argument("--recipe", type=Path, default=RECIPES / "base.toml", help="its [weights] are used")
    command.add_argument("--list", type=Path, default=WORD_LIST, help="lines `word frequency`, plain or .xz")
    command.add_argument(
        "--entries", type=int, nargs=2, default=(1_600_000, 2_200_000), help="bigrams, trigrams to keep"
    )
    command.set_defaults(run=_words)


def _add_word_pairs(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    command = commands.add_parser(
        "word-pairs",
        help="shards to the associations of words that stand apart",
        description="Count which words stand together in a clause, two to twelve words apart, and add the "
        "pairs met most to a file of words, which the engine ranks texts by again.",
    )
    command.add_argument("--data", type=Path, required=True, help="folder that `prepare` wrote")
    command.add_argument("--words", type=Path, required=True, help="file that `words` wrote")
    command.add_argument("--output", type=Path, required=True, help="file to write (.bin)")
    command.add_argument("--recipe", type=Path, default=RECIPES / "base.toml", help="its [weights] are used")
    command.add_argument("--list", type=Path, default=WORD_LIST, help="lines `word frequency`, plain or .xz")
    command.add_argument("--entries", type=int, default=2_000_000, help="pairs to keep")
    command.set_defaults(run=_word_pairs)


def _word_pairs(options: argparse.Namespace) -> None:
    from training.ngram.word_pairs import make_word_pairs
    from training.pretraining.recipe import load_recipe

    weights = load_recipe(options.recipe).weights
    make_word_pairs(options.data, options.words, options.output, options.list, weights, options.entries)


def _words(options: argparse.Namespace) -> None:
    from training.ngram.words import make_words
    from training.pretraining.recipe import load_recipe

    weights = load_recipe(options.recipe).weights
    make_words(options.data, options.output, options.list, weights, tuple(options.entries))


def _ngram(options: argparse.Namespace) -> None:
    from training.ngram.readings import make_ngram
    from training.pretraining.recipe import load_recipe

    weights = load_recipe(options.recipe).weights
    minimum, entries = tuple(options.minimum), tuple(options.entries)
    make_ngram(options.data, options.output, weights, minimum, entries, options.lexicon)
