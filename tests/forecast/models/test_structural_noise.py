"""A process whose noise a network gives: conditional means and likelihoods written out, and what it learns."""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt
import pytest
import torch
from scipy.stats import multivariate_normal

from tidemark.forecast.models.structural_noise import LEAST_NOISE, VAGUE, Hyperparameters, Model

HORIZON, SEASON = 4, 12.0
Matrix = npt.NDArray[np.float64]


def build(seed: int = 0, varies: bool = True, **chosen: object) -> Model:
    """A model whose noise varies, if asked, as random weights say."""
    torch.manual_seed(seed)
    network = Model(Hyperparameters(season=SEASON, harmonics=2, **chosen), 1, 30, HORIZON)
    if varies:
        torch.nn.init.normal_(network.readout.weight, std=0.2)
    return network


def covariance(network: Model, series: Matrix, total: int) -> tuple[Matrix, Matrix]:
    """Of the process, and its noise, both (total, total), kernel by kernel; the first are of `series`."""
    time = np.arange(total)
    lag = np.abs(time[:, None] - time)
    parts = [
        np.exp(p.detach().numpy().astype(float)) for p in (network.slow, network.quick, network.seasonal)
    ]
    slow, quick, seasonal = parts
    place = np.linspace(-1, 1, total)
    result = VAGUE * (1 + np.outer(place, place))
    result = result + sum(v * np.exp(-((lag / length) ** 2) / 2) for v, length in slow)
    for order, (v, length) in enumerate(seasonal, 1):
        result += v * np.cos(2 * math.pi * order * lag / SEASON) * np.exp(-((lag / length) ** 2) / 2)
    angle = 2 * math.pi * time / SEASON
    span = np.linspace(-1, 1, len(series))
    waves = np.stack([np.cos(angle), np.sin(angle), np.cos(2 * angle), np.sin(2 * angle)])
    basis = np.concatenate([np.stack([np.ones_like(span), span, span**2]), waves[:, : len(series)]]).T
    known = ~np.isnan(series)
    found = np.linalg.lstsq(basis[known], series[known] - series[known].mean(), rcond=None)[0]
    phase = angle - math.atan2(found[4], found[3])
    seen = np.stack([np.cos(phase), np.sin(phase), np.cos(2 * phase), np.sin(2 * phase)], 1)
    with torch.no_grad():
        both = network.readout(torch.tanh(network.hidden(torch.from_numpy(seen).float()))).numpy()
    unrest, noise = np.exp(3.0 * both.astype(float)).T
    rough = sum(v * np.exp(-lag / length) for v, length in quick)
    variance = math.exp(network.noise.item()) * noise**2 + LEAST_NOISE
    return result + rough * np.outer(unrest, unrest), np.diag(variance)


def wave(samples: int, seed: int = 0) -> Matrix:
    random = np.random.default_rng(seed)
    return np.asarray(
        np.cos(2 * math.pi * (np.arange(samples) + 3) / SEASON) + random.normal(0, 0.1, samples)
    )


@pytest.mark.parametrize("missing", [[], [0, 1, 2], [5, 17, 18]])
@pytest.mark.parametrize("samples", [30, 50])
def test_the_forecast_is_the_conditional_mean_given_the_known_values(
    samples: int, missing: list[int]
) -> None:
    network, series = build(), wave(samples)
    series[missing] = np.nan
    signal, noise = covariance(network, series, samples + HORIZON)
    known = np.flatnonzero(~np.isnan(series))
    level = series[known].mean()
    inner = (signal + noise)[np.ix_(known, known)]
    expected = level + signal[samples:, known] @ np.linalg.solve(inner, series[known] - level)
    with torch.no_grad():
        found = network(torch.from_numpy(series)[None, None])[0, 0]
    np.testing.assert_allclose(found, expected, rtol=1e-4, atol=1e-4)


def test_what_training_lessens_is_the_concentrated_likelihood() -> None:
    """At fixed values, n log(mean square of innovations) differs between models as −2 log likelihood does.

    The likelihood is maximised over the scale of all variances; of level and slope, next to unknown, the two
    innovations that they take are left out.
    """
    series = wave(40)

    def concentrated(network: Model) -> tuple[float, float]:
        past, future = (torch.from_numpy(part)[None, None] for part in (series[:36], series[36:]))
        with torch.no_grad():
            estimate, target = network(past, future)
        signal, noise = covariance(network, series, 40)
        values, whole = series - series.mean(), signal + noise
        first, rest = slice(0, 2), slice(2, None)
        gain = whole[rest, first] @ np.linalg.inv(whole[first, first])
        conditional = whole[rest, rest] - gain @ whole[first, rest]
        left = values[rest] - gain @ values[first]
        scale = left @ np.linalg.solve(conditional, left) / 38
        minus_twice = -2 * multivariate_normal(cov=scale * conditional, allow_singular=False).logpdf(left)
        return 38 * math.log((estimate - target).square().mean().item()), float(minus_twice)

    one, other = concentrated(build(0)), concentrated(build(1, noise=0.3))
    assert one[0] - other[0] == pytest.approx(one[1] - other[1], rel=1e-4)


def test_missing_values_do_not_count_in_training() -> None:
    network, series = build(varies=False), torch.from_numpy(wave(40))[None, None]
    longer = torch.cat([torch.full((1, 1, 10), torch.nan, dtype=torch.float64), series], -1)
    with torch.no_grad():
        (plain, _), (padded, target) = (network(each[..., :-4], each[..., -4:]) for each in (series, longer))
    assert padded.shape == target.shape == (1, 50)
    # The slope's variance is by the window's length: next to unknown in both.
    torch.testing.assert_close(plain.square().mean(), padded.square().mean(), rtol=1e-3, atol=0)


def test_noise_that_varies_with_the_season_is_learned() -> None:
    """Of signals that are noisy at their height and quiet at their depth, the noise found is so too."""
    random = np.random.default_rng(0)
    phase = 2 * math.pi * (np.arange(64) + random.integers(12, size=(64, 1))) / SEASON
    deviation = 0.2 * np.exp(np.cos(phase))
    windows = torch.from_numpy(np.cos(phase) + random.normal(size=phase.shape) * deviation)[:, None]
    network = build(varies=False, noise=0.04)
    optimizer = torch.optim.AdamW(network.parameters(), lr=0.03)
    for _ in range(40):
        optimizer.zero_grad()
        estimate, target = network(windows[..., :60], windows[..., 60:])
        (estimate - target).square().mean().backward()
        optimizer.step()
    angle = torch.linspace(0, 2 * math.pi, 25)[:24]
    seen = torch.stack([angle.cos(), angle.sin(), (2 * angle).cos(), (2 * angle).sin()], -1)
    with torch.no_grad():
        found = 3.0 * network.readout(torch.tanh(network.hidden(seen)))[:, 1]
    slope = (found * angle.cos()).mean() / angle.cos().square().mean()
    assert slope.item() == pytest.approx(1, abs=0.25)


def test_it_takes_any_number_of_samples_and_many_series() -> None:
    network = build(history=20)
    assert network.history == 20
    with torch.no_grad():
        series = torch.from_numpy(np.stack([wave(50, seed) for seed in range(40)]))[:, None]
        torch.testing.assert_close(network(series)[33:34], network(series[33:34]))
        for samples in (30, 35, 50):
            assert network(series[..., -samples:]).shape == (40, 1, HORIZON)
