"""Mean and standard deviation of the same member, against a loop over points and Student's simplest case."""

import numpy as np
import pytest

from tidemark.core.store import DatasetInfo
from tidemark.infer import metrics
from tidemark.infer.baselines import mean

INFO = DatasetInfo("some", "infer", "x", 2, 12, 1.0, "sample", "", 0, {})


def split_of(seed: int = 0) -> dict[str, np.ndarray]:
    """Six signals of 24 points, 9 of them given, of any member; two asked values of each are not known."""
    rng = np.random.default_rng(seed)
    member = rng.permuted(np.repeat([0, 1], 12)[None].repeat(6, 0), axis=1)
    value = 30 + 5 * member + rng.normal(size=(6, 24))
    given = np.arange(24) < 9
    target = np.where(given, np.nan, value)
    target[:, [11, 20]] = np.nan
    context = np.stack([rng.uniform(0, 9, (6, 24)), member, np.where(given, value, np.nan)], 1)
    return {"context": context.astype(np.float32), "target": target[:, None].astype(np.float32)}


def estimate(split: dict[str, np.ndarray]) -> np.ndarray:
    return mean.estimate(split, INFO, mean.Options())


def next_of(values: np.ndarray) -> tuple[float, float]:
    return values.mean(), values.std(ddof=1) * np.sqrt(1 + 1 / len(values))


def test_equals_the_loop() -> None:
    split = split_of()
    result = estimate(split)
    assert result.shape == metrics.estimate_shape(split)
    for row, (_, member, value) in enumerate(split["context"].astype(np.float64)):
        truth = np.where(np.isnan(value), split["target"][row, 0], value)
        for at in range(9, 24):
            own = (member == member[at]) & ~np.isnan(truth)
            before = own & (np.arange(24) < at)
            np.testing.assert_allclose(
                result[row, :2, at], next_of(truth[own & (np.arange(24) < 9)]), rtol=1e-9
            )
            np.testing.assert_allclose(result[row, 2:4, at], next_of(truth[before]), rtol=1e-9)
            assert result[row, 4, at] == result[row, 0, at]


def test_its_own_means_fed_back_change_nothing() -> None:
    split = split_of()
    result = estimate(split)
    filled = dict(split, target=np.where(np.isnan(split["context"][:, 2:]), result[:, :1], np.nan))
    np.testing.assert_allclose(estimate(filled)[:, 2, 9:], result[:, 4, 9:], rtol=1e-12)


def test_sample_paths_share_an_uncertain_mean() -> None:
    """After n values each has variance s² (1 + 1/n), and two of them covariance s² / n."""
    context = np.full((4000, 3, 6), np.nan)
    context[:, 0], context[:, 1] = np.arange(6), 0
    context[:, 2, :3] = [1.0, 2.0, 4.5]
    paths = estimate({"context": context, "target": np.full((4000, 1, 6), np.nan)})[:, 5:, 3:].reshape(-1, 3)
    variance = np.var([1.0, 2.0, 4.5], ddof=1)
    np.testing.assert_allclose(paths.mean(0), 2.5, atol=5 * np.sqrt(variance * 4 / 3 / 12_000))
    expected = variance * (np.eye(3) + 1 / 3)
    np.testing.assert_allclose(np.cov(paths.T), expected, atol=0.06 * variance)


@pytest.mark.parametrize("number", [0, 1])
def test_a_member_with_little_context_takes_what_both_show(number: int) -> None:
    context = np.full((1, 3, 8), np.nan)
    context[0, 0], context[0, 1] = np.arange(8), [0, 0, 0, 1, 1, 1, 1, 1]
    context[0, 2, : 3 + number] = [1, 2, 3, 9][: 3 + number]
    result = estimate({"context": context, "target": np.full((1, 1, 8), 9.0)})[0]
    given = np.array([1, 2, 3, 9][: 3 + number])
    assert result[0, -1] == pytest.approx(9 if number else 2)
    assert result[1, -1] == pytest.approx(given.std(ddof=1) * np.sqrt(2))
    assert np.isfinite(result).all()
    nothing = estimate({"context": context * [[[1], [1], [np.nan]]], "target": np.ones((1, 1, 8))})
    assert (nothing[0, 1] > 0).all()
