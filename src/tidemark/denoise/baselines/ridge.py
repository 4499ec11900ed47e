"""The best linear map from noisy to clean signals, learned from training pairs: ridge regression.

x̂ = W y + b minimises Σ |W y + b − x|² + λ |W|² (A. E. Hoerl and R. W. Kennard, Technometrics 12 (1970)):
with Y and X the centred signals as rows, Wᵀ = (YᵀY + λI)⁻¹ YᵀX, for every λ by one eigendecomposition; the λ
with the least squared error on the validation signals is taken. Where the noise is taken to be white, its
expectation stands for the noise that the n training signals happen to have: YᵀY is XᵀX + nσ²I, YᵀX is XᵀX, σ²
the mean square of noisy less clean. That is the linear minimum mean-square error estimator (N. Wiener,
1949) for the signals' covariance.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from scipy import linalg

from tidemark.core import gaps
from tidemark.core.frozen import Frozen
from tidemark.core.method import Method
from tidemark.core.store import Array, DatasetInfo, Split
from tidemark.denoise.pairs import check_values, pairs

PENALTIES = np.geomspace(1e-6, 1e3, 37)
"""λ tried, each times the mean eigenvalue of YᵀY: four to a factor of ten."""


class Options(Frozen):
    """What stands for the noise while learning."""

    noise: Literal["sampled", "pooled"] = "sampled"
    """Sampled: each training signal's own; pooled: white noise, as strong as theirs is on average."""


@dataclass(frozen=True)
class LinearMap:
    """x̂ = weights y + bias, for signals of channels × length values in a row."""

    weights: Array
    """(values, values), float64."""
    bias: Array
    """(values,), float64."""
    penalty: float
    """λ."""


def learn(train: Split, validation: Split, info: DatasetInfo, options: Options) -> LinearMap:
    """Learn from `noisy` and `clean` of both splits, (signals, channels, length).

    Gaps in noisy signals are interpolated; signals with gaps in the clean one are left out. Raises
    `InputError` where that leaves none.
    """
    noisy, clean = _rows(train, info, "train")
    clean_mean = clean.mean(axis=0)
    noise_power = np.square(noisy - clean).mean()
    noisy_mean = clean_mean if options.noise == "pooled" else noisy.mean(axis=0)
    noisy, clean = noisy - noisy_mean, clean - clean_mean
    if options.noise == "pooled":
        cross = clean.T @ clean
        square = cross + len(clean) * noise_power * np.eye(len(cross))
    else:
        square, cross = noisy.T @ noisy, noisy.T @ clean
    size, directions = linalg.eigh(square)
    size = np.maximum(size, 0.0)
    covariance = directions.T @ cross
    inputs, target = _rows(validation, info, "validation")
    turned, target = (inputs - noisy_mean) @ directions, target - clean_mean
    # |target − turned D C|² for diagonal D, without a product of signals for every λ.
    cross = np.sum((turned.T @ target) * covariance, axis=1)
    square = (turned.T @ turned) * (covariance @ covariance.T)
    penalties = PENALTIES * (size.mean() or 1.0)
    shrunk = 1 / (size + penalties[:, None])  # (penalties, values)
    error = np.einsum("pi,ij,pj->p", shrunk, square, shrunk) - 2 * shrunk @ cross
    best = int(error.argmin())
    weights = (directions @ (shrunk[best][:, None] * covariance)).T
    return LinearMap(weights, clean_mean - weights @ noisy_mean, float(penalties[best]))


def estimate(split: Split, info: DatasetInfo, options: Options, learned: LinearMap) -> Array:
    """The learned map of `split["noisy"]`, (signals, channels, length); same shape, float64."""
    noisy = gaps.fill(np.asarray(split["noisy"])).astype(np.float64)
    rows = noisy.reshape(len(noisy), -1)
    check_values(rows, len(learned.bias), info, "ridge")
    return np.asarray((rows @ learned.weights.T + learned.bias).reshape(noisy.shape))


def _rows(split: Split, info: DatasetInfo, name: str) -> tuple[Array, Array]:
    """Noisy and clean signals as rows, (signals, channels · length)."""
    noisy, clean = pairs(split, info, name, "ridge")
    return noisy.reshape(len(noisy), -1), clean.reshape(len(clean), -1)


METHOD = Method(Options, estimate, learn)
