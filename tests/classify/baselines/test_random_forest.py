"""Features against their definitions, and the forest against scikit-learn's own on them."""

from itertools import pairwise

import numpy as np
import pytest
from scipy import stats
from scipy.signal import periodogram
from sklearn.ensemble import RandomForestClassifier

from support.activity_windows import INFO, draw
from tidemark.classify.baselines import random_forest
from tidemark.classify.baselines.random_forest import BANDS, PEAKS, PERCENTILES, features

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


@pytest.mark.parametrize("seed", [0, 3])
def test_the_forest_is_scikit_learn_s(seed: int) -> None:
    train, test = draw(60, 1), draw(20, 2)
    options = random_forest.Options(trees=10, seed=seed)
    learned = random_forest.learn(train, test, INFO, options)
    found = random_forest.estimate(test, INFO, options, learned)
    own = RandomForestClassifier(
        10, min_samples_leaf=2, class_weight="balanced_subsample", random_state=seed
    ).fit(features(train["signal"], RATE), train["label"])
    np.testing.assert_allclose(found[:, :3], own.predict_proba(features(test["signal"], RATE)))
