"""A user's phrases to a bundle that knows them, and the figures that say whether it is better.

Knows the order of the steps; the steps are other modules'. Writes nothing but the bundle, into a
folder that it is given.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Final

import numpy as np
import torch

from engine.accuracy import read_set
from engine.bundle import Bundle
from engine.lexicon import Lexicon
from engine.ngram import NgramModel
from engine.surrounding import SurroundingReader
from engine.typist import Case
from resources import LEXICON
from training.adapt import blend
from training.data import Shards, WindowSampler
from training.errors import WorkshopError
from training.export import Trained
from training.finetune import FineTuner, FineTuning, Step
from training.judge import LaterDays, Measurement, Result, cases_of_text
from training.progress import Progress
from training.replay import Texts, write_text
from training.restore import restore
from training.rewrite import rewrite
from training.segments import SURROUNDING, ReadContext, alone, chains_of

LEAST_PHRASES: Final[int] = 60
VALIDATION_SHARE: Final[float] = 0.1  # of what is learnt from: says when to stop
REPLAY_TEXTS, REPLAY_LENGTH = 256, 64  # generated texts and their tokens
GENERAL_TEXTS: Final[int] = 256  # of which the cases for general accuracy are cut
GENERAL_TEMPERATURE: Final[float] = 0.7  # nearer to what people write than the whole distribution
# Ways from the original's weights to the tuned ones', the next tried where general text lost too much.
SHARES: Final[tuple[float, ...]] = (1.0, 0.6, 0.35)
CASE_SECONDS: Final[float] = 0.04  # a case through the search, for the first estimate of the time left
STEP_SECONDS: Final[float] = 0.8


class RetrainingError(WorkshopError):
    """Phrases that are too few to learn from and to judge by."""


@dataclass(frozen=True)
class Request:
    """What is asked for.

    `base`: the bundle to start from; `in_use`: the one to beat; `held_out`: share of the phrases,
    the last ones, that are judged by and not learnt from; `sets`: files of cases for general
    accuracy, instead of cases that the base writes itself; `limit`: of each; `data`: prepared text
    to rehearse, instead of text that the base writes itself; `judged`, `general`: most cases.
    """

    base: Path
    in_use: Path
    settings: FineTuning = field(default_factory=FineTuning)
    held_out: float = 0.2
    allowed_loss: float = 0.3
    sets: tuple[Path, ...] = ()
    limit: int | None = None
    data: Path | None = None
    judged: int = 400
    general: int = 400


@dataclass(frozen=True)
class Split:
    """Phrases in the order of time: to learn from, to know when to stop, and to judge by."""

    learnt: Sequence[Case]
    validation: Sequence[Case]
    judged: Sequence[Case]


def split_by_time(cases: Sequence[Case], held_out: float) -> Split:
    """The last `held_out` of the cases are judged by. Raises RetrainingError where there are too few."""
    if len(cases) < LEAST_PHRASES:
        raise RetrainingError(
            f"retraining needs at least {LEAST_PHRASES} phrases, found {len(cases)}; type some more first"
        )
    rest = len(cases) - max(1, round(len(cases) * held_out))
    stop = rest - max(1, round(rest * VALIDATION_SHARE))
    return Split(cases[:stop], cases[stop:rest], cases[rest:])


def retrain(request: Request, cases: Sequence[Case], folder: Path, name: str, progress: Progress) -> Result:
    """Fine-tune on `cases`, oldest first; the new bundle is in `folder`, whatever the verdict."""
    split = split_by_time(cases, request.held_out)
    progress.step("read", 0, 1)
    base, trained = Bundle.load(request.base), restore(request.base)
    later = LaterDays(
        (*split.learnt, *split.validation), split.judged, spread(len(split.judged), request.judged)
    )
    progress.step("replay", 0, 1)
    general, replay = general_cases(request, trained), _replay(request, trained)
    tuner = _tuner(request, trained, split, replay, context_reader(base))
    train = request.settings.epochs * tuner.epoch_steps * STEP_SECONDS
    progress.expected |= {"train": train, "measure": 2 * CASE_SECONDS * (len(later.asked) + len(general))}
    losses: list[float] = []

    def say(step: Step) -> None:
        held_out = {} if step.held_out_loss is None else {"held_out_loss": step.held_out_loss}
        losses.extend(held_out.values())
        progress.step("train", step.step, step.steps, loss=step.loss, **held_out)

    tuned = tuner.run(say)
    measurement = Measurement(request.base, request.in_use, later, general, progress)
    for share in SHARES:
        provenance = base.manifest.provenance | {"fine_tuning": _provenance(request, base, split, share)}
        rewrite(
            base, replace(trained, decoder=blend(trained.decoder, tuned, share)), folder, name, provenance
        )
        if measurement.general_loss(folder) <= request.allowed_loss:
            break
    return measurement.result((losses[0], min(losses)), request.allowed_loss)


def context_reader(bundle: Bundle) -> ReadContext:
    """The engine's reading of the text before the caret. Raises LexiconError, NgramError."""
    prior = NgramModel.load(bundle.ngram_path).unigrams if bundle.ngram_path else None
    reader = SurroundingReader(bundle.vocabulary, Lexicon.load(LEXICON, bundle.vocabulary), prior)
    return lambda text: reader.tokens(text, SURROUNDING)


def spread(n_case: int, most: int) -> list[int]:
    """Places of at most `most` of the cases, evenly spread."""
    places = np.linspace(0, n_case - 1, min(most, n_case)).round().astype(int)
    return np.unique(places).tolist()


def general_cases(request: Request, trained: Trained) -> list[Case]:
    """Cases for general accuracy: those of the sets without context, else what the base writes itself."""
    if request.sets:
        return [replace(case, context="") for path in request.sets for case in read_set(path, request.limit)]
    seed = request.settings.seed + 1000
    texts = write_text(trained.decoder, GENERAL_TEXTS, _length(trained), seed, GENERAL_TEMPERATURE)
    return cases_of_text(texts, trained.vocabulary, request.general)


def _length(trained: Trained) -> int:
    return min(REPLAY_LENGTH, trained.decoder.config.block_size - 1)


def _replay(request: Request, trained: Trained) -> WindowSampler:
    seed, block_size = request.settings.seed, trained.decoder.config.block_size
    if request.data:
        shards = Shards(request.data, "train", trained.vocabulary, block_size)
        return WindowSampler(shards, block_size, trained.recipe.get("weights", {}), seed=seed)
    texts = write_text(trained.decoder, REPLAY_TEXTS, _length(trained), seed)
    return WindowSampler(Texts(texts), block_size, {}, seed=seed)


def _tuner(
    request: Request, trained: Trained, split: Split, replay: WindowSampler, read: ReadContext
) -> FineTuner:
    vocabulary, block_size = trained.vocabulary, trained.decoder.config.block_size
    chains = chains_of(split.learnt, vocabulary, read)
    validation = alone(split.validation, vocabulary, read, block_size)
    if not chains or not len(validation.inputs):
        raise RetrainingError("the phrases have no readings of the model's vocabulary")
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    return FineTuner(trained.decoder, request.settings, chains, validation, replay, device)


def _provenance(request: Request, base: Bundle, split: Split, share: float) -> dict[str, Any]:
    settings = request.settings
    return {
        "base": base.name,
        "mode": settings.adaptation.mode,
        "seed": settings.seed,
        "share": share,
        "phrases": len(split.learnt),
        "phrases_held_out": len(split.validation) + len(split.judged),
    }
