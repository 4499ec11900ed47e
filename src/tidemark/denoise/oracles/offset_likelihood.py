"""The lincomb law's offset sought, then its signal: maximum likelihood.

Given y = Σᵢ aᵢ fᵢ(x + β) + c + Gaussian noise of variance σ², the functions known and β, aᵢ, c unknown: the
projection onto the span of 1 and fᵢ(x + β) that holds most of the energy of y (variable projection: G. H.
Golub and V. Pereyra, SIAM J. Numerical Analysis 10 (1973)). Of σ² about d / length is left, d the number of
functions plus 2, unless the noise hides the right β. That some coefficients are likelier, and that signals
range from 0 to 1, it does not use: `limits/offset_posterior` does, and is better.

β is sought on a grid, twenty steps to a period of the fastest function; of the best few peaks of parabolas
through neighbours the likeliest is narrowed down.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from tidemark.core.frozen import Count, Frozen
from tidemark.core.method import Method
from tidemark.core.store import Array, DatasetInfo, Split
from tidemark.denoise.lincomb_signals import by_rows, checked
from tidemark.denoise.offset_search import NARROWINGS, Search, chunks, products

JITTER = 1e-12
"""Added to a Gram matrix, relative to the length: dependent functions then do no harm."""


class Options(Frozen):
    """How hard to search."""

    candidates: Count = 8
    """Peaks of the coarse search that are compared exactly."""


def estimate(split: Split, info: DatasetInfo, options: Options) -> Array:
    """Most likely clean signals for `split["noisy"]`, (signals, channels, length); as float64.

    Raises `InputError` where the dataset is not of the lincomb law, or lacks samples.
    """
    noisy = checked(split, info, "offset_likelihood")
    return by_rows(noisy, _Likelihood(info.law, options).estimate)


class _Likelihood(Search):
    """Maximum likelihood: any coefficients are as likely."""

    variance, evidence = 0.5, False

    def __init__(self, law: Mapping[str, Any], options: Options) -> None:
        super().__init__(law, options.candidates)
        self.root = np.eye(len(self.functions) + 1, len(self.functions))
        self.ridge = JITTER * len(self.axis)

    def estimate(self, signal: Array) -> Array:
        """Estimates of signals (n, length)."""
        mean = signal.mean(axis=1, keepdims=True)
        signal, owner = signal - mean, np.arange(len(signal))
        offset, *_ = self.peaks(self.coarse(signal))
        score = self.scores(signal, offset.ravel(), np.repeat(owner, offset.shape[1])).reshape(offset.shape)
        offset = np.take_along_axis(offset, score.argmax(axis=1)[:, None], 1)[:, 0]
        for distance in self.step * np.array(NARROWINGS) if len(self.offsets) > 1 else ():
            offset, _ = self.narrowed(signal, offset, owner, distance)
        fitted = np.empty_like(signal)
        for chunk in chunks(len(signal)):
            curves = self.curves(offset[chunk])
            whitening, _ = self.whitening(curves)
            coefficient = whitening.swapaxes(1, 2) @ (whitening @ products(curves, signal[chunk]))
            fitted[chunk] = (coefficient[:, :-1].swapaxes(1, 2) @ curves)[:, 0]
        return np.asarray(fitted + mean)


METHOD = Method(Options, estimate)
