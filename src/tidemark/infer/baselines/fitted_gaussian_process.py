"""A Gaussian process fitted to what is given of each signal, its hyperparameters averaged over.

A few points do not determine five hyperparameters: at their likeliest values a process fits ten points
perfectly and is sure of it. Here they have a prior, and predictions are averages under the posterior
(Rasmussen and Williams, "Gaussian Processes for Machine Learning", 2006, section 5.2), by importance
sampling: points of a Sobol sequence put through the prior's quantiles (A. Owen, "Monte Carlo theory, methods
and examples", chapters 9 and 16), each weighed by its likelihood of the signal's context less its mean.
Nothing is learned from other signals: the prior is the same for all, in units of the signal's own spread and
extent.
"""

from __future__ import annotations

import math

import numpy as np
import torch
from scipy.special import ndtri
from scipy.stats import qmc
from torch import Tensor

from tidemark.core.frozen import Count
from tidemark.core.method import Method
from tidemark.core.store import Array, DatasetInfo, Split
from tidemark.infer import learning as infer
from tidemark.infer.covariances import Kernel, Parameters, Points, at_once, negative_log_likelihood
from tidemark.infer.mixtures import averaged, of_paths, resampled

SMALLEST_NOISE = 1e-4
"""Least standard deviation of noise, over that of the given values: without any, rounding would decide."""
PERIODS = (0.05, 0.8)
"""Periods are as likely at any size between these, over the range of positions."""
SHARED, OFFSET, NOISE, PROCESS = (1.0, 0.5), (0.5, 1.0), (0.05, 1.5), (0.5, 0.7)
"""Priors: median over the standard deviation of the given values, standard deviation of its logarithm."""
LENGTH, PERIODIC_LENGTH, PROCESS_LENGTH = (0.12, 0.7), (1.0, 0.5), (0.08, 0.7)
"""Of lengths, over the range of positions, and of the periodic kernel, without a unit."""


class Options(Kernel):
    """The kernel, and how finely the average over its hyperparameters is taken."""

    draws: Count = 512
    """Hyperparameters that are weighed …"""
    components: Count = 16
    """… and, of them, those that predictions are averages of."""


def estimate(split: Split, info: DatasetInfo, options: Options) -> Array:
    """Rows of `tidemark.infer.learning.ROWS`, then sample paths, (signals, rows, points) float64.

    From `split["context"]` (signals, 3, points) and `split["target"]` (signals, 1, points).
    """
    context, target = (torch.from_numpy(np.array(split[name])) for name in (infer.INPUT, infer.TARGET))
    noise = infer.standard_normal(len(context), context.shape[-1])
    chosen = of_paths(len(context), options.components)
    parts = []
    for known, targets, drawn, which in zip(
        *(torch.split(each, infer.BATCH) for each in (context, target, noise, chosen)), strict=True
    ):
        signals = Signals(known.double())
        mean = signals.mean[:, None].expand(-1, known.shape[-1])
        rows = [
            infer.conditioned(signals.covariance(each, options), known, targets, drawn, mean)
            for each in posterior(signals, options)
        ]
        parts.append(averaged(torch.stack(rows), targets, which))
    return np.asarray(torch.cat(parts).numpy())


class Signals:
    """Signals in units of their own: positions over their range, values less their mean over their spread.

    `y` is (signals, points), zero where not `given`; `mean` and `std` of the given values are (signals,).
    """

    def __init__(self, context: Tensor) -> None:
        """Of `context` (signals, 3, points) float64."""
        position, member, value = context.unbind(1)
        self.given = ~value.isnan()
        number = self.given.sum(1).clamp(min=1)
        self.mean = value.nan_to_num().sum(1) / number
        centred = (value - self.mean[:, None]).nan_to_num()
        std = (centred.square().sum(1) / number).sqrt()
        self.std = torch.where(std > 0, std, 1.0)
        self.y = centred / self.std[:, None]
        unit = position.amax(1) - position.amin(1)
        self._position = position / torch.where(unit > 0, unit, 1.0)[:, None]
        self._member = member
        self._points = Points(self._position, member)

    def covariance(self, parameters: Parameters, options: Options) -> Tensor:
        """Covariance of all observed values in their own units, (signals, points, points)."""
        return self._points.covariance(parameters, options) * self.std.square()[:, None, None]

    def log_likelihood(self, draws: Parameters, options: Options) -> Tensor:
        """Of what is given under each of `draws`, (signals, draws)."""
        number = int(self.given.sum(1).max())  # given points come first
        known = (each[:, :number] for each in (self._position, self._member, self.y, self.given))
        rows, result = _rows(draws), []
        for position, member, y, given in zip(
            *(torch.split(each, at_once(number)) for each in known), strict=True
        ):
            points = Points(position, member)
            nats = [
                negative_log_likelihood(points.covariance(row, options), y, given, gradient=False)
                for row in rows
            ]
            result.append(-torch.stack(nats, 1))
        return torch.cat(result)


def posterior(signals: Signals, options: Options) -> list[Parameters]:
    """Equally likely hyperparameters of each signal given its context: `components` of them."""
    draws = prior(options)
    with torch.no_grad():
        chosen = resampled(signals.log_likelihood(draws, options), options.components)
    return [_select(draws, chosen[:, component]) for component in range(options.components)]


def prior(options: Options) -> Parameters:
    """Hyperparameters spread evenly over the prior, in a signal's own units: the first axis counts draws."""
    periodic = options.kernel == "periodic"
    scales = [SHARED, OFFSET, NOISE, PERIODIC_LENGTH if periodic else LENGTH]
    scales += [PROCESS, PROCESS_LENGTH] if options.own == "process" else []
    sobol = qmc.Sobol(len(scales) + periodic, scramble=False)
    power = (options.draws + 1).bit_length()
    share = sobol.random_base2(power)[1 : options.draws + 1]  # the first point is 0
    quantile = torch.from_numpy(ndtri(share[:, : len(scales)]))
    medians, spreads = (torch.tensor(each, dtype=torch.float64) for each in zip(*scales, strict=True))
    shared, offset, noise, length, *own = (medians.log() + spreads * quantile).exp().unbind(1)
    low, high = (math.log(each) for each in PERIODS)
    return Parameters(
        _of_both(shared),
        _of_both(offset),
        _of_both((noise.square() + SMALLEST_NOISE**2).sqrt()),
        length,
        period=torch.from_numpy(np.exp(low + (high - low) * share[:, -1])) if periodic else None,
        process=_of_both(own[0]) if own else None,
        process_length=own[1] if own else None,
    )


def _of_both(values: Tensor) -> Tensor:
    """The same for both members, (…,) → (…, 2)."""
    return values[:, None].expand(-1, 2)


def _select(draws: Parameters, which: Tensor) -> Parameters:
    """Rows `which` (signals,) of all that there are."""
    return Parameters(**{key: value[which] for key, value in vars(draws).items() if value is not None})


def _rows(draws: Parameters) -> list[Parameters]:
    """One draw at a time, for all signals alike."""
    return [_select(draws, torch.tensor([row])) for row in range(len(draws.length))]


METHOD = Method(Options, estimate)
