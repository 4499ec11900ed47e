"""Scores of inferring against SciPy, scikit-learn and sums written out."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
import torch
from scipy import integrate, stats
from sklearn.metrics import r2_score

from tidemark.infer import learning, metrics

ASKED = slice(6, 20)


def signals(count: int = 30, members: int = 2, seed: int = 0) -> tuple[np.ndarray, dict[str, np.ndarray]]:
    """An estimate and what it is of: 6 of 20 points given, and one value that nobody knows."""
    random = np.random.default_rng(seed)
    value = random.standard_normal((count, 20))
    member = np.broadcast_to(np.arange(20) % members, value.shape)
    context = np.stack(
        [random.uniform(5, 15, value.shape), member, np.where(np.arange(20) < 6, value, np.nan)], 1
    )
    target = np.where(np.arange(20) < 6, np.nan, value)
    target[2, 9] = np.nan
    estimate = value[:, None] + 0.3 * random.standard_normal((count, 5 + learning.PATHS, 20))
    estimate[:, [1, 3]] = random.uniform(0.2, 0.6, (count, 2, 20))
    return estimate, {"context": context.astype(np.float32), "target": target[:, None].astype(np.float32)}


def score(name: str, estimate: np.ndarray, split: dict[str, np.ndarray]) -> float:
    numerator, denominator = metrics.sums(estimate, split)[name]
    return float(metrics.metric(name, numerator.sum(), denominator.sum()))


def known(split: dict[str, np.ndarray], *rows: np.ndarray) -> list[np.ndarray]:
    """Target and rows of an estimate at the asked values that are known, in one row each."""
    target = split["target"][:, 0].astype(np.float64)
    return [each[~np.isnan(target)] for each in (target, *rows)]


def test_likelihoods_are_those_of_scipy() -> None:
    estimate, split = signals()
    for name, row in (("nll", 0), ("joint_nll", 2)):
        target, mean, std = known(split, estimate[:, row], estimate[:, row + 1])
        assert score(name, estimate, split) == pytest.approx(-stats.norm.logpdf(target, mean, std).mean())


@pytest.mark.parametrize(("error", "std"), [(0.0, 1.0), (0.7, 0.3), (-2.0, 1.5), (5.0, 0.01)])
def test_crps_is_the_integral_of_its_definition(error: float, std: float) -> None:
    low, high = min(-error, 0) - 9 * std, max(-error, 0) + 9 * std
    below = integrate.quad(lambda y: stats.norm.cdf(y, 0, std) ** 2, low, -error, limit=200)[0]
    above = integrate.quad(lambda y: stats.norm.sf(y, 0, std) ** 2, -error, high, limit=200)[0]
    assert float(metrics.crps(np.array(error), np.array(std))) == pytest.approx(below + above, rel=1e-6)


def test_squared_errors_and_r2_are_those_of_their_rows() -> None:
    estimate, split = signals()
    for name, row in (("mse", 0), ("sequential_mse", 2), ("fed_back_mse", 4)):
        target, mean = known(split, estimate[:, row])
        assert score(name, estimate, split) == pytest.approx(np.square(target - mean).mean())
    target, mean, member = known(split, estimate[:, 2], split["context"][:, 1])
    for number, name in enumerate(("r2_first", "r2_second")):
        expected = r2_score(target[member == number], mean[member == number])
        assert score(name, estimate, split) == pytest.approx(expected)


def test_a_member_that_is_not_there_has_no_r2() -> None:
    estimate, split = signals(members=1)
    assert "r2_first" in metrics.sums(estimate, split) and "r2_second" not in metrics.sums(estimate, split)


def test_coverage_is_the_share_within_quantiles() -> None:
    estimate, split = signals(200)
    target, mean, std = known(split, estimate[:, 0], estimate[:, 1])
    place = stats.norm.cdf(target, mean, std)
    for level in (50, 80, 95):
        expected = (np.abs(place - 0.5) <= level / 200).mean()
        assert score(f"coverage_{level}", estimate, split) == pytest.approx(expected)
    found = {
        level: (inside.sum() / count.sum()) for level, inside, count in metrics.coverage(estimate, split)
    }
    assert list(found) == list(metrics.LEVELS)
    assert found[0.95] == pytest.approx(score("coverage_95", estimate, split))


def test_honest_intervals_cover_what_they_say() -> None:
    estimate, split = signals(2000)
    estimate[:, 0] = np.nan_to_num(split["target"][:, 0]) + estimate[:, 1] * np.random.default_rng(
        1
    ).standard_normal((2000, 20))
    for level, inside, count in metrics.coverage(estimate, split):
        assert inside.sum() / count.sum() == pytest.approx(level, abs=0.01)


def test_the_error_by_position_counts_target_points() -> None:
    estimate, split = signals()
    found = metrics.error_by_position(estimate, split)
    target = split["target"][:, 0]
    each = metrics.crps(estimate[:, 0] - target, estimate[:, 1])[:, ASKED]
    np.testing.assert_allclose(found, np.nanmean(each, 0))


def test_values_that_nobody_knows_count_nowhere() -> None:
    estimate, split = signals()
    changed = estimate.copy()
    changed[2, :, 9] = 100.0
    for name, pair in metrics.sums(estimate, split).items():
        np.testing.assert_array_equal(pair, metrics.sums(changed, split)[name])


def test_the_loss_is_the_likelihood_or_the_published_one() -> None:
    estimate, split = signals()
    target = torch.from_numpy(split["target"]).double()
    two = torch.from_numpy(estimate[:, [0, 2, 1, 3]])
    expected = (score("nll", estimate, split) + score("joint_nll", estimate, split)) / 2
    assert float(learning.loss(two, target, "gaussian_nll")) == pytest.approx(expected, rel=1e-6)
    value, mean, std = known(split, estimate[:, 0], estimate[:, 1])
    published = 0.5 * (np.square(value - mean) / (std**2 + 0.001) + np.log(std))
    found = learning.loss(torch.from_numpy(estimate[:, :2]), target, "damped_gaussian_nll")
    assert float(found) == pytest.approx(published.mean(), rel=1e-6)


def test_an_example_has_nothing_where_there_is_nothing() -> None:
    estimate, split = signals()
    rows: list[Any] = list(metrics.example(estimate, split, 2))
    assert len(rows) == 20 and {len(row) for row in rows} == {len(metrics.EXAMPLE)}
    given, asked, unknown = (dict(zip(metrics.EXAMPLE, rows[k], strict=True)) for k in (0, 6, 9))
    assert (
        math.isnan(given["mean"])
        and math.isnan(given["target"])
        and given["context"] == split["context"][2, 2, 0]
    )
    assert (
        math.isnan(asked["context"])
        and asked["mean"] == estimate[2, 0, 6]
        and asked["path_1"] == estimate[2, 5, 6]
    )
    assert (
        math.isnan(unknown["context"])
        and math.isnan(unknown["target"])
        and unknown["std"] == estimate[2, 1, 9]
    )
