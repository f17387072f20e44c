"""Run `python -m training shrink`: smaller decoders, and what they cost in accuracy."""

from __future__ import annotations

import argparse
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from engine.commands.arguments import positive

if TYPE_CHECKING:
    from training.experiments.distillation import DistillationConfig
    from training.model.trained import Trained

DESCRIPTION = """\
Make smaller decoders and compare them. A model is the folder of a bundle or RUN/model.pt; what is made
is a model.pt to export like any other.

  python -m training shrink prune MODEL --data DATA --layers 3 --heads 3 --inner 768 --steps 200 \\
       --output P/model.pt
  python -m training shrink distil TEACHER --data DATA --recipe small.toml --steps 2000 --output D/model.pt
  python -m training shrink table MODEL P/model.pt D/model.pt --sets dev/*.jsonl --limit 40 --output table
"""


def add_parser(commands: Any, recipe: Path) -> None:
    """Add the command to the subparsers of `python -m training`; `recipe`: the usual one."""
    command = commands.add_parser(
        "shrink",
        help="prune, distil, quantise; the table of it",
        description=DESCRIPTION,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parts = command.add_subparsers(required=True, metavar="WHAT")
    _add_prune(parts)
    _add_distil(parts, recipe)
    _add_table(parts)


def _add_prune(parts: Any) -> None:
    part = parts.add_parser("prune", help="fewer layers, heads, inner channels; healed by some steps")
    part.add_argument("model", type=Path, help="what to prune")
    part.add_argument("--layers", type=positive, help="layers that stay (default: all)")
    part.add_argument("--heads", type=positive, help="heads a layer that stay (default: all)")
    part.add_argument("--inner", type=positive, help="inner channels a layer that stay (default: all)")
    _add_teaching(part, steps=200)
    part.add_argument(
        "--alone", action="store_true", help="heal on the text alone, without the whole model as teacher"
    )
    part.set_defaults(run=_prune)


def _add_distil(parts: Any, recipe: Path) -> None:
    part = parts.add_parser("distil", help="a small decoder learns from a larger one")
    part.add_argument("teacher", type=Path, help="the larger one")
    part.add_argument("--recipe", type=Path, default=recipe, help="its [model], [weights]")
    part.add_argument("--set", action="append", default=[], metavar="SECTION.KEY=VALUE", dest="overrides")
    part.add_argument("--alone", action="store_true", help="the same student without the teacher")
    _add_teaching(part, steps=1000)
    part.set_defaults(run=_distil)


def _add_teaching(part: argparse.ArgumentParser, steps: int) -> None:
    part.add_argument("--data", type=Path, required=True, help="folder that `prepare` wrote")
    part.add_argument("--output", type=Path, required=True, help="the model.pt to write")
    part.add_argument("--steps", type=int, default=steps, help=f"steps of learning ({steps}); 0: none")
    part.add_argument("--batch", type=positive, default=64, help="windows a step (64)")
    part.add_argument("--mix", type=float, default=0.7, help="the teacher's share of the loss (0.7)")
    part.add_argument("--rate", type=float, default=1.0, help="multiplies the learning rates (1)")


def _add_table(parts: Any) -> None:
    part = parts.add_parser("table", help="accuracy against size against delay, and the picture of it")
    part.add_argument("models", type=Path, nargs="+", help="bundles or model.pt")
    part.add_argument("--sets", type=Path, nargs="+", required=True, help="files of cases (JSON lines)")
    part.add_argument("--limit", type=positive, default=40, help="cases of each set (40)")
    part.add_argument("--forms", nargs="+", metavar="FORM", help="fp32, 'int8 by row', ... (default: all)")
    part.add_argument("--ngram", type=Path, help="mix this n-gram in")
    part.add_argument(
        "--output", type=Path, required=True, help="folder for shrink.md, shrink.svg, rows.jsonl"
    )
    part.set_defaults(run=_table)


def save_decoder(trained: Trained, path: Path) -> None:
    """Save a decoder as `train` saves its averaged weights, for export."""
    from training.model.trained import save_model

    config, weights = trained.decoder.config, dict(trained.decoder.named_parameters())
    save_model(path, config, weights, trained.vocabulary, trained.progress, trained.recipe)


def _prune(options: argparse.Namespace) -> None:
    from training.corpus.shards import Shards
    from training.experiments.pruning import loss_of, prune
    from training.export.bundle_import import load_weights
    from training.model.losses import validation_batches

    whole = load_weights(options.model)
    config = whole.decoder.config
    shards = Shards(options.data, "valid", whole.vocabulary, config.block_size)
    batches = validation_batches(shards, config.block_size)["all"][:4]
    shape = (
        options.layers or config.n_layer,
        options.heads or config.n_head,
        options.inner or config.inner_width,
    )
    print(f"whole:  {loss_of(whole.decoder, batches):.4f} nats a token, {_millions(whole):.2f} M parameters")
    pruned = prune(whole, batches, *shape)
    print(
        f"pruned: {loss_of(pruned.decoder, batches):.4f} nats a token, {_millions(pruned):.2f} M parameters"
    )
    if options.steps:
        _teach(pruned, None if options.alone else whole, options)
        print(f"healed: {loss_of(pruned.decoder, batches):.4f} nats a token, {options.steps} steps")
    save_decoder(pruned, options.output)


def _distil(options: argparse.Namespace) -> None:
    import torch

    from training.corpus.shards import Shards
    from training.experiments.pruning import loss_of
    from training.export.bundle_import import load_weights
    from training.model.decoder import DecoderModel
    from training.model.losses import validation_batches
    from training.model.trained import Trained
    from training.pretraining.recipe import load_recipe

    teacher = load_weights(options.teacher)
    recipe = load_recipe(options.recipe, tuple(options.overrides))
    torch.manual_seed(recipe.training.seed)
    student = DecoderModel(recipe.model, teacher.vocabulary)
    block_size = recipe.model.block_size
    counts = Shards(options.data, "train", teacher.vocabulary, block_size).counts(len(teacher.vocabulary))
    student.set_priors(torch.from_numpy(counts))
    trained = Trained(student, teacher.vocabulary, {"steps": options.steps}, asdict(recipe))
    shards = Shards(options.data, "valid", teacher.vocabulary, block_size)
    batches = validation_batches(shards, block_size)["all"][:4]
    before = loss_of(teacher.decoder, batches)
    print(f"teacher: {before:.4f} nats a token, {_millions(teacher):.2f} M parameters")
    _teach(trained, None if options.alone else teacher, options)
    print(f"student: {loss_of(student, batches):.4f} nats a token, {_millions(trained):.2f} M parameters")
    save_decoder(trained, options.output)


def _teach(student: Trained, teacher: Trained | None, options: argparse.Namespace) -> None:
    from training.corpus.shards import Shards, WindowSampler
    from training.experiments.distillation import teach

    block_size = student.decoder.config.block_size
    shards = Shards(options.data, "train", student.vocabulary, block_size)
    sampler = WindowSampler(shards, block_size, student.recipe.get("weights", {}), seed=3)
    teach(student.decoder, teacher.decoder if teacher else None, sampler, _teaching(options))


def _teaching(options: argparse.Namespace) -> DistillationConfig:
    from training.errors import WorkshopError
    from training.experiments.distillation import DistillationConfig

    if not 0 <= options.mix <= 1 or options.rate <= 0 or options.steps < 0:
        raise WorkshopError("expected --mix from 0 to 1, --rate above 0 and --steps of 0 or more")
    usual = DistillationConfig()
    return DistillationConfig(
        steps=options.steps,
        batch_size=options.batch,
        mix=options.mix,
        matrix_rate=usual.matrix_rate * options.rate,
        other_rate=usual.other_rate * options.rate,
    )


def _millions(trained: Trained) -> float:
    return sum(parameter.numel() for parameter in trained.decoder.parameters()) / 1e6


def _table(options: argparse.Namespace) -> None:
    from engine.evaluation.cases import read_set
    from training.errors import WorkshopError
    from training.evaluation.case_outcomes import JudgedModel
    from training.experiments.onnx_variants import FORMS
    from training.experiments.shrink_table import TableRows, markdown, measure_variants, plot
    from training.export.bundle_import import load_weights

    forms = options.forms or FORMS
    if unknown := set(forms) - set(FORMS):
        raise WorkshopError(f"unknown form {min(unknown)!r}: expected {', '.join(map(repr, FORMS))}")
    cases = [case.alone for path in options.sets for case in read_set(path, options.limit)]
    kept = TableRows(options.output / "rows.jsonl", cases, options.ngram)
    rows = []
    for path in options.models:
        model = JudgedModel(path)
        missing = [form for form in forms if form not in kept.read(model)]
        if missing:
            kept.add(model, measure_variants(model.name, load_weights(path), missing, cases, options.ngram))
        known = kept.read(model)
        rows += [known[form] for form in forms]
    text = markdown(rows, len(cases))
    (options.output / "shrink.md").write_text(text, encoding="utf-8")
    plot(rows, options.output / "shrink.svg")
    print(text, end="")
