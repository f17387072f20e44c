"""Define the command `export`: a checkpoint to a bundle.

The module that does the work is imported when its command runs, so that `--help` needs no torch.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from engine.model.bundle import Bundle
from training.errors import WorkshopError


def add_parsers(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command of this group."""
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
    command.add_argument("--words", type=Path, help="file of the n-gram of words to ship in the bundle")
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
    from engine.model.ngram import NgramModel
    from engine.model.ngram_file import LEVELS
    from training.evaluation.evaluate import parity
    from training.evaluation.onnx_parity import parity_report, write_report
    from training.export.bundle_export import export, graphs, sources_of, with_parts
    from training.export.bundle_import import load_weights
    from training.ngram.interpolation import fit_weights, with_weights

    is_bundle = options.model.is_dir()
    trained = load_weights(options.model)
    sources = sources_of(options.data) if options.data else []
    packed = with_weights(options.ngram) if options.ngram else None
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
    words = options.words.read_bytes() if options.words else None
    made = None
    if is_bundle:
        with_parts(Bundle.load(options.model), options.output, options.name, packed, words)
    else:
        made = graphs(trained.decoder)
        export(trained, options.output, options.name, packed, sources, True, made, words)
    if options.sets:
        shipped = Bundle.load(options.output).ngram_path
        rows, n_case = parity(trained, options.sets, options.limit, shipped, made)
        write_report(options.model.with_name("parity.md"), rows, n_case)
        print(parity_report(rows, n_case))
