"""Turn a user's phrases into a bundle that knows them, with the figures that say whether it is better.

The order of the steps is here; the steps are in other modules. Nothing is written but the bundle, into a
folder that it is given.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Final

import numpy as np

from engine.evaluation.cases import Case, read_set
from engine.model.bundle import Bundle
from training.export.bundle_import import restore
from training.export.bundle_patch import rewrite
from training.finetuning.acceptance import AcceptanceResult, LaterDays, Measurement, cases_of_text
from training.finetuning.fine_tuner import FineTuning, FineTuningStep
from training.finetuning.fine_tuning_data import REPLAY_LENGTH, Lessons, Split, context_reader, split_by_time
from training.finetuning.generative_replay import write_text
from training.finetuning.progress import Progress
from training.model.adaptation import blend
from training.model.decoder import DecoderModel
from training.model.trained import Trained

GENERAL_TEXTS: Final[int] = 256  # of which the cases for general accuracy are cut
GENERAL_TEMPERATURE: Final[float] = 0.7  # nearer to what people write than the whole distribution
# Ways from the original's weights to the tuned ones', the next tried where general text lost too much.
SHARES: Final[tuple[float, ...]] = (1.0, 0.6, 0.35)
CASE_SECONDS: Final[float] = 0.04  # a case through the search, for the first estimate of the time left
STEP_SECONDS: Final[float] = 0.8


@dataclass(frozen=True)
class Request:
    """The request for a retraining.

    `base`: the bundle to start from; `in_use`: the one to beat; `held_out`: share of the phrases, the last
    ones, that are judged by and not learnt from; `sets`: files of cases for general accuracy, instead of
    cases that the base writes itself; `limit`: of each; `data`: prepared text to rehearse, instead of text
    that the base writes itself; `judged`, `general`: most cases.
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


def retrain(
    request: Request, cases: Sequence[Case], folder: Path, name: str, progress: Progress
) -> AcceptanceResult:
    """Fine-tune on `cases`, oldest first; the new bundle is in `folder`, whatever the verdict."""
    split = split_by_time(cases, request.held_out)
    progress.step("read", 0, 1)
    base, trained = Bundle.load(request.base), restore(request.base)
    later = LaterDays(
        (*split.learnt, *split.validation), split.judged, spread(len(split.judged), request.judged)
    )
    progress.step("replay", 0, 1)
    general = general_cases(request, trained)
    lessons = Lessons.of(request.settings, split, trained, context_reader(base), request.data)
    progress.expected["measure"] = 2 * CASE_SECONDS * (len(later.asked) + len(general))
    tuned, losses = _tuned_decoder(lessons, trained, progress)
    measurement = Measurement(request.base, request.in_use, later, general, progress)
    for share in SHARES:
        provenance = base.manifest.provenance | {"fine_tuning": _provenance(request, base, split, share)}
        blended = replace(trained, decoder=blend(trained.decoder, tuned, share))
        rewrite(base, blended, folder, name, provenance)
        if measurement.general_loss(folder) <= request.allowed_loss:
            break
    return measurement.result((losses[0], min(losses)), request.allowed_loss)


def _tuned_decoder(
    lessons: Lessons, trained: Trained, progress: Progress
) -> tuple[DecoderModel, list[float]]:
    """Return the decoder, and its losses in nats a held-out token, the first before training."""
    tuner = lessons.decoder_tuner(trained.decoder)
    progress.expected["train"] = lessons.settings.epochs * tuner.epoch_steps * STEP_SECONDS
    losses: list[float] = []

    def say(step: FineTuningStep) -> None:
        held_out = {} if step.held_out_loss is None else {"held_out_loss": step.held_out_loss}
        losses.extend(held_out.values())
        progress.step("train", step.step, step.steps, loss=step.loss, **held_out)

    return tuner.run(say).cpu(), losses


def spread(n_case: int, most: int) -> list[int]:
    """Return the places of at most `most` of the cases, evenly spread."""
    places = np.linspace(0, n_case - 1, min(most, n_case)).round().astype(int)
    return np.unique(places).tolist()


def general_cases(request: Request, trained: Trained) -> list[Case]:
    """Return cases for general accuracy: those of the sets without context, else what the base writes."""
    if request.sets:
        return [case.alone for path in request.sets for case in read_set(path, request.limit)]
    seed, length = request.settings.seed + 1000, min(REPLAY_LENGTH, trained.decoder.config.block_size - 1)
    texts = write_text(trained.decoder, GENERAL_TEXTS, length, seed, GENERAL_TEMPERATURE)
    return cases_of_text(texts, trained.vocabulary, request.general)


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
