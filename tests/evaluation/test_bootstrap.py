"""Bootstrap intervals, against SciPy's and against the theory of a mean."""

import numpy as np
import pytest
import scipy.stats

from tidemark.evaluation.bootstrap import interval


def ratio(numerator: np.ndarray, denominator: np.ndarray) -> np.ndarray:
    return numerator / denominator


def test_equals_scipy_for_a_ratio_of_sums() -> None:
    random = np.random.default_rng(0)
    numerator, denominator = random.gamma(2.0, size=200), random.integers(50, 100, 200).astype(float)
    value, low, high = interval(numerator, denominator, ratio, resamples=20_000, confidence=0.9, seed=1)
    theirs = scipy.stats.bootstrap(
        (numerator, denominator),
        lambda a, b, axis: a.sum(axis) / b.sum(axis),
        paired=True,
        n_resamples=20_000,
        confidence_level=0.9,
        method="percentile",
        rng=np.random.default_rng(2),
    ).confidence_interval
    width = theirs.high - theirs.low
    assert value == pytest.approx(numerator.sum() / denominator.sum())
    assert low == pytest.approx(theirs.low, abs=0.03 * width)
    assert high == pytest.approx(theirs.high, abs=0.03 * width)


def test_covers_the_mean_as_often_as_it_says() -> None:
    random = np.random.default_rng(3)
    hits = 0
    for seed in range(200):
        sample = random.exponential(size=100)
        _, low, high = interval(sample, np.ones(100), ratio, resamples=500, confidence=0.8, seed=seed)
        hits += low <= 1.0 <= high
    assert (
        140 <= hits <= 178
    )  # binomial(200, 0.8), 99.9 %, and a little undercoverage of the percentile method


def test_same_seed_same_interval() -> None:
    sample = np.random.default_rng(0).random(50)
    results = {interval(sample, np.ones(50), ratio, resamples=100, confidence=0.95, seed=7) for _ in range(2)}
    assert len(results) == 1
