"""The fitted Gaussian process, against scikit-learn's kernels and fit, and beside the exact one."""

import warnings

import numpy as np
import pytest
import torch
from sklearn.gaussian_process import GaussianProcessRegressor, kernels

from support.law_signals import draw, info
from tidemark.infer import metrics
from tidemark.infer.baselines import fitted_gaussian_process
from tidemark.infer.baselines.fitted_gaussian_process import SMALLEST_NOISE, Options, Signals, fitted
from tidemark.infer.laws.gaussian_process import Law
from tidemark.infer.limits import exact_posterior

ONE = Law(members=1, points=60, context=40, offset_std=0, noise_std=0.1)
PAIRS = Law(points=40, context=10, noise_std=0.05)


def scores(estimate: np.ndarray, split: dict[str, np.ndarray]) -> dict[str, float]:
    return {name: float(a.sum() / b.sum()) for name, (a, b) in metrics.sums(estimate, split).items()}


@pytest.mark.parametrize(
    ("options", "kernel"),
    [
        (Options(), kernels.RBF(3.0)),
        (Options(kernel="periodic"), kernels.ExpSineSquared(0.5, 2.0)),
        (Options(kernel="matern", smoothness="0.5"), kernels.Matern(3.0, nu=0.5)),
        (Options(kernel="matern", smoothness="1.5"), kernels.Matern(3.0, nu=1.5)),
        (Options(kernel="matern", smoothness="2.5"), kernels.Matern(3.0, nu=2.5)),
    ],
    ids=["rbf", "periodic", "matern-0.5", "matern-1.5", "matern-2.5"],
)
@pytest.mark.parametrize("own", ["offset", "process"])
def test_the_covariance_is_that_of_the_library(options: Options, kernel: kernels.Kernel, own: str) -> None:
    options = options.model_copy(update={"own": own})
    context = torch.tensor(draw(PAIRS, 2)["context"]).double()
    signals = Signals(context)
    unit, std = signals.unit, signals.std
    further = [0.5 * torch.ones(2) if options.kernel == "periodic" else 3 / unit]
    further += [1.2 / unit] * (own == "process") + [2 / unit] * (options.kernel == "periodic")
    logarithms = torch.stack([1.5 / std, 0.7 / std, 0.2 / std, *further], 1).double().log()
    result = signals.covariance(logarithms, options)
    for row in range(2):
        position, member, value = context[row].numpy()
        x = position[:, None]
        part = kernels.RBF(1.2)(x) if own == "process" else 1.0
        expected = 1.5**2 * kernel(x) + 0.7**2 * part * (member[:, None] == member)
        smallest = SMALLEST_NOISE * np.nanstd(value)
        expected += (0.2**2 + smallest**2) * np.eye(80)
        np.testing.assert_allclose(result[row], expected, rtol=1e-9)


@pytest.mark.parametrize(
    ("law", "kernel"),
    [
        (ONE, kernels.RBF(1.0, (1e-2, 1e2))),
        (ONE.model_copy(update={"kernel": "matern"}), kernels.Matern(1.0, (1e-2, 1e2), nu=1.5)),
        (
            ONE.model_copy(update={"kernel": "periodic"}),
            kernels.ExpSineSquared(1.0, 3.0, (1e-2, 1e2), (2.5, 3.5)),  # told where the period is
        ),
    ],
    ids=["rbf", "matern", "periodic"],
)
def test_is_as_likely_as_what_the_library_finds(law: Law, kernel: kernels.Kernel) -> None:
    """Log marginal likelihoods of the fit by quasi-Newton steps from the truth, one signal at a time."""
    context = torch.tensor(draw(law, 8)["context"]).double()
    signals = Signals(context)
    options = Options(kernel=law.kernel)
    found = fitted(signals, options)
    covariance = signals.covariance(found, options)
    whole = kernels.ConstantKernel(1.0) * kernel + kernels.ConstantKernel(0.1) + kernels.WhiteKernel(0.01)
    behind = []
    for row in range(8):
        y = (context[row, 2, :40] - signals.mean[row]).numpy()
        given = covariance[row, :40, :40].numpy()
        ours = -0.5 * (y @ np.linalg.solve(given, y) + np.linalg.slogdet(2 * np.pi * given)[1])
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of hyperparameters at their bounds
            regressor = GaussianProcessRegressor(whole, alpha=0).fit(context[row, 0, :40, None].numpy(), y)
        behind.append(regressor.log_marginal_likelihood_value_ - ours)
    assert np.max(behind) < 0.5
    assert np.median(behind) < 0.05


def test_comes_near_the_exact_posterior_of_pairs() -> None:
    split = draw(PAIRS, 64)
    ours = scores(fitted_gaussian_process.estimate(split, info(PAIRS), Options()), split)
    exact = scores(exact_posterior.estimate(split, info(PAIRS), exact_posterior.Options()), split)
    assert exact["nll"] < ours["nll"] < exact["nll"] + 0.1
    assert exact["joint_nll"] < ours["joint_nll"] < exact["joint_nll"] + 0.1
    assert ours["mse"] < 1.2 * exact["mse"]
    assert 0.9 < ours["coverage_95"] < 0.97


def test_a_process_of_its_own_is_better_than_an_offset_where_there_is_one() -> None:
    law = PAIRS.model_copy(update={"second_length_scale": 0.4, "offset_std": 0.0, "gaps": True})
    split = draw(law, 64)
    offset, process = (
        scores(fitted_gaussian_process.estimate(split, info(law), Options(own=own)), split)
        for own in ("offset", "process")
    )
    assert process["nll"] < offset["nll"] - 0.5
    assert process["crps"] < 0.9 * offset["crps"]


def test_signals_with_any_number_of_context_points_are_as_alone() -> None:
    law = Law(points=15, context=8, regime="half_half", noise_std=0.1)
    split = draw(law, 6)
    assert len(set(np.isnan(split["target"][:, 0]).sum(1))) == 2
    together = fitted_gaussian_process.estimate(split, info(law), Options(steps=10))
    for row in range(6):
        single = {name: array[row : row + 1] for name, array in split.items()}
        alone = fitted_gaussian_process.estimate(single, info(law), Options(steps=10))
        np.testing.assert_allclose(alone[0, :5], together[row, :5], rtol=1e-4, atol=1e-5)


def test_units_do_not_matter() -> None:
    split = draw(PAIRS, 4)
    context = split["context"] * np.float32([[4], [1], [8]]) + np.float32([[64], [0], [128]])
    other = {"context": context, "target": split["target"] * 8 + 128}
    first, second = (
        fitted_gaussian_process.estimate(each, info(PAIRS), Options())[:, :, 50:] for each in (split, other)
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
        {"context": context, "target": target}, info(PAIRS), Options(kernel=kernel, steps=5)
    )
    assert result.shape == (2, 8, 12)
    assert np.isfinite(result).all()
    assert (result[:, [1, 3], given:] > 0).all()
    if given:
        np.testing.assert_allclose(result[:, 0], 7, atol=1e-6)
