"""Covariances and likelihoods, against scikit-learn's kernels and SciPy's normal law."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from scipy.stats import multivariate_normal
from sklearn.gaussian_process import kernels

from tidemark.infer.covariances import Kernel, Parameters, Points, negative_log_likelihood


def tensor(*values: float) -> torch.Tensor:
    return torch.tensor(values, dtype=torch.float64)


@pytest.mark.parametrize(
    ("kernel", "library"),
    [
        (Kernel(), kernels.RBF),
        (Kernel(kernel="periodic"), lambda length: kernels.ExpSineSquared(length, 2.5)),
        (Kernel(kernel="matern", smoothness="0.5"), lambda length: kernels.Matern(length, nu=0.5)),
        (Kernel(kernel="matern", smoothness="1.5"), lambda length: kernels.Matern(length, nu=1.5)),
        (Kernel(kernel="matern", smoothness="2.5"), lambda length: kernels.Matern(length, nu=2.5)),
    ],
    ids=["rbf", "periodic", "matern-0.5", "matern-1.5", "matern-2.5"],
)
@pytest.mark.parametrize("own", ["offset", "process"])
def test_the_covariance_is_that_of_the_library(kernel: Kernel, library: type, own: str) -> None:
    kernel = kernel.model_copy(update={"own": own})
    random = np.random.default_rng(0)
    x, member = random.uniform(5, 15, (2, 20)), random.integers(0, 2, (2, 20))
    shared, offset, noise, process = ([1.3, -0.6], [0.4, 1.7], [0.1, 0.3], [0.8, 0.2])
    parameters = Parameters(
        tensor(*shared)[None], tensor(*offset)[None], tensor(*noise)[None], tensor(1.7),
        tensor(2.5) if kernel.kernel == "periodic" else None,
        tensor(*process)[None] if own == "process" else None,
        tensor(0.9) if own == "process" else None,
    )  # fmt: skip
    found = Points(torch.from_numpy(x), torch.from_numpy(member)).covariance(parameters, kernel)
    other = kernels.RBF if kernel.kernel == "periodic" else library
    for row in range(2):
        at, who = x[row, :, None], member[row]
        both = np.array(shared)[who]
        expected = np.outer(both, both) * library(1.7)(at)
        alone = np.square(np.array(offset))[who]
        part = (
            np.diag(alone)[:, :0] if own == "offset" else np.square(np.array(process))[who] * other(0.9)(at)
        )
        expected += (who[:, None] == who) * (alone + (part if own == "process" else 0.0))
        expected += np.diag(np.square(np.array(noise))[who])
        np.testing.assert_allclose(found[row], expected, rtol=1e-9)


def test_the_likelihood_is_that_of_scipy_where_values_are_missing_too() -> None:
    random = np.random.default_rng(1)
    factor = random.normal(size=(3, 8, 8))
    covariance = factor @ factor.swapaxes(1, 2) + np.eye(8)
    present = random.uniform(size=(3, 8)) < 0.7
    y = np.where(present, random.normal(size=(3, 8)), 0.0)
    found = negative_log_likelihood(*(torch.from_numpy(each) for each in (covariance, y, present)), False)
    for row in range(3):
        there = present[row]
        law = multivariate_normal(cov=covariance[row][np.ix_(there, there)])
        assert float(found[row]) == pytest.approx(-law.logpdf(y[row, there]))


def test_the_gradient_is_the_difference_quotient() -> None:
    random = np.random.default_rng(2)
    points = Points(torch.from_numpy(random.uniform(0, 5, (2, 9))), torch.zeros(2, 9))
    y = torch.from_numpy(random.normal(size=(2, 9)))

    def nats(length: torch.Tensor, gradient: bool) -> torch.Tensor:
        parameters = Parameters(tensor(1.0)[None], tensor(0.1)[None], tensor(0.2)[None], length)
        covariance = points.covariance(parameters, Kernel())
        return negative_log_likelihood(covariance, y, torch.ones(2, 9, dtype=torch.bool), gradient).sum()

    length = tensor(0.7).requires_grad_()
    nats(length, True)
    step = 1e-5
    expected = (nats(tensor(0.7 + step), False) - nats(tensor(0.7 - step), False)) / (2 * step)
    assert length.grad is not None
    assert float(length.grad[0]) == pytest.approx(float(expected), rel=1e-5)
