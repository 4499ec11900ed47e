"""The shifted partner, against a loop over points, its likelihood against a grid, and what it cannot do."""

import numpy as np
import pytest
import torch

from tidemark.core.errors import InputError
from tidemark.core.store import DatasetInfo
from tidemark.infer import metrics
from tidemark.infer.baselines import mean, shifted_partner
from tidemark.infer.laws import gaussian_process
from tidemark.infer.laws.gaussian_process import Law

Learned = shifted_partner.Learned
OPTIONS = shifted_partner.Options()
LAW = Law(points=40, context=6, noise_std=0.05)
INFO = DatasetInfo("some", "infer", "x", 2, 40, 1.0, "sample", "", 0, {})


def draw(law: Law, count: int, seed: int = 0) -> dict[str, np.ndarray]:
    drawn = gaussian_process.generate(law, count, torch.Generator().manual_seed(seed))
    return {name: tensor.numpy() for name, tensor in drawn.items()}


def next_of(residuals: np.ndarray, learned: Learned) -> tuple[float, float]:
    variance = learned.floor**2 + learned.inflation**2 * residuals.var(ddof=1)
    return residuals.mean(), np.sqrt(variance * (1 + 1 / len(residuals)))


@pytest.mark.parametrize("regime", ["full_infer", "shuffle"])
def test_equals_the_loop(regime: str) -> None:
    law = LAW.model_copy(update={"regime": regime, "context": 20, "sorted": 0.5})
    split = draw(law, 5)
    split["target"][:, 0, -3] = np.nan
    learned = Learned(0.1, 1.3, 2.0)
    result = shifted_partner.estimate(split, INFO, OPTIONS, learned)
    assert result.shape == metrics.estimate_shape(split)
    for row, (position, member, value) in enumerate(split["context"].astype(np.float64)):
        given = ~np.isnan(value)
        truth = np.where(given, value, split["target"][row, 0])
        for at in np.flatnonzero(~given):
            other = np.flatnonzero(given & (member != member[at]))
            other = other[np.argsort(position[other])]
            partner = np.interp(position, position[other], value[other])
            own = (member == member[at]) & ~np.isnan(truth)
            before = own & (np.arange(len(own)) < at)
            for rows, known in [(result[row, :2, at], own & given), (result[row, 2:4, at], before)]:
                shift, std = next_of((truth - partner)[known], learned)
                np.testing.assert_allclose(rows, [partner[at] + shift, std], rtol=1e-9)
            assert result[row, 4, at] == result[row, 0, at]


def test_its_own_means_fed_back_change_nothing() -> None:
    split = draw(LAW, 20)
    learned = Learned(0.1, 1.3, 2.0)
    result = shifted_partner.estimate(split, INFO, OPTIONS, learned)
    filled = dict(split, target=np.where(np.isnan(split["context"][:, 2:]), result[:, :1], np.nan))
    again = shifted_partner.estimate(filled, INFO, OPTIONS, learned)
    asked = np.isnan(split["context"][:, 2])
    np.testing.assert_allclose(again[:, 2][asked], result[:, 4][asked], rtol=1e-9)


def test_floor_and_inflation_are_the_likeliest() -> None:
    """No neighbour on a grid has a smaller negative log-likelihood on the training signals."""
    train = draw(LAW, 300)
    learned = shifted_partner.learn(train, train, INFO, OPTIONS)

    def nats(floor: float, inflation: float) -> float:
        estimate = shifted_partner.estimate(
            train, INFO, OPTIONS, Learned(floor, inflation, learned.unshifted)
        )
        numerator, denominator = metrics.sums(estimate, train)["nll"]
        return float(numerator.sum() / denominator.sum())

    least = nats(*learned[:2])
    for floor in (0.9, 1, 1.1):
        for inflation in (0.9, 1, 1.1):
            assert nats(floor * learned.floor, inflation * learned.inflation) >= least - 1e-6
    position, member, value = train["context"].astype(np.float64).swapaxes(0, 1)
    apart = []
    for row in range(300):
        other, asked = (member[row] != member[row, -1]), np.isnan(value[row])
        partner = np.interp(position[row, asked], position[row, other], value[row, other])
        apart.append(train["target"][row, 0, asked] - partner)
    assert learned.unshifted == pytest.approx(np.sqrt(np.mean(np.square(apart))), rel=1e-6)


def test_is_far_better_than_the_mean_and_its_intervals_hold() -> None:
    train, test = draw(LAW, 400), draw(LAW, 300, seed=1)
    learned = shifted_partner.learn(train, train, INFO, OPTIONS)
    ours = metrics.sums(shifted_partner.estimate(test, INFO, OPTIONS, learned), test)
    plain = metrics.sums(mean.estimate(test, INFO, mean.Options()), test)
    score = {name: float(a.sum() / b.sum()) for name, (a, b) in ours.items()}
    assert score["crps"] < 0.15 * plain["crps"][0].sum() / plain["crps"][1].sum()
    assert score["sequential_mse"] < score["mse"] < 0.05
    assert 0.9 < score["coverage_95"] < 0.99


def test_sample_paths_share_an_uncertain_shift() -> None:
    one = draw(LAW, 1)
    split = {name: np.repeat(array, 3000, axis=0) for name, array in one.items()}
    learned = Learned(0.2, 1.0, 2.0)
    result = shifted_partner.estimate(split, INFO, OPTIONS, learned)
    paths = result[:, 5:, -3:].reshape(-1, 3)
    variance = result[0, 1, -1] ** 2 / (1 + 1 / 6)
    np.testing.assert_allclose(paths.mean(0), result[0, 0, -3:], atol=5 * np.sqrt(variance * 7 / 6 / 9000))
    np.testing.assert_allclose(np.cov(paths.T), variance * (np.eye(3) + 1 / 6), atol=0.07 * variance)


def test_a_member_without_context_is_taken_to_be_its_partner() -> None:
    split = draw(LAW, 3)
    own = split["context"][:, 1] == split["context"][:, 1, -1:]
    split["context"][:, 2][own] = np.nan
    learned = Learned(0.2, 1.0, 2.0)
    result = shifted_partner.estimate(split, INFO, OPTIONS, learned)
    for row in range(3):
        position, _, value = split["context"][row]
        expected = np.interp(position[own[row]], position[~own[row]], value[~own[row]])
        np.testing.assert_allclose(result[row, 0, own[row]], expected, rtol=1e-5)
        np.testing.assert_allclose(result[row, 1, own[row]], 2.0, rtol=1e-5)


def test_one_sequence_has_no_partner() -> None:
    info = DatasetInfo("some", "infer", "x", 1, 40, 1.0, "sample", "", 0, {})
    split = draw(Law(members=1, points=40, context=6), 2)
    for call in (
        lambda: shifted_partner.learn(split, split, info, OPTIONS),
        lambda: shifted_partner.estimate(split, info, OPTIONS, Learned(1, 1, 1)),
    ):
        with pytest.raises(InputError, match="shifted_partner: signals of 'some' have one member"):
            call()
