"""Features against their definitions."""

from itertools import pairwise

import numpy as np
import pytest
from scipy import stats
from scipy.signal import periodogram

from support.activity_windows import INFO, draw
from tidemark.classify import features as room
from tidemark.classify.features import BANDS, PEAKS, PERCENTILES, features

RATE = INFO.sampling_rate


def by_definition(window: np.ndarray) -> np.ndarray:
    """Features of one window (3, samples), one after another."""
    signals = [*window, np.linalg.norm(window, axis=0)]
    mean = np.array([each.mean() for each in signals])
    found = [mean, [each.std() for each in signals]]
    found += [np.concatenate([np.percentile(each, PERCENTILES) for each in signals])]
    found += [[stats.skew(each) for each in signals]]
    found += [[stats.kurtosis(each, fisher=False) for each in signals]]
    found += [[np.abs(np.diff(each)).mean() for each in signals]]
    found += [mean[:3] / np.linalg.norm(mean[:3])]
    found += [[np.corrcoef(window)[i, j] for i, j in ((0, 1), (0, 2), (1, 2))]]
    for lag in (np.arange(1, 9) / 4 * RATE).round().astype(int):
        products = [(each - each.mean()) * (np.roll(each, -lag) - each.mean()) for each in signals]
        found += [[p[:-lag].mean() / each.var() for p, each in zip(products, signals, strict=True)]]
    seconds = [each[: len(each) // int(RATE) * int(RATE)].reshape(-1, int(RATE)) for each in signals]
    found += [np.concatenate([np.log(np.percentile(each.std(1), [10, 50, 90])) for each in seconds])]
    found += [[each.mean(1).std() for each in seconds]]
    total, entropy, bands, first = [], [], [], []
    for each in signals:
        frequency, density = periodogram(each, RATE, "hann", detrend="constant", scaling="density")
        frequency, power = frequency[1:], density[1:] * RATE / len(each)
        power[:-1] /= 2  # one of the two sides, as it is for the last one
        total.append(np.log(power.sum()))
        entropy.append(stats.entropy(power) / np.log(len(power)))
        edges = [power[(low <= frequency) & (frequency < high)].sum() for low, high in pairwise(BANDS)]
        bands += [np.log(edges)]
        peak = [(power[k], frequency[k]) for k in range(1, len(power) - 1)
                if power[k - 1] < power[k] >= power[k + 1]]  # fmt: skip
        peak.sort(reverse=True)
        first.append(peak[0][1])
    found += [total, entropy, np.concatenate(bands), first[:3]]
    found += [[f for _, f in peak[:PEAKS]], [np.log(p) for p, _ in peak[:PEAKS]]]
    return np.concatenate([np.asarray(each, float).ravel() for each in found])


def test_features_are_what_they_are_called() -> None:
    signal = draw(300, 4)["signal"]  # more than are worked on at once
    found = features(signal, RATE)
    assert found.dtype == np.float32 and found.shape[0] == 300
    for place in (0, 1, 2, 255, 256, 299):
        np.testing.assert_allclose(
            found[place], by_definition(signal[place].astype(float)), rtol=2e-4, atol=2e-4
        )


def test_a_window_without_motion_has_features_all_the_same() -> None:
    still = np.zeros((2, 3, 300), dtype=np.float32)
    still[1, 2] = 1
    found = features(still, RATE)
    assert np.isfinite(found).all()
    assert found.shape == features(draw(2)["signal"], RATE).shape


def test_the_same_windows_are_worked_on_once_and_others_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    signal = draw(8, 5)["signal"]
    first = features(signal, RATE)
    worked: list[int] = []
    monkeypatch.setattr(
        room, "_features", lambda axes, rate: worked.append(len(axes)) or np.ones((len(axes), 3))
    )
    np.testing.assert_array_equal(features(signal.copy(), RATE), first)
    assert worked == []
    signal[0, 0, 0] += 1
    assert features(signal, RATE).shape == (8, 3) and features(signal, 2 * RATE).shape == (8, 3)
    assert worked == [8, 8]
