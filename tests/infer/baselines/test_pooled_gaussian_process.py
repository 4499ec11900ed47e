"""The pooled Gaussian process: as likely as what scikit-learn finds, and as good as the exact posterior."""

from __future__ import annotations

import warnings

import numpy as np
import pytest
import torch
from scipy.stats import multivariate_normal
from sklearn.gaussian_process import GaussianProcessRegressor, kernels

from support.law_signals import draw, info
from tidemark.core.store import Array
from tidemark.infer import metrics
from tidemark.infer.baselines import pooled_gaussian_process
from tidemark.infer.baselines.pooled_gaussian_process import Options, learn
from tidemark.infer.covariances import Points
from tidemark.infer.laws.gaussian_process import Law
from tidemark.infer.limits import exact_posterior

ONE = Law(members=1, points=20, context=6, offset_std=0, noise_std=0.1, regime="shuffle")
PAIRS = Law(points=15, context=5, noise_std=0.05)


def scores(estimate: Array, split: dict[str, Array]) -> dict[str, float]:
    return {name: float(a.sum() / b.sum()) for name, (a, b) in metrics.sums(estimate, split).items()}


def values(split: dict[str, Array]) -> Array:
    return np.where(np.isnan(split["target"][:, 0]), split["context"][:, 2], split["target"][:, 0]).astype(
        np.float64
    )


@pytest.mark.parametrize("rival", [kernels.RBF(1.0), kernels.Matern(1.0, nu=1.5)], ids=["rbf", "matern"])
def test_no_single_signal_of_the_library_is_a_likelier_law_of_all(rival: kernels.Kernel) -> None:
    """Among them fits by scikit-learn to each of some training signals."""
    name = "rbf" if isinstance(rival, kernels.RBF) and not isinstance(rival, kernels.Matern) else "matern"
    split = draw(ONE.model_copy(update={"kernel": name}), 40)
    learned = learn(split, split, info(ONE), Options(kernel=name))
    x, y = split["context"][:, 0].astype(np.float64), values(split)
    covariance = Points(torch.from_numpy(x), torch.zeros(x.shape)).covariance(learned, Options(kernel=name))
    ours = sum(multivariate_normal(cov=covariance[row].numpy()).logpdf(y[row]) for row in range(40))
    for row in range(3):
        whole = kernels.ConstantKernel(1.0) * rival + kernels.WhiteKernel(0.01)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of hyperparameters at their bounds
            fitted = GaussianProcessRegressor(whole, alpha=0).fit(x[row][:, None], y[row]).kernel_
        theirs = sum(multivariate_normal(cov=fitted(x[n][:, None])).logpdf(y[n]) for n in range(40))
        assert ours > theirs


@pytest.mark.parametrize(
    ("law", "options"),
    [
        (ONE, Options()),
        (ONE.model_copy(update={"kernel": "periodic"}), Options(kernel="periodic")),
        (ONE.model_copy(update={"kernel": "matern"}), Options(kernel="matern")),
        (PAIRS, Options()),
        (
            PAIRS.model_copy(update={"second_length_scale": 0.4, "offset_std": 0.0}),
            Options(own="process"),
        ),
    ],
    ids=["rbf", "periodic", "matern", "pairs", "pairs-of-processes"],
)
def test_is_as_good_as_the_exact_posterior(law: Law, options: Options) -> None:
    train, test = draw(law, 128), draw(law, 64, seed=1)
    learned = learn(train, train, info(law), options)
    ours = scores(pooled_gaussian_process.estimate(test, info(law), options, learned), test)
    exact = scores(exact_posterior.estimate(test, info(law), exact_posterior.Options()), test)
    assert ours["crps"] < 1.02 * exact["crps"]
    for name in ("nll", "joint_nll"):
        assert ours[name] == pytest.approx(exact[name], abs=0.03)


def test_finds_the_hyperparameters_that_made_the_signals() -> None:
    law = ONE.model_copy(update={"kernel": "periodic", "period": 2.6, "length_scale": 0.8})
    learned = learn(*(draw(law, 128),) * 2, info(law), Options(kernel="periodic"))
    assert learned.period is not None
    assert float(learned.period[0]) == pytest.approx(2.6, rel=0.01)
    assert float(learned.length[0]) == pytest.approx(0.8, rel=0.05)
    assert float(learned.noise[0, 0]) == pytest.approx(0.1, rel=0.1)


def test_members_may_run_against_each_other() -> None:
    split = draw(PAIRS, 64)
    sign = np.where(split["context"][:, 1] == 1, -1, 1).astype(np.float32)
    context = split["context"] * np.stack([np.ones_like(sign), np.ones_like(sign), sign], 1)
    turned = {"context": context, "target": split["target"] * sign[:, None]}
    same, other = (
        scores(
            pooled_gaussian_process.estimate(
                each, info(PAIRS), Options(), learn(each, each, info(PAIRS), Options())
            ),
            each,
        )
        for each in (split, turned)
    )
    assert other["nll"] == pytest.approx(same["nll"], abs=0.01)


def test_values_of_one_size_only_and_missing_ones_can_be_learned_from() -> None:
    context = np.zeros((4, 3, 12), dtype=np.float32)
    context[:, 0] = np.arange(12)
    context[:, 2, 6:] = np.nan
    target = np.full((4, 1, 12), np.nan, dtype=np.float32)
    target[:, :, 6:10] = 0
    split = {"context": context, "target": target}
    learned = learn(split, split, info(ONE), Options())
    assert np.isfinite(pooled_gaussian_process.estimate(split, info(ONE), Options(), learned)).all()
