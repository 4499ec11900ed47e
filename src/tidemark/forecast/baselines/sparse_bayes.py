"""Sparse Bayesian learning: for each signal a Gaussian process of few of many cosines; nothing is trained.

What the network `empirical_bayes` unrolls, with the exponent that the derivation gives: each round multiplies
the variance γ of a kernel by (q / s)^½, which never lowers the likelihood of the past (M. E. Tipping, "Sparse
Bayesian learning and the relevance vector machine", 2001; D. Wipf and S. Nagarajan, "Iterative reweighted ℓ1
and ℓ2 methods for finding sparse solutions", 2010). Few rounds leave more of the kernels in, as a prior less
sparse would: how many is an option.
"""

from __future__ import annotations

import math
from typing import Annotated

import numpy as np
import torch
from pydantic import Field
from torch import Tensor

from tidemark.core import gaps
from tidemark.core.frozen import Positive
from tidemark.core.method import Method
from tidemark.core.store import Array, DatasetInfo, Split
from tidemark.forecast.models import empirical_bayes
from tidemark.forecast.models.empirical_bayes import LARGEST, SMALLEST, Hyperparameters, Model

CHUNK = 512
"""Signals at once, so that what is computed of them stays small."""


class Options(Hyperparameters):
    """The kernels, as the network's, and how long their variances are reweighted."""

    exponent: Annotated[float, Field(gt=0, le=1)] = 0.5
    """Of the ratio: ½ never lowers the likelihood, 1 (Tipping's) is quicker."""
    noise: Positive | None = None
    """Standard deviation of the noise at the first round, over the signal's root mean square; none begins at
    the cosines' own."""


class Untrained(Model):
    """The network's rounds without what it learns."""

    power: float

    def _round(self, number: int, weight: Tensor, series: Tensor) -> Tensor:
        """One reweighting of log γ (series, kernels)."""
        first = weight.exp() @ self.kernels[:, : self.lookback]
        explained, expected = (each @ self.lags.T for each in empirical_bayes._sums(first, series))
        ratio = explained.clamp(min=1e-10).log() - expected.clamp(min=1e-10).log()
        return torch.maximum(weight + self.power * ratio, self.smallest).clamp(max=LARGEST)


def estimate(split: Split, info: DatasetInfo, options: Options) -> Array:
    """Forecasts from `split["past"]` (signals, channels, lookback): (signals, channels, horizon) float64."""
    past = torch.from_numpy(gaps.fill(np.asarray(split["past"], dtype=np.float64)))
    kernels = options.model_dump(include=set(Hyperparameters.model_fields))
    process = Untrained(Hyperparameters(**kernels), 1, past.shape[-1], info.horizon)
    process.power = options.exponent
    if options.noise is not None:
        process.initial.data[-1] = max(2 * math.log(options.noise), SMALLEST)
    with torch.inference_mode():
        parts = [process(part) for part in torch.split(past.reshape(-1, 1, past.shape[-1]), CHUNK)]
    return np.asarray(torch.cat(parts).reshape(*past.shape[:2], info.horizon).numpy())


METHOD = Method(Options, estimate)
