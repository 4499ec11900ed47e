"""The fitted Gaussian process: an average under the posterior that brute force finds too."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from scipy.stats import kstest, lognorm, multivariate_normal

from support.law_signals import draw, info
from tidemark.infer import metrics
from tidemark.infer.baselines import fitted_gaussian_process
from tidemark.infer.baselines.fitted_gaussian_process import Options, Signals, posterior, prior
from tidemark.infer.laws.gaussian_process import Law
from tidemark.infer.limits import exact_posterior

ONE = Law(members=1, points=30, context=8, offset_std=0, noise_std=0.1, regime="shuffle")
PAIRS = Law(points=20, context=6, noise_std=0.05)


def scores(estimate: np.ndarray, split: dict[str, np.ndarray]) -> dict[str, float]:
    return {name: float(a.sum() / b.sum()) for name, (a, b) in metrics.sums(estimate, split).items()}


def test_draws_of_the_prior_have_its_law() -> None:
    draws = prior(Options(own="process", draws=1023))
    assert kstest(draws.length, lognorm(0.7, scale=0.12).cdf).pvalue > 0.5
    assert kstest(draws.noise[:, 0], lognorm(1.5, scale=0.05).cdf).pvalue > 0.5
    assert draws.process_length is not None
    assert kstest(draws.process_length, lognorm(0.7, scale=0.08).cdf).pvalue > 0.5
    logarithms = np.stack([draws.length, draws.noise[:, 0], draws.offset[:, 0], draws.process_length])
    assert np.abs(np.corrcoef(np.log(logarithms)) - np.eye(4)).max() < 0.05


def test_the_posterior_is_that_of_weights_by_scipy() -> None:
    """Mean logarithm of the length scale, with every draw weighed by its likelihood."""
    context = torch.tensor(draw(ONE, 3)["context"]).double()
    signals, options = Signals(context), Options(draws=200, components=4000)
    chosen = posterior(signals, options)
    found = torch.stack([each.length.log() for each in chosen]).mean(0)
    draws = prior(options)
    for row in range(3):
        x, y = context[row, 0].numpy(), context[row, 2, :8].numpy()
        y = (y - y.mean()) / y.std()
        squared = np.square((x[:8, None] - x[:8]) / (x.max() - x.min()))
        logs = []
        for number in range(200):
            shared, offset, noise = (
                float(each[number, 0]) ** 2 for each in (draws.shared, draws.offset, draws.noise)
            )
            covariance = shared * np.exp(-0.5 * squared / float(draws.length[number]) ** 2) + offset
            logs.append(multivariate_normal(cov=covariance + noise * np.eye(8)).logpdf(y))
        weight = np.exp(np.array(logs) - max(logs))
        expected = (weight * draws.length.log().numpy()).sum() / weight.sum()
        assert float(found[row]) == pytest.approx(expected, abs=0.01)


def test_ten_points_do_not_make_it_sure() -> None:
    """The likeliest hyperparameters of so few points have an NLL of many nats."""
    law = ONE.model_copy(update={"kernel": "periodic", "context": 10, "noise_std": 0.05})
    split = draw(law, 100)
    options = Options(kernel="periodic", draws=1024)
    found = scores(fitted_gaussian_process.estimate(split, info(law), options), split)
    assert found["nll"] < 1.0 and found["joint_nll"] < 1.0
    assert 0.85 < found["coverage_95"] < 0.99


def test_comes_near_the_exact_posterior_of_pairs() -> None:
    split = draw(PAIRS, 64)
    ours = scores(fitted_gaussian_process.estimate(split, info(PAIRS), Options()), split)
    exact = scores(exact_posterior.estimate(split, info(PAIRS), exact_posterior.Options()), split)
    assert exact["nll"] < ours["nll"] < exact["nll"] + 0.3
    assert exact["joint_nll"] < ours["joint_nll"] < exact["joint_nll"] + 0.3
    assert 0.9 < ours["coverage_95"] < 0.99


def test_signals_with_any_number_of_context_points_are_as_alone() -> None:
    law = Law(points=8, context=4, regime="half_half", noise_std=0.1)
    split = draw(law, 6)
    assert len(set(np.isnan(split["target"][:, 0]).sum(1))) == 2
    options = Options(draws=50, components=4)
    together = fitted_gaussian_process.estimate(split, info(law), options)
    for row in range(6):
        single = {name: array[row : row + 1] for name, array in split.items()}
        alone = fitted_gaussian_process.estimate(single, info(law), options)
        np.testing.assert_allclose(alone[0, :5], together[row, :5], rtol=1e-6, atol=1e-8)


def test_units_do_not_matter() -> None:
    split = draw(PAIRS, 4)
    context = split["context"] * np.float32([[4], [1], [8]]) + np.float32([[64], [0], [128]])
    other = {"context": context, "target": split["target"] * 8 + 128}
    options = Options(draws=50, components=4)
    first, second = (
        fitted_gaussian_process.estimate(each, info(PAIRS), options)[:, :, 26:] for each in (split, other)
    )
    np.testing.assert_allclose(second[:, 0] - 128, 8 * first[:, 0], atol=0.02)
    np.testing.assert_allclose(second[:, 1], 8 * first[:, 1], rtol=0.02)


@pytest.mark.parametrize("given", [0, 1, 5])
@pytest.mark.parametrize("kernel", ["rbf", "matern", "periodic"])
def test_little_or_constant_context_gives_finite_estimates(given: int, kernel: str) -> None:
    context = np.full((2, 3, 12), np.nan)
    context[:, 0], context[:, 1] = np.arange(12), np.arange(12) % 2
    context[:, 2, :given] = 7
    target = np.where(np.isnan(context[:, 2:]), 7.5, np.nan)
    result = fitted_gaussian_process.estimate(
        {"context": context, "target": target}, info(PAIRS), Options(kernel=kernel, draws=20)
    )
    assert result.shape == (2, 8, 12)
    assert np.isfinite(result).all()
    assert (result[:, [1, 3], given:] > 0).all()
    if given:
        np.testing.assert_allclose(result[:, 0], 7, atol=1e-6)
