"""A Gaussian process of trend, season and autoregression, whose noise a network gives for every sample.

The process is that of the baseline `structural_process` (A. C. Harvey, "Forecasting, structural time series
models and the Kalman filter", 1989; as kernels, C. E. Rasmussen and C. K. I. Williams, "Gaussian processes
for machine learning", 2006, section 5.4.3), with a variance and a decay for each harmonic of the season. Its
noise, white and from sample to sample, is not equally strong everywhere (K. Kersting et al., "Most likely
heteroscedastic Gaussian process regression", ICML 2007): least squares find the season's phase in each
series, and a small network turns it into the logarithms of both standard deviations. The forecast is the
conditional mean, linear in the values but for the phase.

A few dozen numbers learn together, from whole windows and not from their futures alone: in training the model
returns a window's innovations, scaled so that their mean square is the concentrated likelihood (C. F. Ansley,
"An algorithm for the exact likelihood of a mixed autoregressive-moving average process", Biometrika 66,
1979).
"""

from __future__ import annotations

import math
from typing import Annotated

import torch
from pydantic import Field
from torch import Tensor, nn

from tidemark.core.frozen import Count, Frozen, Positive
from tidemark.core.network import Architecture, Network

VAGUE = 1e3
"""Variance of level and slope: next to nothing is known of them."""
UNKNOWN = 2
"""Innovations that level and slope take: their size says nothing."""
LEAST_NOISE = 1e-7
"""Variance that keeps covariances invertible."""
PERIOD = 0.01
"""Of the period's logarithm, what a unit of its parameter changes: seasons are known well."""
STEEP = 3.0
"""What a unit of the network's answer changes a logarithm by: it has more to learn than the kernels."""
AT_ONCE = 16
"""Series whose covariances are held at once."""

Part = tuple[Positive, Positive]
"""Variance and length, in samples."""


class Hyperparameters(Frozen):
    """What the process consists of, and where learning it begins; the past's largest value is 1."""

    history: Annotated[int, Field(ge=0)] = 0
    """Samples before the lookback that are used too."""
    season: Positive = 12.0
    """Period, in samples."""
    seasonal: Part = (0.5, 3000.0)
    """The first harmonic: its variance, and the length over which it changes. Each next one has a tenth."""
    harmonics: Count = 4
    slow: tuple[Part, ...] = ((0.02, 35.0), (0.02, 200.0))
    """Squared exponential kernels, of trends."""
    quick: tuple[Part, ...] = ((0.01, 2.0), (0.002, 10.0))
    """Ornstein–Uhlenbeck kernels, of what is correlated from sample to sample."""
    noise: Positive = 0.006
    """Variance."""
    width: Count = 8
    """Units of the network that gives the noise."""


class Model(Network):
    """The process, and the network of its noise."""

    teacher_forcing = True

    def __init__(self, hyperparameters: Hyperparameters, channels: int, lookback: int, horizon: int) -> None:
        """For any number of channels, each a series of its own, and of any number of samples."""
        super().__init__()
        h = hyperparameters
        self.history, self.horizon, self.season = h.history, horizon, h.season
        order = torch.arange(1, h.harmonics + 1, dtype=torch.float64)
        first, decay = h.seasonal
        self.seasonal = _logs([(first * 0.1 ** float(number - 1), decay) for number in order])
        self.slow, self.quick = _logs(h.slow), _logs(h.quick)
        self.noise = nn.Parameter(torch.tensor(math.log(h.noise)))
        self.period = nn.Parameter(torch.zeros(()))
        self.hidden = nn.Linear(4, h.width)
        self.readout = nn.Linear(h.width, 2, bias=False)
        nn.init.zeros_(self.readout.weight)  # noise that does not vary, at first

    def forward(self, past: Tensor, future: Tensor | None = None) -> Tensor | tuple[Tensor, Tensor]:
        """Forecast (batch, channels, horizon) from `past` (batch, channels, samples), NaN where missing.

        With the `future`, (batch, channels, horizon), scaled innovations of both and what they are to be, 0;
        both (batch · channels, samples + horizon).
        """
        if future is not None:
            return self._innovations(torch.cat([past, future], -1).flatten(0, 1).double())
        pieces = torch.split(past.flatten(0, 1).double(), AT_ONCE)
        forecast = torch.cat([self._forecast(piece) for piece in pieces])
        return forecast.reshape(*past.shape[:-1], self.horizon).to(past.dtype)

    def _forecast(self, past: Tensor) -> Tensor:
        samples = past.shape[-1]
        known, values, level = _present(past)
        signal, noise = self._process(known, values, samples + self.horizon)
        factor = torch.linalg.cholesky(_of_known(signal[:, :samples, :samples], noise[:, :samples], known))
        dual = torch.cholesky_solve(values[..., None], factor).mT
        return level + (dual @ signal[:, :samples, samples:])[:, 0]

    def _innovations(self, window: Tensor) -> tuple[Tensor, Tensor]:
        known, values, _ = _present(window)
        signal, noise = self._process(known, values, window.shape[-1])
        factor = torch.linalg.cholesky(_of_known(signal, noise, known))
        standard = torch.linalg.solve_triangular(factor, values[..., None], upper=False)[..., 0]
        used = known & (known.cumsum(-1) > UNKNOWN)
        count = used.sum().clamp(min=1)
        deviations = factor.diagonal(dim1=1, dim2=2).log()
        size = (deviations * used).sum().div(count).exp()  # geometric mean
        scaled = standard * used * size * (used.numel() / count).sqrt()  # the mean is then of those used
        return scaled.float(), torch.zeros_like(scaled).float()

    def _process(self, known: Tensor, values: Tensor, samples: int) -> tuple[Tensor, Tensor]:
        """Covariance of the signal (series, samples, samples), variance of the noise (series, samples).

        Of so many samples, of which the first are `values` where they are `known`, both (series, …).
        """
        phase = _phase(known, values, self._period().detach(), samples)
        seen = torch.stack([phase.cos(), phase.sin(), (2 * phase).cos(), (2 * phase).sin()], -1).float()
        deviations = (STEEP * self.readout(torch.tanh(self.hidden(seen)))).double().exp()
        quick, noise = deviations.unbind(-1)  # standard deviations, as multiples
        lag = torch.arange(samples, dtype=torch.float64, device=values.device)
        distance = (lag[:, None] - lag).abs().long()
        time = torch.linspace(-1, 1, samples, dtype=torch.float64, device=values.device)
        steady = self._steady(lag)[distance] + VAGUE * (1 + time[:, None] * time)
        changing = _rough(self.quick, lag).sum(0)[distance] * quick[:, :, None] * quick[:, None, :]
        return steady + changing, self.noise.double().exp() * noise.square() + LEAST_NOISE

    def _steady(self, lag: Tensor) -> Tensor:
        """Covariance of trend and season by `lag`."""
        order = torch.arange(1, len(self.seasonal) + 1, device=lag.device)[:, None]
        waves = torch.cos(2 * math.pi * order * lag / self._period())
        return _smooth(self.slow, lag).sum(0) + (_smooth(self.seasonal, lag) * waves).sum(0)

    def _period(self) -> Tensor:
        return self.season * (PERIOD * self.period.double()).exp()


def _of_known(signal: Tensor, noise: Tensor, known: Tensor) -> Tensor:
    """Covariance of the `known` values, (series, samples, samples).

    A missing value is independent of all, of variance 1: with value 0 it changes nothing.
    """
    both = known[:, :, None] & known[:, None, :]
    return signal * both + torch.diag_embed(torch.where(known, noise, 1.0))


def _logs(parts: list[tuple[float, float]] | tuple[tuple[float, float], ...]) -> nn.Parameter:
    """Logarithms of variances and lengths, (parts, 2)."""
    return nn.Parameter(torch.tensor(parts, dtype=torch.float64).reshape(-1, 2).log().float())


def _smooth(parts: Tensor, lag: Tensor) -> Tensor:
    variance, length = parts.double().exp()[..., None].unbind(1)
    return variance * torch.exp(-((lag / length) ** 2) / 2)


def _rough(parts: Tensor, lag: Tensor) -> Tensor:
    variance, length = parts.double().exp()[..., None].unbind(1)
    return variance * torch.exp(-lag / length)


def _present(series: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """Where values are, the values less their mean with 0 elsewhere, and the mean (series, 1)."""
    known = ~series.isnan()
    count = known.sum(-1, keepdim=True).clamp(min=1)
    level = series.nan_to_num().sum(-1, keepdim=True) / count
    return known, (series - level).nan_to_num(), level


def _phase(known: Tensor, values: Tensor, period: Tensor, samples: int) -> Tensor:
    """Phase of the season at each of so many samples, 0 at the first harmonic's height; (series, samples).

    Two harmonics beside a parabola, by least squares through the `values` that are `known`, (series, …).
    """
    angle = 2 * math.pi * torch.arange(samples, dtype=torch.float64, device=values.device) / period
    within = angle[: values.shape[-1]]
    time = torch.linspace(-1, 1, len(within), dtype=torch.float64, device=values.device)
    waves = [within.cos(), within.sin(), (2 * within).cos(), (2 * within).sin()]
    basis = torch.stack([torch.ones_like(time), time, time**2, *waves], 1)
    normal = torch.einsum("bn,ni,nj->bij", known.double(), basis, basis)
    normal = normal + 1e-6 * torch.eye(basis.shape[1], dtype=torch.float64, device=values.device)
    found = torch.linalg.solve(normal, values @ basis)
    return angle - torch.atan2(found[:, 4:5], found[:, 3:4])


ARCHITECTURE = Architecture(Hyperparameters, Model)
