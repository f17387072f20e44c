"""Define the pinyin encoder: a transformer that sees all syllables of a text at once, and its training.

The decoder reads from left to right, so later syllables can only choose among the texts that it has kept;
here every hanzi is predicted by the syllables on both sides of it and by the two tokens before it:

    P(hanzi_i | all syllables, known tokens before the text, hanzi_i-1, hanzi_i-2)

A masked place is given by its syllable alone, a known one by its reading. The blocks are the decoder's
without its causal mask; the output table is the decoder's own, frozen, so a bundle holds it once. It is a
tagger of pinyin with two-way attention, joined with a model of what follows what: Xiao et al. 2022, "PERT: a
new solution to pinyin to character conversion task".
"""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from engine.lexicon.vocabulary import Vocabulary
from engine.model.pinyin_encoder import N_BEFORE
from training.corpus.shards import IGNORED, START_ID
from training.model.decoder import (
    Block,
    Blocks,
    DecoderModel,
    ModelConfig,
    attention,
    reading_loss,
    rms_norm,
    rotary,
)


class MarkovStep(nn.Module):
    """A feed-forward part that adds what the tokens before say to the encoder's stream at a place."""

    def __init__(self, config: ModelConfig) -> None:
        super().__init__()
        width = config.n_embd
        self.before = nn.ModuleList(nn.Linear(width, width, bias=False) for _ in range(N_BEFORE))
        self.up = nn.Linear(width, config.inner_width, bias=False)
        self.down = nn.Linear(config.inner_width, width, bias=False)

    def forward(self, x: Tensor, rows: list[Tensor]) -> Tensor:
        """Return the stream, normed. x: (..., n_embd); rows: `N_BEFORE` of that shape, the last token's
        first.
        """
        for product, row in zip(self.before, rows, strict=True):
            x = x + product(row)
        return rms_norm(x + self.down(F.gelu(self.up(rms_norm(x)))))


class EncoderModel(nn.Module):
    """The map from syllables and known tokens to hidden states for a softmax over the output table.

    Ids below n_token are known tokens; n_token + class is a place of which only the syllable is known.
    """

    output: Tensor
    classes: Tensor
    syllable_starts: Tensor

    def __init__(self, config: ModelConfig, vocabulary: Vocabulary) -> None:
        super().__init__()
        self.config = config
        self.vocabulary = vocabulary
        self.n_token = len(vocabulary)
        self.register_buffer("output", torch.zeros(self.n_token, config.n_embd))  # the decoder's, frozen
        self.register_buffer("classes", torch.from_numpy(vocabulary.class_of_token.astype("int64")), False)
        self.register_buffer("syllable_starts", torch.from_numpy(vocabulary.syllable_starts.copy()), False)
        self.by_class = nn.Parameter(torch.randn(vocabulary.n_class, config.n_embd) * 0.02)
        self.masked = nn.Parameter(torch.zeros(config.n_embd))
        self.reading_bias = nn.Parameter(torch.zeros(self.n_token))
        self.gain = nn.Parameter(torch.ones(()))
        self.step = MarkovStep(config)
        self.blocks = Blocks(Block(config) for _ in range(config.n_layer))
        self.apply(self._initialise)
        for block in self.blocks:
            nn.init.zeros_(block.proj.weight)
            nn.init.zeros_(block.down.weight)
        for product in (*self.step.before, self.step.down):
            nn.init.zeros_(product.weight)

    @staticmethod
    def _initialise(module: nn.Module) -> None:
        if isinstance(module, nn.Linear):
            nn.init.normal_(module.weight, std=module.in_features**-0.5)

    @torch.no_grad()
    def begin_from(self, decoder: DecoderModel) -> None:
        """Take over the decoder's output table, for good, and the rest of it to start with."""
        self.output.copy_(decoder.output_table())
        self.by_class.copy_(decoder.table.by_class)
        self.reading_bias.copy_(decoder.reading_bias)
        self.blocks.load_state_dict(decoder.blocks.state_dict())

    def matrices(self) -> list[nn.Parameter]:
        """Return the weights that an optimiser of matrices is for."""
        return [p for part in (self.blocks, self.step) for p in part.parameters() if p.ndim == 2]

    def rows(self) -> Tensor:
        """Return the input rows of known tokens and masked places, (n_token + n_class, n_embd), normed."""
        known = self.output + self.by_class[self.classes]
        return rms_norm(torch.cat((known, self.by_class + self.masked)))

    def encode(self, x: Tensor, mask: Tensor) -> Tensor:
        """Return the stream of rows x, (..., T, n_embd); mask: True where seen, (..., 1, T, T)."""
        cos, sin = rotary(self.config, torch.arange(x.size(-2), device=x.device))
        for block in self.blocks:
            q, k, v = (part.transpose(-2, -3) for part in block.attend(x, cos, sin))
            x = block.finish(x, attention(q, k, v, mask).transpose(-2, -3).flatten(-2))
        return x

    def forward(self, inputs: Tensor, targets: Tensor, segments: Tensor) -> Tensor:
        """Return hidden states (B, T, n_embd), behind the right text; inputs are (B, T), as mlm_sampler.py
        makes them.
        """
        rows = self.rows()
        mask = segments[:, None, :, None] == segments[:, None, None, :]
        x = self.encode(F.embedding(inputs, rows), mask)
        tokens = torch.where(targets == IGNORED, inputs, targets).clamp(max=self.n_token - 1)
        before = [F.embedding(_shifted(tokens, segments, by), rows) for by in range(1, N_BEFORE + 1)]
        return self.step(x, before) * self.gain


def _shifted(tokens: Tensor, segments: Tensor, by: int) -> Tensor:
    """Return the token `by` places before, (B, T), START where the segment has none."""
    before = torch.full_like(tokens, START_ID)
    same = segments[:, by:] == segments[:, :-by]
    before[:, by:] = torch.where(same, tokens[:, :-by], before[:, by:])
    return before


class EncoderObjective(nn.Module):
    """The encoder with its loss, of the same form as `training.model.losses.Objective`."""

    def __init__(self, encoder: EncoderModel, compiled: bool, label_smoothing: float = 0.0) -> None:
        super().__init__()
        self.encoder = encoder
        self._label_smoothing = label_smoothing
        self._body = torch.compile(encoder) if compiled else encoder
        self._starts = encoder.syllable_starts.cpu().numpy()

    def forward(self, inputs: Tensor, targets: Tensor, segments: Tensor) -> tuple[Tensor, Tensor]:
        """Return summed losses in nats: 0, as syllables are given, and that of the hanzi; inputs: (B, T)."""
        smoothing = self._label_smoothing if self.encoder.training else 0.0
        hidden = self._body(inputs, targets, segments)
        kept = targets.flatten() != IGNORED
        hidden, targets = hidden.flatten(0, 1)[kept], targets.flatten()[kept]
        losses = reading_loss(
            hidden,
            self.encoder.output.to(hidden.dtype),
            self.encoder.reading_bias,
            targets,
            self._starts,
            smoothing,
        )
        return losses.new_zeros(()), losses.sum()
