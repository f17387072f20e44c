"""Read a training run from TOML as a value.

An unknown key is an error that names the nearest known one.
"""

from __future__ import annotations

import difflib
import tomllib
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path
from typing import Any, Final, Literal, get_args

from training.errors import WorkshopError
from training.model.decoder import ModelConfig

Schedule = Literal["trapezoid", "linear", "cosine", "constant"]
Optimiser = Literal["muon", "adamw", "adam", "sgd"]
Precision = Literal["bfloat16", "float32"]
_ABOVE_ZERO: Final = ("decay", "learning_rate", "embedding_rate", "gradient_clip", "rope_base")
_FROM_ONE: Final = ("n_layer", "n_head", "n_embd", "batch_size", "accumulate", "max_steps")
_FROM_ZERO: Final = (
    *("minutes", "warmup_steps", "weight_decay", "label_smoothing", "patience"),
    *("ema", "dropout", "seed", "n_inner", "syllable_weight"),
)
_BELOW_ONE: Final = ("ema", "dropout", "label_smoothing")
_SHORTEST_BLOCK: Final = 16  # a window's shortest segment is three sixteenths of it


class RecipeError(WorkshopError):
    """A recipe with an unknown key or a value of the wrong type or range; the message names it."""


@dataclass(frozen=True)
class TrainingConfig:
    """How long and how fast to train; rates are per step, for the optimisers of optimizers.py.

    Every schedule warms up first. `patience`: so many reports in a row without a better loss on held-out text
    end the run, and the best weights are kept; 0: never. `accumulate`: a batch is computed in so many parts
    one after the other: the same in less memory. `precision`: of the products; the weights and what the
    optimisers keep are float32 either way. `syllable_weight`: of the loss of the next syllable beside that of
    its reading, which counts 1; to whoever converts, the syllable is known, as it is typed. `sharded`: of
    several ranks each holds a part of the model (FSDP) and not a copy. `compile`: by torch.compile, which
    takes a minute or more before the first step.
    """

    batch_size: int = 64
    accumulate: int = 1
    max_steps: int = 8000
    minutes: float = 0.0
    optimiser: Optimiser = "muon"
    schedule: Schedule = "trapezoid"
    warmup_steps: int = 100
    decay: float = 0.35
    learning_rate: float = 0.02
    embedding_rate: float = 0.004
    weight_decay: float = 0.01
    gradient_clip: float = 1.0
    label_smoothing: float = 0.0
    syllable_weight: float = 1.0
    patience: int = 0
    ema: float = 0.998
    seed: int = 1
    precision: Precision = "bfloat16"
    sharded: bool = False
    compile: bool = True

    def rate(self, step: int, elapsed_minutes: float = 0.0) -> float:
        """Return the share of the full learning rate at `step` (0-based), in [0, 1].

        With `minutes` set, progress is the later of the clock's and the steps'.
        """
        progress = step / self.max_steps
        if self.minutes:
            progress = max(progress, elapsed_minutes / self.minutes)
        progress = min(progress, 1.0)
        warm = min(1.0, (step + 1) / max(1, self.warmup_steps))
        if self.schedule == "trapezoid":
            return warm * min(1.0, (1 - progress) / self.decay)
        if self.schedule == "linear":
            return warm * (1 - progress)
        if self.schedule == "cosine":
            from math import cos, pi

            return warm * (0.02 + 0.98 * (1 + cos(pi * progress)) / 2)
        return warm


@dataclass(frozen=True)
class Recipe:
    """A whole run: the shape of the decoder, its schedule, and weights of the sources."""

    model: ModelConfig = field(default_factory=ModelConfig)
    training: TrainingConfig = field(default_factory=TrainingConfig)
    weights: dict[str, float] = field(default_factory=dict)


def load_recipe(path: Path, overrides: tuple[str, ...] = ()) -> Recipe:
    """Read a TOML recipe; `overrides` are `section.key=value` and win. Raises RecipeError.

    `like = "other.toml"` before the sections takes over what that recipe, beside this one, says.
    """
    try:
        table = _read(path)
        for override in overrides:
            name, _, value = override.partition("=")
            section, _, key = name.partition(".")
            if not key or not isinstance(table.setdefault(section, {}), dict):
                raise RecipeError(f"expected SECTION.KEY=VALUE, found {override!r}")
            table[section][key] = tomllib.loads(f"v = {value}")["v"]
    except tomllib.TOMLDecodeError as error:
        raise RecipeError(f"{path}: {error}") from error
    _check_keys("section", table, {f.name for f in fields(Recipe)})
    sections = {name: table.get(name, {}) for name in ("model", "training", "weights")}
    for name, section in sections.items():
        if not isinstance(section, dict):
            raise RecipeError(f"{name} must be a section of settings, not {section!r}")
    recipe = Recipe(
        model=_section(ModelConfig, sections["model"]),
        training=_section(TrainingConfig, sections["training"]),
        weights={name: _weight(name, weight) for name, weight in sections["weights"].items()},
    )
    _check_ranges(recipe)
    return recipe


def _read(path: Path) -> dict[str, Any]:
    """Return the sections of a recipe over those of the recipe that it is like."""
    table = tomllib.loads(path.read_text(encoding="utf-8"))
    like = table.pop("like", None)
    if like is None:
        return table
    if not isinstance(like, str) or Path(like).name == path.name:
        raise RecipeError(f"like must name another recipe beside {path.name}, not {like!r}")
    found = _read(path.with_name(like))
    for name, section in table.items():
        both = isinstance(section, dict) and isinstance(found.get(name), dict)
        found[name] = {**found[name], **section} if both else section
    return found


def _weight(name: str, weight: Any) -> float:
    if isinstance(weight, bool) or not isinstance(weight, (int, float)) or not 0 <= weight < float("inf"):
        raise RecipeError(f"the weight of {name} must be a number of at least 0, not {weight!r}")
    return float(weight)


def _check_ranges(recipe: Recipe) -> None:
    values = asdict(recipe.model) | asdict(recipe.training)
    checks = [(key, values[key] > 0, "above 0") for key in _ABOVE_ZERO]
    checks += [(key, values[key] >= 1, "at least 1") for key in _FROM_ONE]
    checks += [(key, values[key] >= 0, "at least 0") for key in _FROM_ZERO]
    checks += [(key, values[key] < 1, "below 1") for key in _BELOW_ONE]
    for key, kind in (("schedule", Schedule), ("optimiser", Optimiser), ("precision", Precision)):
        checks.append((key, values[key] in get_args(kind), f"one of {', '.join(get_args(kind))}"))
    checks += [
        ("decay", values["decay"] <= 1, "at most 1"),
        ("block_size", values["block_size"] >= _SHORTEST_BLOCK, f"at least {_SHORTEST_BLOCK}"),
    ]
    for key, is_right, expected in checks:
        if not is_right:
            raise RecipeError(f"{key} must be {expected}, not {values[key]!r}")
    size, widest = values["head_size"], values["n_embd"] // values["n_head"]
    if size % 2 or not 0 <= size <= widest:
        raise RecipeError(f"head_size must be even and at most n_embd / n_head, {widest}, not {size}")
    if not size and values["n_embd"] % (2 * values["n_head"]):
        raise RecipeError(
            f"n_embd must be n_head times an even number, not {values['n_embd']} for {values['n_head']} heads"
        )


def _section(kind: type[Any], table: dict[str, Any]) -> Any:
    known = {f.name: f.default for f in fields(kind)}
    _check_keys("key", table, set(known))
    for key, value in table.items():
        expected = type(known[key])
        is_right = isinstance(value, (int, float) if expected is float else expected)
        if not is_right or (isinstance(value, bool) and expected is not bool):
            raise RecipeError(f"{key} must be of type {expected.__name__}, not {value!r}")
    return kind(**table)


def _check_keys(what: str, table: dict[str, Any], known: set[str]) -> None:
    for key in table:
        if key not in known:
            near = difflib.get_close_matches(key, known, n=1)
            hint = f"; did you mean {near[0]!r}?" if near else ""
            raise RecipeError(f"unknown {what} {key!r}{hint}")
