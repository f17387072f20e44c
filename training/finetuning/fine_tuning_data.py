"""Make what retraining learns from: a user's phrases beside general text."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import torch

from engine.error_kinds import Kind
from engine.errors import says
from engine.evaluation.cases import Case
from engine.lexicon.lexicon import Lexicon
from engine.lexicon.text_tokenizer import TextTokenizer
from engine.lexicon.vocabulary import Vocabulary
from engine.model.bundle import Bundle
from engine.model.ngram import NgramModel
from engine.protocol import LEAST_PHRASES
from engine.resource_check import require_whole
from resources import LEXICON
from training.corpus.shards import Shards, WindowSampler
from training.errors import WorkshopError
from training.finetuning.fine_tuner import FineTuner, FineTuning
from training.finetuning.generative_replay import Texts, write_text
from training.finetuning.objectives import TunedDecoder
from training.finetuning.phrase_windows import SURROUNDING, ReadContext, chains_of, single_phrase_window
from training.model.decoder import DecoderModel
from training.model.trained import Trained

VALIDATION_SHARE: Final[float] = 0.1  # of what is learnt from: says when to stop
REPLAY_TEXTS, REPLAY_LENGTH = 256, 64  # generated texts and their tokens


class RetrainingError(WorkshopError):
    """Phrases that are too few to learn from and to judge by."""


@dataclass(frozen=True)
class Split:
    """Phrases in the order of time: to learn from, to know when to stop, and to judge by."""

    learnt: Sequence[Case]
    validation: Sequence[Case]
    judged: Sequence[Case]


def split_by_time(cases: Sequence[Case], held_out: float) -> Split:
    """Split the cases; the last `held_out` are judged by. Raises RetrainingError if there are too few."""
    if len(cases) < LEAST_PHRASES:
        raise RetrainingError(says(Kind.TOO_FEW_PHRASES, expected=LEAST_PHRASES, found=len(cases)))
    rest = len(cases) - max(1, round(len(cases) * held_out))
    stop = rest - max(1, round(rest * VALIDATION_SHARE))
    return Split(cases[:stop], cases[stop:rest], cases[rest:])


def context_reader(bundle: Bundle) -> ReadContext:
    """Return the engine's reading of the text before the caret.

    Raises ResourceError, LexiconError, NgramError.
    """
    prior = NgramModel.load(bundle.ngram_path).unigrams if bundle.ngram_path else None
    require_whole(LEXICON)
    reader = TextTokenizer(bundle.vocabulary, Lexicon.load(LEXICON, bundle.vocabulary), prior)
    return lambda text: reader.tokens(text, SURROUNDING)


@dataclass(frozen=True)
class Lessons:
    """The data to learn from; `general` is text of all kinds, of which a source counts by its weight."""

    settings: FineTuning
    split: Split
    vocabulary: Vocabulary
    read: ReadContext
    general: Shards
    weights: dict[str, float]
    device: torch.device

    @classmethod
    def of(
        cls, settings: FineTuning, split: Split, trained: Trained, read: ReadContext, data: Path | None
    ) -> Lessons:
        """Build the lessons; general text is prepared text, or the decoder's own. Raises ShardError."""
        vocabulary, block_size = trained.vocabulary, trained.decoder.config.block_size
        device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
        if data:
            shards = Shards(data, "train", vocabulary, block_size)
            weights = trained.recipe.get("weights", {})
        else:
            length = min(REPLAY_LENGTH, block_size - 1)
            shards, weights = Texts(write_text(trained.decoder, REPLAY_TEXTS, length, settings.seed)), {}
        return cls(settings, split, vocabulary, read, shards, weights, device)

    def decoder_tuner(self, decoder: DecoderModel) -> FineTuner:
        """Return the tuner of the decoder. Raises RetrainingError if no phrase can be read."""
        block_size = decoder.config.block_size
        chains = chains_of(self.split.learnt, self.vocabulary, self.read)
        validation = single_phrase_window(self.split.validation, self.vocabulary, self.read, block_size)
        if not chains or not len(validation.inputs):
            raise RetrainingError(says(Kind.NO_KNOWN_READINGS))
        settings = self.settings
        tuned = TunedDecoder(decoder, settings.adaptation, chains, self.device, settings.seed)
        general = WindowSampler(self.general, block_size, self.weights, seed=settings.seed)
        return FineTuner(tuned, settings, validation, general)
