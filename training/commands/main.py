"""The one entry point of the workshop: arguments in, one call of the module that does the work.

Imports a command's module only when that command runs, so `--help` needs no torch and no pypinyin.
An error of the user's or of a file is one sentence on stderr and the status 2.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from engine.evaluation.cases import CaseError
from engine.lexicon.vocabulary import VocabularyError
from engine.lexicon.word_arrays import LexiconError
from engine.model.bundle import Bundle
from engine.model.manifest import BundleError
from engine.model.ngram import NgramError
from engine.storage.errors import StoreError
from resources import CHARACTERS, LEXICON, MODEL
from training.commands import finetune as finetune_command
from training.errors import WorkshopError
from training.evaluation import report
from training.experiments import ranker_command
from training.experiments import shrink_command as shrink

RECIPES = Path(__file__).parents[1] / "recipes"
USER_ERRORS = (
    WorkshopError,
    BundleError,
    CaseError,
    LexiconError,
    NgramError,
    StoreError,
    VocabularyError,
    OSError,
    UnicodeDecodeError,
)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; returns the exit status."""
    options = _parser().parse_args(arguments)
    try:
        return int(options.run(options) or 0)
    except USER_ERRORS as error:
        print(f"{type(error).__name__}: {error}", file=sys.stderr)
        return 2


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m training", description="Make a decoder for Moyin.")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    _add_prepare(commands)
    _add_train(commands)
    _add_ngram(commands)
    _add_evaluate(commands)
    _add_export(commands)
    _add_lexicon(commands)
    _add_english(commands)
    _add_clauses(commands)
    _add_cases(commands)
    _add_curve(commands)
    report.add_parser(commands)
    shrink.add_parser(commands, RECIPES / "base.toml")
    _add_symbols(commands)
    finetune_command.add_parser(commands)
    finetune_command.add_benchmark(commands)
    ranker_command.add_parser(commands)
    return parser


def _add_prepare(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    command = commands.add_parser(
        "prepare",
        help="text to shards of reading ids",
        description="Annotate a folder of .txt, .txt.xz or .txt.zst files (UTF-8, one paragraph a line) with "
        "pinyin, build the vocabulary and write memory-mapped shards. Sources already annotated are kept.",
    )
    command.add_argument("--input", type=Path, required=True, help="folder of text files; a file is a source")
    command.add_argument("--output", type=Path, required=True, help="folder for codes, vocabulary and shards")
    command.add_argument("--characters", type=Path, default=CHARACTERS, help="readings to have in any case")
    command.add_argument("--vocabulary", type=Path, help="use this vocabulary.tsv instead of building one")
    command.add_argument("--minimum", type=int, default=30, help="keep other readings seen this often")
    command.add_argument("--workers", type=int, default=2, help="processes that annotate")
    command.set_defaults(run=_prepare)


def _prepare(options: argparse.Namespace) -> None:
    from training.corpus.prepare import prepare

    prepare(
        options.input,
        options.output,
        options.characters,
        options.vocabulary,
        options.workers,
        options.minimum,
    )


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
        description="Count n-grams of readings in all shards and write the n-gram file of a bundle. Holds "
        "one key of 8 bytes a token of text in memory, several times over.",
    )
    command.add_argument("--data", type=Path, required=True, help="folder that `prepare` wrote")
    command.add_argument("--output", type=Path, required=True, help="file to write (.npz)")
    command.add_argument("--recipe", type=Path, default=RECIPES / "base.toml", help="its [weights] are used")
    command.add_argument(
        "--minimum", type=int, nargs=3, default=(2, 2, 2), help="least count of bi-, tri- and four-grams"
    )
    command.add_argument(
        "--entries", type=int, nargs=3, default=(1_200_000, 3_450_000, 3_450_000), help="how many are kept"
    )
    command.add_argument("--lexicon", type=Path, default=LEXICON, help="words to count in as well")
    command.set_defaults(run=_ngram)


def _ngram(options: argparse.Namespace) -> None:
    from training.ngram.kneser_ney import make_ngram
    from training.pretraining.recipe import load_recipe

    weights = load_recipe(options.recipe).weights
    minimum, entries = tuple(options.minimum), tuple(options.entries)
    make_ngram(options.data, options.output, weights, minimum, entries, options.lexicon)


def _add_evaluate(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    command = commands.add_parser(
        "evaluate",
        help="accuracy and held-out loss of a checkpoint or a bundle",
        description="Type the cases of the sets as joined letters into the engine's search and count what "
        "comes first (--sets); give the loss of a checkpoint on held-out text by source (--data).",
    )
    command.add_argument("model", type=Path, help="RUN/model.pt, or the folder of a bundle")
    command.add_argument("--sets", type=Path, nargs="*", default=[], help="files of cases (JSON lines)")
    command.add_argument("--limit", type=int, help="the first so many cases of each set")
    command.add_argument("--ngram", type=Path, help="mix this n-gram with a checkpoint")
    command.add_argument("--data", type=Path, help="folder that `prepare` wrote; only for a checkpoint")
    command.set_defaults(run=_evaluate)


def _evaluate(options: argparse.Namespace) -> None:
    from training.evaluation.evaluate import evaluate_sets, held_out_loss
    from training.model.trained import load_trained

    if not options.sets and not options.data:
        raise WorkshopError("nothing to evaluate: name case files with --sets, prepared text with --data")
    if not options.model.exists():
        raise FileNotFoundError(f"{options.model} is missing: expected RUN/model.pt or a bundle's folder")
    if options.data and options.model.is_dir():
        raise WorkshopError("--data needs the weights of a checkpoint: give RUN/model.pt, not a bundle")
    if options.sets:
        print(evaluate_sets(options.model, options.sets, options.limit, options.ngram))
    if options.data:
        for source, loss in held_out_loss(load_trained(options.model), options.data).items():
            print(f"{loss:8.4f} nats a token  {source}")


def _add_export(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    command = commands.add_parser(
        "export",
        help="checkpoint to bundle, with a parity report",
        description="Write the bundle that the engine loads: ONNX in int8 by row, head, vocabulary, n-gram, "
        "manifest; and parity.md beside the checkpoint, from the cases of --sets.",
    )
    command.add_argument("model", type=Path, help="RUN/model.pt, or a bundle whose decoder is taken as it is")
    command.add_argument("--output", type=Path, required=True, help="folder of the bundle")
    command.add_argument("--name", required=True, help="what the window shows")
    command.add_argument("--ngram", type=Path, help="n-gram file to ship in the bundle")
    command.add_argument("--encoder", type=Path, help="RUN/model.pt of the encoder for its second pass")
    command.add_argument(
        "--data",
        type=Path,
        help="folder that `prepare` wrote: its sources are named, and its held-out text says how much of the "
        "n-gram is mixed in",
    )
    command.add_argument(
        "--share", type=_share, help="of the n-gram in the mix, 0 to 1, instead of what fits held-out text"
    )
    command.add_argument("--sets", type=Path, nargs="*", default=[], help="cases for the parity report")
    command.add_argument("--limit", type=int, default=200, help="cases of each set in the parity report")
    command.set_defaults(run=_export)


def _share(text: str) -> float:
    share = float(text)
    if not 0 <= share <= 1:
        raise argparse.ArgumentTypeError(f"a share lies between 0 and 1, not at {text}")
    return share


def _export(options: argparse.Namespace) -> None:
    from engine.model.ngram import LEVELS, NgramModel
    from training.evaluation.evaluate import parity
    from training.evaluation.onnx_parity import report, write_report
    from training.export.bundle_export import export, graphs, sources_of, with_parts
    from training.export.bundle_import import restore
    from training.model.trained import load_encoder, load_trained
    from training.ngram.interpolation import fit_weights, with_weights

    is_bundle = options.model.is_dir()
    trained = restore(options.model) if is_bundle else load_trained(options.model)
    encoder = load_encoder(options.encoder) if options.encoder else None
    sources = sources_of(options.data) if options.data else []
    packed = options.ngram.read_bytes() if options.ngram else None
    if options.share is not None and not options.ngram:
        raise WorkshopError("--share is the share of an n-gram: name its file with --ngram")
    if options.ngram and (options.data or options.share is not None):
        ngram = NgramModel.load(options.ngram)
        weights = (
            [options.share] * LEVELS
            if options.share is not None
            else fit_weights(trained, ngram, options.data, trained.recipe["weights"])
        )
        print(f"share of the n-gram: {weights[0]:.3f}")
        packed = with_weights(options.ngram, weights)
    made = None
    if is_bundle:
        with_parts(Bundle.load(options.model), options.output, options.name, packed, encoder)
    else:
        made = graphs(trained.decoder)
        export(trained, options.output, options.name, packed, sources, encoder=encoder, made=made)
    if options.sets:
        shipped = Bundle.load(options.output).ngram_path
        rows, n_case = parity(trained, options.sets, options.limit, shipped, made)
        write_report(options.model.with_name("parity.md"), rows, n_case)
        print(report(rows, n_case))


def _add_clauses(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    command = commands.add_parser(
        "clauses",
        help="shards to the list of short clauses of resources/",
        description="Count the clauses of two to four hanzi in all shards and write those met often: what "
        "abbreviated inputs are guessed from.",
    )
    command.add_argument("--data", type=Path, required=True, help="folder that `prepare` wrote")
    command.add_argument("--output", type=Path, required=True, help="the clauses.npz to write")
    command.add_argument("--recipe", type=Path, default=RECIPES / "base.toml", help="its [weights] are used")
    command.add_argument("--minimum", type=int, default=3, help="least count of a clause")
    command.set_defaults(run=_clauses)


def _clauses(options: argparse.Namespace) -> None:
    from training.pretraining.recipe import load_recipe
    from training.resource_builders.common_clauses import make_clauses

    make_clauses(options.data, options.output, load_recipe(options.recipe).weights, options.minimum)


def _add_lexicon(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    command = commands.add_parser(
        "lexicon",
        help="open word lists to the lexicon of resources/",
        description="Build resources/lexicon/words.npz from unpacked word lists (AOSP rawdict, "
        "phrase-pinyin-data, THUOCL), with the words' frequencies counted in a folder of text.",
    )
    command.add_argument("--source", type=Path, required=True, help="folder of the unpacked word lists")
    command.add_argument("--output", type=Path, required=True, help="the words.npz to write")
    command.add_argument(
        "--corpus", type=Path, help="folder of text to count words in (.txt, .txt.xz, .txt.zst)"
    )
    command.add_argument("--sample", type=int, default=300_000, help="characters read of each text file")
    command.add_argument("--characters", type=Path, default=CHARACTERS, help="hanzi and their readings")
    command.set_defaults(run=_lexicon)


def _lexicon(options: argparse.Namespace) -> None:
    from training.resource_builders.lexicon import build_symbols

    build_symbols(options)


def _add_cases(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    command = commands.add_parser(
        "cases",
        help="running text to cases for the engine's benchmarks",
        description="Write the clauses of a text in order, with their pinyin and the text before them, as "
        "JSON lines: what `python -m engine benchmark replay` types.",
    )
    command.add_argument("text", type=Path, help=".txt, .txt.xz or .txt.zst, one paragraph a line")
    command.add_argument("--output", type=Path, required=True, help="the .jsonl to write")
    command.add_argument("--limit", type=int, help="write so many cases")
    command.add_argument("--skip", type=int, default=0, help="leave out so many at the beginning")
    command.set_defaults(run=_cases)


def _cases(options: argparse.Namespace) -> None:
    from training.corpus.held_out_cases import write_cases

    print(f"{write_cases(options.text, options.output, options.limit, options.skip)} cases")


def _add_curve(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    command = commands.add_parser(
        "curve",
        help="accuracy of several checkpoints against training tokens, as a picture",
        description="Measure checkpoints that a run left on its way (and bundles) in the shipped search, "
        "each with the n-gram of --bundle, and draw what a doubling of the tokens gives. Points in the "
        "table beside the picture stay.",
    )
    command.add_argument("models", type=Path, nargs="*", help="copies of RUN/model.pt, or folders of bundles")
    command.add_argument("--sets", type=Path, nargs="+", required=True, help="files of cases (JSON lines)")
    command.add_argument("--limit", type=int, help="the first so many cases of each set")
    command.add_argument("--bundle", type=Path, default=MODEL, help="where the n-gram is taken from")
    command.add_argument("--output", type=Path, required=True, help="the picture (.png); the table is .csv")
    command.set_defaults(run=_curve)


def _curve(options: argparse.Namespace) -> None:
    from training.evaluation.learning_curve import draw

    print(draw(options.models, options.sets, options.limit, options.bundle, options.output))


def _add_symbols(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    command = commands.add_parser(
        "symbols",
        help="Unicode's annotations to the emoji and symbols of resources/",
        description="Build resources/symbols/symbols.tsv from the unpacked CLDR annotations (zh.json, "
        "zh_derived.json): each symbol with its name and the words that offer it.",
    )
    command.add_argument("--source", type=Path, required=True, help="folder of the two files")
    command.add_argument("--output", type=Path, required=True, help="the symbols.tsv to write")
    command.set_defaults(run=_symbols)


def _symbols(options: argparse.Namespace) -> None:
    from training.resource_builders.symbols import build_symbols

    build_symbols(options)


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
    command.set_defaults(run=_english)


def _english(options: argparse.Namespace) -> None:
    from training.resource_builders.english_words import build_symbols

    build_symbols(options)
