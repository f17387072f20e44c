"""Define the decoder: a pre-norm transformer over reading ids with an output factored by syllable.

    P(reading | history) = P(class | history) * P(reading | syllable, history)

The first softmax is over *classes* (special tokens and syllables), the second over one syllable's readings,
which are a contiguous slice of the vocabulary (class-based softmax: Goodman 2001, "Classes for fast maximum
entropy training").
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from engine.lexicon.vocabulary import Vocabulary


@dataclass(frozen=True)
class ModelConfig:
    """The shape of a decoder. `block_size` is the longest window seen in training, in tokens.

    `head_size` and `n_inner`, the width of the feed-forward part, are 0 for the usual n_embd / n_head and 4
    n_embd; a pruned decoder has fewer heads of the old size and a narrower inner part.
    """

    n_layer: int = 4
    n_head: int = 4
    n_embd: int = 256
    block_size: int = 128
    rope_base: float = 2000.0  # short histories: slower rotations would never turn
    dropout: float = 0.0
    head_size: int = 0
    n_inner: int = 0

    @property
    def size_of_head(self) -> int:
        return self.head_size or self.n_embd // self.n_head

    @property
    def n_attended(self) -> int:
        """Width of all heads together, at most n_embd."""
        return self.n_head * self.size_of_head

    @property
    def inner_width(self) -> int:
        return self.n_inner or 4 * self.n_embd


class ReadingTable(nn.Module):
    """A table of one vector a token, the sum of its own, its hanzi's and its syllable's.

    The parts that are shared give readings never or hardly seen in training a sane place: 行/hang leans on
    行/xing and on the other readings of `hang`.
    """

    hanzi: Tensor
    classes: Tensor

    def __init__(self, vocabulary: Vocabulary, n_embd: int) -> None:
        super().__init__()
        hanzi = sorted(set(vocabulary.texts))
        index = {text: i for i, text in enumerate(hanzi)}
        self.register_buffer(
            "hanzi", torch.tensor([index[text] for text in vocabulary.texts]), persistent=False
        )
        self.register_buffer(
            "classes", torch.from_numpy(vocabulary.class_of_token.astype(np.int64)), persistent=False
        )
        self.own = nn.Parameter(torch.zeros(len(vocabulary), n_embd))
        self.by_hanzi = nn.Parameter(torch.randn(len(hanzi), n_embd) * 0.02)
        self.by_class = nn.Parameter(torch.randn(vocabulary.n_class, n_embd) * 0.02)

    def forward(self) -> tuple[Tensor, Tensor]:
        """Return input table and output table, each (n_token, n_embd).

        The syllable's vector is left out of the output: it would cancel in the softmax.
        """
        output = self.own + self.by_hanzi[self.hanzi]
        return output + self.by_class[self.classes], output


def rotate(x: Tensor, cos: Tensor, sin: Tensor) -> Tensor:
    """Apply rotary embedding (Su et al. 2021). x: (..., T, n_head, head_size); cos, sin: (T, 1, half)."""
    a, b = x.chunk(2, dim=-1)
    return torch.cat((a * cos - b * sin, a * sin + b * cos), dim=-1)


NORM_EPSILON = 1e-6


def rms_norm(x: Tensor) -> Tensor:
    """Apply a root-mean-square norm without a gain, which the next product has anyway."""
    if torch.onnx.is_in_onnx_export():  # onnxruntime's one operator instead of six
        gain = x.new_ones(x.size(-1))
        attributes: dict[str, Any] = {"axis": -1, "epsilon": NORM_EPSILON}
        name = "::SimplifiedLayerNormalization"
        return torch.onnx.ops.symbolic(name, (x, gain), attributes, dtype=x.dtype, shape=x.shape, version=1)
    return F.rms_norm(x, (x.size(-1),), eps=NORM_EPSILON)


def attention(q: Tensor, k: Tensor, v: Tensor, mask: Tensor) -> Tensor:
    """Return scaled dot-product attention; q, k, v: (B, n_head, T, head_size), mask: True where seen.

    Written out on a CPU, where the fused kernel's backward takes three times as long (64 windows of 128, 4
    heads of 64, bf16: 80 ms against 31 ms forward and backward).
    """
    if q.is_cuda:
        return F.scaled_dot_product_attention(q, k, v, attn_mask=mask)
    scores = (q @ k.transpose(-1, -2)).float() * q.size(-1) ** -0.5
    return scores.masked_fill(~mask, float("-inf")).softmax(-1).to(v.dtype) @ v


class Block(nn.Module):
    """A block: attention and feed-forward, each behind a norm and added to the stream."""

    def __init__(self, config: ModelConfig) -> None:
        super().__init__()
        self.n_head = config.n_head
        self.qkv = nn.Linear(config.n_embd, 3 * config.n_attended, bias=False)
        self.proj = nn.Linear(config.n_attended, config.n_embd, bias=False)
        self.up = nn.Linear(config.n_embd, config.inner_width, bias=False)
        self.down = nn.Linear(config.inner_width, config.n_embd, bias=False)
        self.dropout = config.dropout

    def attend(self, x: Tensor, cos: Tensor, sin: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Return queries, keys (both rotated) and values, each (..., T, n_head, head_size)."""
        q, k, v = (part.unflatten(-1, (self.n_head, -1)) for part in self.qkv(rms_norm(x)).chunk(3, dim=-1))
        return rotate(rms_norm(q), cos, sin), rotate(rms_norm(k), cos, sin), v

    def finish(self, x: Tensor, attended: Tensor) -> Tensor:
        """Return the rest of the block, given what the heads gathered: (..., T, n_attended)."""
        x = x + F.dropout(self.proj(attended), self.dropout, self.training)
        return x + F.dropout(self.down(F.gelu(self.up(rms_norm(x)))), self.dropout, self.training)

    def forward(self, x: Tensor, cos: Tensor, sin: Tensor, mask: Tensor) -> Tensor:
        q, k, v = (part.transpose(1, 2) for part in self.attend(x, cos, sin))
        return self.finish(x, attention(q, k, v, mask).transpose(1, 2).flatten(2))


class Blocks(nn.ModuleList):
    """The blocks of a model, in their order; to a type checker a ModuleList holds modules of any kind."""

    if TYPE_CHECKING:

        def __iter__(self) -> Iterator[Block]: ...
        def __getitem__(self, idx: Any) -> Any: ...


class DecoderModel(nn.Module):
    """The map from token ids to hidden states and class logits; the reading softmax is `ReadingLoss`'s."""

    syllable_starts: Tensor

    def __init__(self, config: ModelConfig, vocabulary: Vocabulary) -> None:
        super().__init__()
        self.config = config
        self.n_class = vocabulary.n_class
        self.table = ReadingTable(vocabulary, config.n_embd)
        self.blocks = Blocks(Block(config) for _ in range(config.n_layer))
        self.class_head = nn.Linear(config.n_embd, vocabulary.n_class)
        self.reading_bias = nn.Parameter(torch.zeros(len(vocabulary)))
        self.register_buffer("syllable_starts", torch.from_numpy(vocabulary.syllable_starts.copy()), False)
        self.apply(self._initialise)
        for block in self.blocks:  # the residual stream starts as the embedding
            nn.init.zeros_(block.proj.weight)
            nn.init.zeros_(block.down.weight)

    @staticmethod
    def _initialise(module: nn.Module) -> None:
        if isinstance(module, nn.Linear):
            nn.init.normal_(module.weight, std=1 / math.sqrt(module.in_features))
            if module.bias is not None:
                nn.init.zeros_(module.bias)

    def set_priors(self, counts: Tensor) -> None:
        """Start both softmaxes at the smoothed frequencies of the training text. counts: (n_token,)."""
        counts = counts.double() + 0.5
        classes = torch.zeros(self.n_class, dtype=torch.double).index_add_(0, self.table.classes, counts)
        with torch.no_grad():
            self.reading_bias.copy_((counts / classes[self.table.classes]).log())
            # A syllable without readings would get -inf, and its running average nan.
            self.class_head.bias.copy_((classes.clamp(min=0.5) / classes.sum()).log())
            self.class_head.weight.zero_()

    def rotary(self, positions: Tensor) -> tuple[Tensor, Tensor]:
        """Return cos and sin of the rotations, each (T, 1, head_size / 2), for int64 positions (T,)."""
        half = self.config.size_of_head // 2
        rates = self.config.rope_base ** (-torch.arange(half, device=positions.device) / half)
        angles = positions[:, None].float() * rates
        return angles.cos()[:, None], angles.sin()[:, None]

    def matrices(self) -> list[nn.Parameter]:
        """Return the weights that an optimiser of matrices is for."""
        return [parameter for parameter in self.blocks.parameters() if parameter.ndim == 2]

    def forward(self, tokens: Tensor, segments: Tensor) -> tuple[Tensor, Tensor]:
        """Return the normed hidden states (B, T, n_embd) and the output table (n_token, n_embd).

        tokens, segments: (B, T); attention stays inside a segment.
        """
        table_in, table_out = self.table()
        length = tokens.size(1)
        cos, sin = self.rotary(torch.arange(length, device=tokens.device))
        causal = torch.ones(length, length, dtype=torch.bool, device=tokens.device).tril()
        mask = (segments[:, None, :, None] == segments[:, None, None, :]) & causal
        x = rms_norm(F.embedding(tokens, table_in))
        for block in self.blocks:
            x = block(x, cos, sin, mask)
        return rms_norm(x), table_out


class _SliceCrossEntropy(torch.autograd.Function):
    """The cross-entropy of each row inside its own syllable's slice of the output table.

    Rows come sorted by syllable, so each slice is one small product. Under plain autograd every slice would
    allocate a gradient of the whole table; here backward writes into the slices.
    """

    @staticmethod
    def forward(
        ctx: Any,
        hidden: Tensor,
        table: Tensor,
        bias: Tensor,
        targets: Tensor,
        bounds: list[Any],
        smoothing: float,
    ) -> Tensor:
        losses = hidden.new_empty(hidden.size(0), dtype=torch.float32)
        probabilities = []
        for first, last, start, end in bounds:
            logits = (hidden[first:last] @ table[start:end].T).float() + bias[start:end]
            log_prob = torch.log_softmax(logits, dim=-1)
            local = targets[first:last, None] - start
            losses[first:last] = -(1 - smoothing) * log_prob.gather(1, local).squeeze(1)
            losses[first:last] -= smoothing * log_prob.mean(1)
            wanted = torch.full_like(local, smoothing - 1, dtype=torch.float32)
            error = log_prob.exp_().scatter_add_(1, local, wanted)
            probabilities.append(error.sub_(smoothing / (end - start)))
        ctx.save_for_backward(hidden, table, *probabilities)
        ctx.bounds = bounds
        return losses

    @staticmethod
    def backward(ctx: Any, *grads: Tensor) -> Any:
        hidden, table, *errors = ctx.saved_tensors
        grad_hidden = torch.empty_like(hidden)
        grad_table = torch.zeros_like(table)
        grad_bias = torch.zeros(table.size(0), dtype=torch.float32, device=table.device)
        for (first, last, start, end), error in zip(ctx.bounds, errors, strict=True):
            error = error * grads[0][first:last, None]
            grad_bias[start:end] = error.sum(0)
            error = error.to(table.dtype)
            torch.mm(error, table[start:end], out=grad_hidden[first:last])
            torch.mm(error.T, hidden[first:last], out=grad_table[start:end])
        return grad_hidden, grad_table, grad_bias, None, None, None


def reading_loss_sliced(
    hidden: Tensor, table: Tensor, bias: Tensor, targets: Tensor, starts: np.ndarray, smoothing: float = 0.0
) -> Tensor:
    """Return -log P(reading | syllable, history) of each row, in the given order; best on a CPU.

    hidden: (n, n_embd); targets: (n,) reading ids; starts: (n_syllable + 1,) slice bounds; smoothing: share
    of the target that is spread evenly over the syllable's readings.
    """
    order = torch.argsort(targets)
    ids = targets[order].cpu().numpy()
    edges = np.searchsorted(ids, starts)
    bounds = [
        (int(edges[s]), int(edges[s + 1]), int(starts[s]), int(starts[s + 1]))
        for s in np.flatnonzero(np.diff(edges))
    ]
    sorted_losses: Tensor = _SliceCrossEntropy.apply(  # type: ignore[no-untyped-call]
        hidden[order].to(table.dtype), table, bias, targets[order], bounds, smoothing
    )
    return torch.empty_like(sorted_losses).index_copy(0, order, sorted_losses)


def reading_loss_dense(
    hidden: Tensor, table: Tensor, bias: Tensor, targets: Tensor, starts: np.ndarray, smoothing: float = 0.0
) -> Tensor:
    """Return the same by one masked product over the whole vocabulary; best on a GPU."""
    bounds = torch.from_numpy(starts.astype(np.int64)).to(targets.device)
    syllables = torch.searchsorted(bounds, targets, right=True) - 1
    ids = torch.arange(table.size(0), device=targets.device)
    outside = (ids < bounds[syllables][:, None]) | (ids >= bounds[syllables + 1][:, None])
    logits = (hidden.to(table.dtype) @ table.T).float() + bias
    log_prob = logits.masked_fill(outside, float("-inf")).log_softmax(-1)
    mean = log_prob.masked_fill(outside, 0.0).sum(1) / (~outside).sum(1)
    return -(1 - smoothing) * log_prob.gather(1, targets[:, None]).squeeze(1) - smoothing * mean


def reading_loss(
    hidden: Tensor, table: Tensor, bias: Tensor, targets: Tensor, starts: np.ndarray, smoothing: float = 0.0
) -> Tensor:
    """Return the same by whichever is best where the tensors are."""
    chosen = reading_loss_dense if hidden.is_cuda else reading_loss_sliced
    return chosen(hidden, table, bias, targets, starts, smoothing)
