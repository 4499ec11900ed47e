"""The season that is found, against recordings whose season is known, and noise that has none."""

from __future__ import annotations

from importlib.resources import files

import numpy as np
import pandas as pd
import pytest

from tidemark.project.season import autocorrelation, find

TIME = np.arange(6000)


def recorded(name: str, column: str) -> np.ndarray:
    table = pd.read_csv(str(files("statsmodels") / f"datasets/{name}/{name}.csv"))
    return table[column].to_numpy(dtype=float)


@pytest.mark.parametrize("period", [7, 12, 24, 168])
@pytest.mark.parametrize("noise", [0.0, 1.0])
def test_the_period_of_a_sine_in_noise(period: int, noise: float) -> None:
    random = np.random.default_rng(period)
    signal = np.sin(2 * np.pi * TIME / period) + noise * random.normal(size=len(TIME)) + 0.001 * TIME
    signal[100:130] = np.nan
    found, sure = find(signal)
    assert abs(found - period) <= max(period // 50, 0)
    # Of a sine of power 1/2 in noise of variance σ² the autocorrelation at its period is ½ / (½ + σ²).
    assert sure == pytest.approx(0.5 / (0.5 + noise**2), abs=0.05)


def test_a_day_and_not_the_week_that_it_is_part_of() -> None:
    assert find(np.sin(2 * np.pi * TIME / 24) + 0.4 * np.sin(2 * np.pi * TIME / 168))[0] == 24


def test_recordings_whose_season_everybody_knows() -> None:
    assert find(recorded("co2", "co2"))[0] == 52  # weeks
    assert 9 <= find(recorded("sunspots", "SUNACTIVITY"))[0] <= 12  # years


@pytest.mark.parametrize("seed", range(5))
def test_noise_has_none(seed: int) -> None:
    random = np.random.default_rng(seed)
    white = random.normal(size=3000)
    slow = np.zeros(3000)
    for place in range(1, 3000):
        slow[place] = 0.95 * slow[place - 1] + white[place]
    assert find(white) == find(slow) == (1, 0.0)
    assert find(np.full(100, 3.0)) == (1, 0.0)


def test_the_autocorrelation_is_that_of_its_definition() -> None:
    values = np.random.default_rng(0).normal(size=90)
    line = np.polynomial.Polynomial.fit(np.arange(90), values, 1)(np.arange(90))
    left = values - line
    expected = [np.mean(left[lag:] * left[: 90 - lag]) for lag in range(30)]
    np.testing.assert_allclose(autocorrelation(values), np.array(expected) / expected[0], atol=1e-12)
