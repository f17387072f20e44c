"""Train a small decoder on text, and on the distributions of a larger one.

The student's loss is

    (1 - mix) cross-entropy on the text  +  mix * KL(teacher || student)

over both softmaxes, the class's and that of the readings of the syllable that stands there (Hinton, Vinyals &
Dean 2015; distributions as they are, without a temperature: the teacher's doubt among homophones is what the
student should learn). Without a teacher it is training or healing.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor, nn
from tqdm import tqdm

from training.corpus.shards import IGNORED, Batch, WindowSampler
from training.errors import WorkshopError
from training.model.decoder import DecoderModel


class TeachError(WorkshopError):
    """A teacher with other readings than the student."""


@dataclass(frozen=True)
class DistillationConfig:
    """The settings: `mix` is the teacher's share of the loss; rates are those of Muon and AdamW.

    Muon is for the matrices, AdamW for the rest.
    """

    steps: int = 300
    batch_size: int = 64
    mix: float = 0.7
    matrix_rate: float = 0.01
    other_rate: float = 0.002
    seed: int = 5

    def rate(self, step: int) -> float:
        """Return the share of the full rate: a tenth of the steps up, then straight down to nothing."""
        warm = max(1, self.steps // 10)
        return min((step + 1) / warm, (self.steps - step) / max(1, self.steps - warm), 1.0)


def teach(
    student: DecoderModel, teacher: DecoderModel | None, sampler: WindowSampler, teaching: DistillationConfig
) -> list[float]:
    """Train the student in place; returns its loss at each step, in nats a token.

    Raises TeachError where teacher and student have not the same vocabulary.
    """
    if teacher is not None and len(teacher.reading_bias) != len(student.reading_bias):
        raise TeachError("the teacher has another vocabulary than the student")
    optimisers = _optimisers(student, teaching)
    losses = []
    student.train()
    bar = tqdm(range(teaching.steps), desc="teach", unit="step", mininterval=5)
    for step in bar:
        batch = sampler.batch(step, 0, teaching.batch_size)
        loss = _loss(student, teacher, batch, teaching.mix)
        loss.backward()
        nn.utils.clip_grad_norm_(student.parameters(), 1.0)
        for optimiser in optimisers:
            for group in optimiser.param_groups:
                group["lr"] = group["base_rate"] * teaching.rate(step)
            optimiser.step()
            optimiser.zero_grad(set_to_none=True)
        losses.append(float(loss.detach()))
        bar.set_postfix(loss=f"{losses[-1]:.3f}")
    student.eval()
    return losses


def _optimisers(student: DecoderModel, teaching: DistillationConfig) -> list[torch.optim.Optimizer]:
    matrices = [p for p in student.blocks.parameters() if p.ndim == 2]
    chosen = {id(p) for p in matrices}
    others = [p for p in student.parameters() if id(p) not in chosen]
    found: list[torch.optim.Optimizer] = [
        torch.optim.Muon(matrices, lr=teaching.matrix_rate, momentum=0.95, weight_decay=0.0),
        torch.optim.AdamW(others, lr=teaching.other_rate, betas=(0.9, 0.98), weight_decay=0.0, fused=True),
    ]
    for optimiser in found:
        for group in optimiser.param_groups:
            group["base_rate"] = group["lr"]
    return found


@dataclass(frozen=True)
class _View:
    """The output of a decoder at the places that count.

    Class logits (n, n_class), hidden states (n, n_embd), and the output table cut by syllable.
    """

    class_logits: Tensor
    hidden: Tensor
    slices: tuple[Tensor, ...]
    biases: tuple[Tensor, ...]

    @classmethod
    def of(cls, decoder: DecoderModel, batch: Batch) -> _View:
        hidden, table = decoder(torch.from_numpy(batch.inputs), torch.from_numpy(batch.segments))
        kept = torch.from_numpy(batch.targets.reshape(-1) != IGNORED)
        hidden = hidden.flatten(0, 1)[kept]
        sizes = _sizes(decoder)  # one cut of the whole table: its backward is one pass, not one a syllable
        return cls(
            decoder.class_head(hidden),
            hidden,
            table.split(sizes),
            decoder.reading_bias.split(sizes),
        )

    def reading_logits(self, rows: Tensor, piece: int) -> Tensor:
        return self.hidden[rows] @ self.slices[piece].T + self.biases[piece]


def _sizes(decoder: DecoderModel) -> list[int]:
    """Return the sizes of the pieces of the table: the specials, then each syllable's readings."""
    starts = decoder.syllable_starts.tolist()
    return [starts[0], *(end - start for start, end in zip(starts, starts[1:], strict=False))]


def _loss(student: DecoderModel, teacher: DecoderModel | None, batch: Batch, mix: float) -> Tensor:
    """Return nats a token that counts."""
    ours = _View.of(student, batch)
    theirs = None
    if teacher is not None:
        with torch.no_grad():
            theirs = _View.of(teacher, batch)
    targets = torch.from_numpy(batch.targets.reshape(-1))
    targets = targets[targets != IGNORED]
    classes = student.table.classes[targets]
    class_targets = None if theirs is None else theirs.class_logits
    total = _mixed(ours.class_logits, class_targets, classes, mix)
    starts = student.syllable_starts
    pieces = torch.searchsorted(starts.long(), targets, right=True)  # 0: a special token
    for piece in pieces.unique().tolist():
        if piece == 0:
            continue
        rows = torch.nonzero(pieces == piece).squeeze(1)
        reading_targets = None if theirs is None else theirs.reading_logits(rows, piece)
        local = targets[rows] - int(starts[piece - 1])
        total = total + _mixed(ours.reading_logits(rows, piece), reading_targets, local, mix)
    return total / len(targets)


def _mixed(logits: Tensor, teacher_logits: Tensor | None, targets: Tensor, mix: float) -> Tensor:
    """Return the summed loss of one softmax; the teacher's cross-entropy is the KL and a constant."""
    from_text = F.cross_entropy(logits, targets, reduction="sum")
    if teacher_logits is None:
        return from_text
    from_teacher = F.cross_entropy(logits, teacher_logits.softmax(-1), reduction="sum")
    return (1 - mix) * from_text + mix * from_teacher
