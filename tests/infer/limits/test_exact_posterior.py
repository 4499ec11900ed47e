"""The exact posterior, against conditioning written out, scikit-learn, SciPy, and figures obtained elsewhere."""

import numpy as np
import pytest
import torch
from scipy.stats import multivariate_normal
from sklearn.gaussian_process import GaussianProcessRegressor
from sklearn.gaussian_process.kernels import RBF

from support.law_signals import draw, info
from tidemark.core.errors import InputError
from tidemark.core.store import DatasetInfo
from tidemark.infer import learning, metrics
from tidemark.infer.laws import gaussian_process
from tidemark.infer.laws.gaussian_process import JITTER, Law
from tidemark.infer.limits import exact_posterior


def estimate(split: dict[str, np.ndarray], law: Law) -> np.ndarray:
    return exact_posterior.estimate(split, info(law), exact_posterior.Options())


LAWS = {
    "const": Law(points=20, context=6, noise_std=0.1),
    "rbf": Law(points=20, context=6, noise_std=0.1, offset_std=0, second_length_scale=0.4),
    "periodic": Law(points=20, members=1, context=6, noise_std=0.1, kernel="periodic"),
    "half_half": Law(points=20, context=6, noise_std=0.1, regime="half_half", sorted=0.5, kernel="matern"),
}


@pytest.mark.parametrize("name", LAWS)
def test_equals_conditioning_written_out(name: str) -> None:
    law = LAWS[name]
    split = draw(law, 70)
    result = estimate(split, law)
    assert result.shape == (70, len(learning.ROWS) + learning.PATHS, law.members * law.points)
    assert result.dtype == np.float64
    for row in (0, 1, 69):
        position, member, value = split["context"][row]
        covariance = gaussian_process.covariance(law, torch.tensor(position), torch.tensor(member)).numpy()
        given = ~np.isnan(value)
        truth = np.where(given, value, split["target"][row, 0]).astype(np.float64)

        def condition(known, at, covariance=covariance, truth=truth):
            weights = np.linalg.solve(covariance[np.ix_(known, known)], covariance[known, at])
            return weights @ truth[known], covariance[at, at] - weights @ covariance[known, at]

        for at in np.flatnonzero(~given):
            mean, variance = condition(np.flatnonzero(given), at)
            np.testing.assert_allclose(result[row, :2, at], [mean, np.sqrt(variance)], rtol=1e-6, atol=1e-7)
            mean, variance = condition(np.arange(at), at)
            np.testing.assert_allclose(result[row, 2:4, at], [mean, np.sqrt(variance)], rtol=1e-6, atol=1e-7)
            assert result[row, 4, at] == pytest.approx(result[row, 0, at])


def test_equals_the_library_on_one_sequence() -> None:
    law = Law(members=1, points=40, context=15, offset_std=0, noise_std=0.1, length_scale=0.8)
    split = draw(law, 3)
    result = estimate(split, law)
    for row in range(3):
        position, _, value = split["context"][row].astype(np.float64)
        regressor = GaussianProcessRegressor(RBF(0.8), alpha=0.1**2 + JITTER, optimizer=None)
        regressor.fit(position[:15, None], value[:15])
        mean, std = regressor.predict(position[15:, None], return_std=True)
        std = np.sqrt(std**2 + 0.1**2 + JITTER)  # of the observed value
        np.testing.assert_allclose(result[row, :2, 15:], [mean, std], rtol=1e-6, atol=1e-7)


@pytest.mark.parametrize("name", LAWS)
def test_the_sequential_likelihood_is_the_joint_one(name: str) -> None:
    """Σ log N(yₜ; …) = log p(all) − log p(given), by SciPy."""
    law = LAWS[name]
    split = draw(law, 5)
    numerator, _ = metrics.sums(estimate(split, law), split)["joint_nll"]
    for row in range(5):
        position, member, value = split["context"][row]
        covariance = gaussian_process.covariance(law, torch.tensor(position), torch.tensor(member)).numpy()
        given = ~np.isnan(value)
        truth = np.where(given, value, split["target"][row, 0])
        whole = multivariate_normal.logpdf(truth, cov=covariance)
        part = multivariate_normal.logpdf(truth[given], cov=covariance[np.ix_(given, given)])
        assert numerator[row] == pytest.approx(part - whole, rel=1e-6)


def test_sample_paths_are_drawn_from_the_joint_posterior() -> None:
    """One signal many times: the paths' mean and covariance."""
    law = Law(points=6, context=3, noise_std=0.1)
    one, count = draw(law, 1), 4000
    split = {name: np.repeat(array, count, axis=0) for name, array in one.items()}
    paths = estimate(split, law)[:, len(learning.ROWS) :, 9:].reshape(-1, 3)
    position, member, value = (torch.tensor(each) for each in one["context"][0])
    covariance = gaussian_process.covariance(law, position, member).numpy()
    weights = np.linalg.solve(covariance[:9, :9], covariance[:9, 9:])
    expected = covariance[9:, 9:] - covariance[9:, :9] @ weights
    spread = np.sqrt(np.diag(expected))
    np.testing.assert_allclose(
        (paths.mean(0) - weights.T @ value[:9].numpy()) / spread, 0, atol=5 / np.sqrt(len(paths))
    )
    np.testing.assert_allclose(
        np.cov(paths.T) / np.outer(spread, spread), expected / np.outer(spread, spread), atol=0.06
    )


@pytest.mark.parametrize(
    ("noise", "context", "mse", "marginal", "joint"),
    [
        (0.05, 10, 3.2e-3, -1.448, -1.541),
        (0.05, 50, 2.8e-3, -1.514, -1.542),
        (0.0, 10, 1.0e-8, -5.84, -5.94),
        (0.0, 50, 9.6e-9, -5.91, -5.94),
    ],
)
def test_scores_are_those_of_the_published_size(noise, context, mse, marginal, joint) -> None:
    """Means over 500 pairs obtained elsewhere, with the scatter of as few as here beside them."""
    law, count = Law(noise_std=noise, context=context), 50
    split = draw(law, count, seed=1)
    if not noise:
        split = without_jitter(law, split)
    sums = metrics.sums(estimate(split, law), split)
    for name, expected in [("nll", marginal), ("joint_nll", joint), ("mse", mse)]:
        each = sums[name][0] / sums[name][1]
        scatter = each.std() * np.sqrt(1 / count + 1 / 500)
        rounding = 0.005 * 10 ** np.floor(np.log10(abs(expected)) + 1)  # two digits are told
        assert each.mean() == pytest.approx(expected, abs=4 * scatter + rounding)
        if name != "mse":
            assert scatter < 0.02


def without_jitter(law: Law, split: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    """The same points, their values drawn anew with next to none: as the figures without noise were obtained."""
    context = torch.tensor(split["context"])
    covariance = gaussian_process.covariance(law, context[:, 0], context[:, 1])
    covariance.diagonal(dim1=1, dim2=2).sub_(JITTER - 1e-10)
    normal = torch.randn(*covariance.shape[:2], 1, generator=torch.Generator().manual_seed(0)).double()
    value = (torch.linalg.cholesky(covariance) @ normal)[..., 0].float()
    given = ~context[:, 2].isnan()
    context[:, 2] = value.masked_fill(~given, torch.nan)
    return {"context": context.numpy(), "target": value.masked_fill(given, torch.nan)[:, None].numpy()}


def test_without_noise_the_jitter_is_what_is_left() -> None:
    """Values of the law have it too: no error is below its variance, no negative log-likelihood below −5.49."""
    law = Law(context=10, points=100)
    split = draw(law, 60)
    sums = metrics.sums(estimate(split, law), split)
    least = 0.5 * np.log(2 * np.pi * np.e * JITTER)
    sequential, joint = (
        sums[name][0].sum() / sums[name][1].sum() for name in ("sequential_mse", "joint_nll")
    )
    assert JITTER < sequential < 1.5 * JITTER
    assert least < joint < least + 0.15


def test_intervals_hold_what_they_say() -> None:
    law = Law(points=40, noise_std=0.05)
    split = draw(law, 300)
    sums = metrics.sums(estimate(split, law), split)
    for level in (50, 80, 95):
        within, number = sums[f"coverage_{level}"]
        share = within / number
        assert share.mean() == pytest.approx(level / 100, abs=4 * share.std() / np.sqrt(300))


def test_data_of_another_law_are_refused() -> None:
    law = Law(points=20, context=6)
    split = draw(law, 2)
    for generator, parameters in [("recorded", {}), ("sine", {"length": 30})]:
        other = DatasetInfo("some", "infer", generator, 2, 20, 1.0, "sample", "", 0, {}, law=parameters)
        with pytest.raises(InputError, match="'some' is not made by a Gaussian process"):
            exact_posterior.estimate(split, other, exact_posterior.Options())
