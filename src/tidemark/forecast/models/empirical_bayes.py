"""A Gaussian process whose covariance is found anew for every series, by a few learned rounds.

The past y is a draw from a stationary Gaussian process of covariance C = Σ γ_m K_m: cosines of every whole
period, the same under slow decay, slow kernels for trends, white noise. γ is its empirical Bayes estimate:
each round multiplies γ_m by (q_m / s_m)^½, q_m = uᵀ K_m u, s_m = tr(C⁻¹ K_m), u = C⁻¹ y, which never lowers
the likelihood (Wipf and Nagarajan, "Iterative reweighted ℓ1 and ℓ2 methods for finding sparse solutions",
2010; Tipping, "Sparse Bayesian learning and the relevance vector machine", 2001). What each of few rounds
does is learned (Gregor and LeCun, "Learning fast approximations of sparse coding", 2010): the exponent, and a
correction by a small network. The forecast is the conditional mean.

C is Toeplitz: Levinson–Durbin and Gohberg–Semencul make a round cost L², and K_m is never written out. For a
few short series, in prediction, elimination is quicker: L³, but in one operation and not in L small ones.
"""

from __future__ import annotations

import math
from copy import copy
from typing import Annotated

import torch
from pydantic import Field, model_validator
from torch import Tensor, nn

from tidemark.core.frozen import Count, Frozen, Positive
from tidemark.core.network import Architecture, Network

SMALLEST = -20.0
"""Bounds on log γ, the past's mean square being 1: below, double precision would lose C's inverse."""
LARGEST = 4.0
FEW = 1 << 16
"""Elements of C, of all series together, up to which it is eliminated."""
FEATURES = 6
"""What the correcting network sees of a kernel."""


class Hyperparameters(Frozen):
    """Which kernels there are, and how they are weighed."""

    shortest: Count = 2
    """Periods from here …"""
    longest: Count = 99
    """… to here, in samples, every whole one."""
    decays: tuple[Positive, ...] = ()
    """Samples over which a cosine that decays falls to exp(−½): one more set of cosines for each."""
    trends: tuple[Positive, ...] = ()
    """Length scales, in samples, of squared exponential kernels."""
    noise_floor: Annotated[float, Field(ge=SMALLEST, le=0)] = SMALLEST
    """Log of the least noise variance, the past's mean square being 1. Of many sines without noise the
    estimate falls until C is nearly singular, and rounding decides the forecast."""
    rounds: Count = 8
    width: Count = 16
    """Units of the network that corrects a round."""

    @model_validator(mode="after")
    def _ordered(self) -> Hyperparameters:
        if not 2 <= self.shortest <= self.longest:
            raise ValueError(
                f"periods from {self.shortest} to {self.longest}: expected 2 ≤ shortest ≤ longest"
            )
        return self


class Model(Network):
    """Rounds of reweighting, then the conditional mean."""

    causal = False
    kernels: Tensor
    lags: Tensor
    smallest: Tensor
    eliminates: bool = False
    """Whether C of few series is eliminated."""

    def __init__(self, hyperparameters: Hyperparameters, channels: int, lookback: int, horizon: int) -> None:
        """For any number of channels, each a series of its own."""
        super().__init__()
        h = hyperparameters
        self.lookback, self.horizon = lookback, horizon
        self.register_buffer("kernels", _kernels(h, lookback + horizon), persistent=False)
        lags = 2 * self.kernels[:, :lookback]
        lags[:, 0] /= 2  # every lag but 0 occurs twice in a symmetric matrix
        self.register_buffer("lags", lags, persistent=False)
        count = len(self.kernels)
        smallest = torch.full((count,), SMALLEST, dtype=torch.float64)
        smallest[-1] = h.noise_floor
        self.register_buffer("smallest", smallest, persistent=False)
        self.initial = nn.Parameter(torch.full((count,), -math.log(3 * count)))
        self.exponent = nn.Parameter(torch.full((h.rounds, 2), 0.6))  # of signal and of noise
        self.features = nn.Parameter(torch.randn(h.rounds, FEATURES, h.width) / FEATURES**0.5)
        self.own = nn.Parameter(0.1 * torch.randn(h.rounds, count, h.width))
        self.readout = nn.Parameter(torch.zeros(h.rounds, h.width))

    def forward(self, past: Tensor) -> Tensor:
        """Forecast (batch, channels, horizon) from `past` (batch, channels, lookback)."""
        series = past.reshape(-1, self.lookback).double()
        size = series.square().mean(1, keepdim=True).sqrt().clamp(min=1e-12)
        series = series / size
        weight = self.initial.double().expand(len(series), -1)  # log γ, (series, kernels)
        for number in range(len(self.exponent)):
            weight = self._round(number, weight, series)
        covariance = weight.exp() @ self.kernels
        first = covariance[:, : self.lookback]
        dual = _eliminated(first, series)[1] if self._few(series) else _Inverse(first).times(series)
        length = covariance.shape[-1]
        both = torch.fft.rfft(covariance, 2 * length) * torch.fft.rfft(dual, 2 * length)
        forecast = size * _first(both, length)[:, self.lookback :]  # Σ_t r(n − t) u(t)
        return forecast.reshape(*past.shape[:-1], self.horizon).to(past.dtype)

    def folded(self) -> Model:
        """The same map for prediction: quicker for a few series."""
        network = copy(self)
        network.eliminates = True
        return network

    def _few(self, series: Tensor) -> bool:
        return self.eliminates and series.numel() * self.lookback <= FEW

    def _round(self, number: int, weight: Tensor, series: Tensor) -> Tensor:
        """One reweighting of log γ (series, kernels)."""
        gamma = weight.exp()
        sums_of = _sums_of_few if self._few(series) else _sums
        both = sums_of(gamma @ self.kernels[:, : self.lookback], series)
        explained, expected = (_log(sums @ self.lags.T) for sums in both)  # log q, log s
        ratio = explained - expected
        signal = gamma[:, :-1].sum(1, keepdim=True)
        crowd = (gamma[:, :-1] / signal).square().sum(1, keepdim=True)
        weight32 = weight.float()
        seen = torch.stack(
            [
                ratio / 2,
                weight32 / 4,
                (weight32 + expected) / 4,
                (weight32[:, -1:] / 4).expand_as(ratio),
                (_log(signal) / 4).expand_as(ratio),
                (_log(crowd) / 2).expand_as(ratio),
            ],
            -1,
        )
        hidden = nn.functional.gelu(seen @ self.features[number] + self.own[number])
        signal_exponent, noise_exponent = self.exponent[number]
        step = torch.cat([signal_exponent * ratio[:, :-1], noise_exponent * ratio[:, -1:]], 1)
        change = step + hidden @ self.readout[number]
        return torch.maximum(weight + change.double(), self.smallest).clamp(max=LARGEST)


def _kernels(h: Hyperparameters, length: int) -> Tensor:
    """Each kernel at lags 0 … length − 1, white noise last: (kernels, length) float64, 1 at lag 0."""
    lag = torch.arange(length, dtype=torch.float64)
    period = torch.arange(h.shortest, h.longest + 1, dtype=torch.float64)[:, None]
    cosines = torch.cos(2 * math.pi * lag / period)
    decaying = [cosines * torch.exp(-((lag / decay) ** 2) / 2) for decay in h.decays]
    slow = [torch.exp(-((lag / scale) ** 2) / 2)[None] for scale in h.trends]
    return torch.cat([cosines, *decaying, *slow, (lag == 0).double()[None]])


def _log(value: Tensor) -> Tensor:
    """Logarithm in single precision of what rounding may have left below zero."""
    return value.clamp(min=1e-10).log().float()


def _sums(covariance: Tensor, series: Tensor) -> tuple[Tensor, Tensor]:
    """Sums of each diagonal of u uᵀ and of C⁻¹ from the first rows of C; all (series, L)."""
    inverse = _Inverse(covariance)
    dual = inverse.times(series)
    return _correlated(dual, dual), inverse.diagonals()


def _sums_of_few(covariance: Tensor, series: Tensor) -> Tensor:
    """The same, (2, series, L), by elimination and two transforms."""
    length = series.shape[-1]
    column, dual = _eliminated(covariance, series)
    place = torch.arange(length, dtype=series.dtype, device=series.device)
    spectrum = torch.fft.rfft(torch.stack([dual, column, column * place]), 2 * length)
    explained, power = spectrum[:2].abs().square()
    # Σ_k (L − τ − 2k) x_k x_{k+τ} / x_0, x the first column of C⁻¹: `_Inverse.diagonals`, of x and k x
    expected = (length * power - 2 * (spectrum[1].conj() * spectrum[2]).real) / column[:, :1]
    return _first(torch.stack([explained, expected]), length)


def _eliminated(covariance: Tensor, series: Tensor) -> tuple[Tensor, Tensor]:
    """The first column of C⁻¹, and C⁻¹ y, from the first rows of C; all (series, L)."""
    length = series.shape[-1]
    rows = torch.cat([covariance.flip(1)[:, :-1], covariance], 1)
    sides = torch.stack([torch.zeros_like(series), series], -1)
    sides[:, 0, 0] = 1
    column, dual = torch.linalg.solve_ex(rows.unfold(1, length, 1).flip(1), sides).result.unbind(-1)
    return column, dual


def _correlated(left: Tensor, right: Tensor) -> Tensor:
    """Σ_t left(t) right(t + τ) for τ = 0 … length − 1; all (batch, length)."""
    length = left.shape[-1]
    return _first(torch.fft.rfft(left, 2 * length).conj() * torch.fft.rfft(right, 2 * length), length)


def _first(spectrum: Tensor, length: int) -> Tensor:
    """The first `length` of the 2 · length values that have this spectrum."""
    values: Tensor = torch.fft.irfft(spectrum, 2 * length)
    return values[..., :length]


class _Inverse:
    """C⁻¹ of symmetric Toeplitz matrices, held as their prediction error filters.

    C⁻¹ = (A Aᵀ − B Bᵀ) / e, A and B lower triangular Toeplitz with first columns (1, a_1, …) and
    (0, a_{L−1}, …, a_1), a the filter, e its error (Gohberg and Semencul, 1972).
    """

    def __init__(self, covariance: Tensor) -> None:
        """From the first rows r(0) … r(L − 1), (batch, L): Durbin's recursion for all of them at once."""
        length = covariance.shape[-1]
        backwards = covariance.flip(1)
        error = covariance[:, :1]
        filter_ = torch.ones_like(error)
        nothing = torch.zeros_like(error)
        for order in range(1, length):
            future = backwards[:, length - 1 - order : length - 1]  # r(order) … r(1)
            reflection = -(filter_ * future).sum(1, keepdim=True) / error
            longer = torch.cat([filter_, nothing], 1)
            filter_ = longer + reflection * longer.flip(1)
            error = error * (1 - reflection.square())
        self.filter, self.error = filter_, error

    def times(self, series: Tensor) -> Tensor:
        """C⁻¹ y, (batch, L)."""
        length = series.shape[-1]
        reversed_ = torch.cat([torch.zeros_like(self.error), self.filter[:, 1:].flip(1)], 1)
        forward, backward = (torch.fft.rfft(part, 2 * length) for part in (self.filter, reversed_))
        spectrum = torch.fft.rfft(series, 2 * length)
        turned, other = (_first(part.conj() * spectrum, length) for part in (forward, backward))
        both = forward * torch.fft.rfft(turned, 2 * length) - backward * torch.fft.rfft(other, 2 * length)
        return _first(both, length) / self.error

    def diagonals(self) -> Tensor:
        """Sum of each diagonal of C⁻¹, the main one first, (batch, L): Σ_k (L − τ − 2k) a_k a_{k+τ} / e."""
        length = self.filter.shape[-1]
        place = torch.arange(length, dtype=self.filter.dtype, device=self.filter.device)
        plain = _correlated(self.filter, self.filter)
        weighted = _correlated(self.filter * place, self.filter)
        return ((length - place) * plain - 2 * weighted) / self.error


ARCHITECTURE = Architecture(Hyperparameters, Model)
