"""Write general text by the decoder itself, for a machine that has none.

Rehearsing what a model generated of its old task keeps it from forgetting that task (generative replay: Shin
et al. 2017, "Continual Learning with Deep Generative Replay").
"""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt
import torch
import torch.nn.functional as F
from torch import Tensor

from engine.lexicon.vocabulary import SPECIALS, UNKNOWN
from training.corpus.shards import START_ID, Shards
from training.model.decoder import DecoderModel, rms_norm

_NEVER: Final = [START_ID, SPECIALS.index(UNKNOWN)]


class Texts(Shards):
    """Texts (n_text, length) in memory as the only source, each led by START."""

    def __init__(self, texts: npt.NDArray[np.int64]) -> None:
        led = np.concatenate((np.full((len(texts), 1), START_ID), texts), axis=1)
        self.streams = {"written": led.flatten()}


@torch.no_grad()
def write_text(
    decoder: DecoderModel, n_text: int, length: int, seed: int, temperature: float = 1.0
) -> npt.NDArray[np.int64]:
    """Return token ids of texts drawn from the decoder, (n_text, length), each begun cold."""
    generator = torch.Generator().manual_seed(seed)
    table_in, table_out = decoder.table()
    tokens = torch.full((n_text,), START_ID)
    caches: list[tuple[Tensor, Tensor]] = []
    written = []
    for position in range(length):
        hidden = _step(decoder, rms_norm(F.embedding(tokens, table_in)), position, caches)
        tokens = _draw(decoder, hidden, table_out, temperature, generator)
        written.append(tokens)
    return torch.stack(written, dim=1).numpy()


def _step(decoder: DecoderModel, x: Tensor, position: int, caches: list[tuple[Tensor, Tensor]]) -> Tensor:
    """Return hidden states (n, n_embd) of one more token a text; add keys and values to `caches`."""
    cos, sin = decoder.rotary(torch.tensor([position]))
    for layer, block in enumerate(decoder.blocks):
        q, k, v = block.attend(x[:, None], cos, sin)  # (n, 1, n_head, head_size)
        if position:
            k, v = torch.cat((caches[layer][0], k), dim=1), torch.cat((caches[layer][1], v), dim=1)
            caches[layer] = k, v
        else:
            caches.append((k, v))
        scores = torch.einsum("nqhd,nkhd->nhk", q, k) * q.size(-1) ** -0.5
        attended = torch.einsum("nhk,nkhd->nhd", scores.softmax(-1), v).flatten(1)
        x = block.finish(x, attended)
    return rms_norm(x)


def _draw(
    decoder: DecoderModel, hidden: Tensor, table: Tensor, temperature: float, generator: torch.Generator
) -> Tensor:
    """Draw a class for each row, then, if it is a syllable, one of the syllable's readings."""
    logits = decoder.class_head(hidden) / temperature
    logits[:, _NEVER] = float("-inf")
    classes = torch.multinomial(logits.softmax(-1), 1, generator=generator).squeeze(1)
    tokens = torch.empty_like(classes)
    for which in classes.unique().tolist():  # its readings are one slice: 20, not 8,000 columns
        rows = (classes == which).nonzero().squeeze(1)
        ids = (decoder.table.classes == which).nonzero().squeeze(1)
        readings = (hidden[rows] @ table[ids].T + decoder.reading_bias[ids]) / temperature
        tokens[rows] = ids[torch.multinomial(readings.softmax(-1), 1, generator=generator).squeeze(1)]
    return tokens
