"""Learn from picks which of the candidates of a menu its user takes.

The model is a conditional logit (McFadden 1973): the chance of a candidate is the softmax of a weighted sum
of its features over the candidates that it stood among, so what was skipped counts as well as what was
picked.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from engine.arrays import DoubleArray

_STEPS: Final[int] = 25  # of Newton's method: it has converged after some ten
_CLOSE: Final[float] = 1e-8


@dataclass(frozen=True)
class RankedMenu:
    """A menu: features (n, k) of its candidates in order, and the row that was picked."""

    features: DoubleArray
    picked: int


@dataclass(frozen=True)
class Ranker:
    """The weights (k,) of features that are first centred by `means` and divided by `scales`."""

    weights: DoubleArray
    means: DoubleArray
    scales: DoubleArray

    def scores(self, features: DoubleArray) -> DoubleArray:
        """Return scores, shape (n,): the higher, the likelier to be picked."""
        found: DoubleArray = (features - self.means) / self.scales @ self.weights
        return found

    def chances(self, features: DoubleArray) -> DoubleArray:
        """Return the chance of each to be the one that is picked, shape (n,)."""
        return _softmax(self.scores(features))


@dataclass(frozen=True)
class Quality:
    """AUC over all candidates of all menus; precision, recall and F1 of "this one will be picked"."""

    auc: float
    precision: float
    recall: float

    @property
    def f1(self) -> float:
        return 2 * self.precision * self.recall / max(self.precision + self.recall, 1e-12)


def fit(offers: Sequence[RankedMenu], decay: float = 1.0) -> Ranker:
    """Return the weights that make the picks likeliest, less `decay` / 2 times their squares (Newton's
    method).
    """
    rows = np.concatenate([offer.features for offer in offers])
    means, scales = rows.mean(axis=0), rows.std(axis=0)
    scales = np.where(scales < _CLOSE, 1.0, scales)
    ready = [((offer.features - means) / scales, offer.picked) for offer in offers]
    weights = np.zeros(rows.shape[1])
    for _ in range(_STEPS):
        gradient, curvature = -decay * weights, decay * np.eye(len(weights))
        for features, picked in ready:
            chances = _softmax(features @ weights)
            mean = chances @ features
            gradient += features[picked] - mean
            curvature += (features * chances[:, None]).T @ features - np.outer(mean, mean)
        step = np.linalg.solve(curvature, gradient)
        weights += step / max(1.0, float(np.abs(step).max()))
        if np.abs(step).max() < _CLOSE:
            break
    return Ranker(weights, means, scales)


def quality(chances: Sequence[DoubleArray], picked: Sequence[int], threshold: float = 0.5) -> Quality:
    """Measure how well `chances`, one array a menu, tell what was picked from what was not."""
    is_picked = np.concatenate(
        [np.arange(len(menu)) == place for menu, place in zip(chances, picked, strict=True)]
    )
    values = np.concatenate(list(chances))
    said = values >= threshold
    right = int((said & is_picked).sum())
    precision, recall = right / max(int(said.sum()), 1), right / max(int(is_picked.sum()), 1)
    return Quality(auc(values, is_picked), precision, recall)


def auc(values: DoubleArray, labels: npt.NDArray[np.bool_]) -> float:
    """Return the chance that a true one has a higher value than one of the others; a tie counts half.

    >>> auc(np.array([0.9, 0.5, 0.5, 0.1]), np.array([True, True, False, False]))
    0.875
    """
    _, places, counts = np.unique(values, return_inverse=True, return_counts=True)
    ranks = np.cumsum(counts) - (counts - 1) / 2  # of equal values the mean
    n_true = int(labels.sum())
    n_other = len(labels) - n_true
    above = float(ranks[places][labels].sum()) - n_true * (n_true + 1) / 2
    return above / max(n_true * n_other, 1)


def _softmax(values: DoubleArray) -> DoubleArray:
    exponentials = np.exp(values - values.max())
    found: DoubleArray = exponentials / exponentials.sum()
    return found
