"""Measure what a model costs: size, time of a key, memory."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

from engine.evaluation import footprint, latency
from engine.evaluation.cases import Case
from training.evaluation.case_outcomes import JudgedModel

_SYLLABLES: Final[int] = 10
_INPUTS: Final[int] = 12


@dataclass(frozen=True)
class Costs:
    """The costs of a model: megabytes (10^6) of files and of memory, milliseconds of a key.

    Keys are those of inputs of ten syllables behind 32 characters. A figure is 0 if it could not be measured:
    the memory of a checkpoint is mostly torch's.
    """

    megabytes: float
    key_p50_ms: float
    key_p95_ms: float
    calls_a_key: float
    memory_mb: float


def costs_of(model: JudgedModel, cases: Sequence[Case], kept: Path) -> Costs:
    """Return the costs, measured once, then read from the file `kept`."""
    if kept.exists():
        return Costs(**json.loads(kept.read_text(encoding="utf-8")))
    inputs = latency.long_inputs(cases, _SYLLABLES, _INPUTS)
    converter = model.converter()
    latency.measure_latency(converter, inputs[:1], 0)  # the first calls of a process are slow
    typed = latency.measure_latency(converter, inputs, 0)
    has_keys = bool(typed.key_us)
    costs = Costs(
        megabytes=model.megabytes,
        key_p50_ms=typed.percentile_ms(50) if has_keys else 0.0,
        key_p95_ms=typed.percentile_ms(95) if has_keys else 0.0,
        calls_a_key=typed.decoder_calls / max(len(typed.key_us), 1),
        memory_mb=footprint.measure_footprint(model.path, False, 1).typed_mb if model.path.is_dir() else 0.0,
    )
    kept.write_text(json.dumps(asdict(costs)), encoding="utf-8")
    return costs
