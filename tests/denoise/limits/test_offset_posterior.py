"""The posterior of the offset and of all else against sums over the law, and theory."""

import numpy as np
import pytest

from support.lincombs import ENRICHMENT, PSEUDO, PURE, SHIFTED, draw
from tidemark.core.errors import InputError
from tidemark.denoise.limits import offset_posterior as limit
from tidemark.denoise.oracles import offset_likelihood


def likeliest(split, info):
    return offset_likelihood.estimate(split, info, offset_likelihood.Options())


def posterior(split, info, score="mse", **options):
    return limit.answer(split, info, limit.Options(**options)).best[score]


def sum_over_the_law(row, functions, std, bound):
    """Posterior mean of one signal, from Bayes' rule: every pair of coefficients at every offset.

    A signal depends on the ratio of its two coefficients alone; seen from the centre of their
    square, its sides are as likely anywhere.
    """
    side = np.linspace(-1, 1, 401)
    pairs = [np.stack(np.broadcast_arrays(*pair)) for pair in [(1, side), (-1, side), (side, 1), (side, -1)]]
    axis = np.linspace(0, 8 * np.pi, len(row))
    logs, means = [], []
    for offset in np.linspace(-bound, bound, 401):
        x = axis + offset
        curves = [np.sin(f["frequency"] * np.abs(x) ** f["power"]) for f in functions]
        signals = np.concatenate(pairs, axis=1).T @ curves
        signals -= signals.min(axis=1, keepdims=True)
        signals /= signals.max(axis=1, keepdims=True)
        misfit = np.square(signals - row).sum(axis=1) / (2 * std**2)
        weight = np.exp(misfit.min() - misfit)
        logs.append(np.log(weight.sum()) - misfit.min())
        means.append(weight @ signals / weight.sum())
    share = np.exp(logs - max(logs))
    return share @ means / share.sum()


@pytest.mark.parametrize("std", [0.1, 0.3, 1.0, 3.0])
def test_posterior_equals_a_sum_over_the_law(std):
    functions, bound = [{"frequency": 1, "power": 1.3}, {"frequency": 5, "power": 0.8}], 1.5
    split, info = draw(functions, 5, std, samples=8, offset=bound)
    result = posterior(split, info, draws=4000)[:, 0]
    expected = np.array([sum_over_the_law(row, functions, std, bound) for row in split["noisy"][:, 0]])
    error = np.square(expected - split["clean"][:, 0]).mean()
    # A grid of offsets and 4000 draws are exact to a hundredth of what the noise hides.
    assert np.square(result - expected).mean() < 0.01 * error
    np.testing.assert_allclose(result, expected, atol=0.03)


@pytest.mark.parametrize(
    "functions",
    [PURE, PSEUDO, [*PSEUDO, *ENRICHMENT], SHIFTED, PSEUDO[:2]],
    ids=["pure", "pseudo", "enriched", "shifted", "two"],
)
def test_posterior_without_noise_loses_nothing(functions):
    split, info = draw(functions, 40, 0, samples=64)
    assert np.abs(posterior(split, info) - split["clean"]).max() < 1e-3


@pytest.mark.parametrize(
    "functions", [PURE, PSEUDO, [*PSEUDO, *ENRICHMENT]], ids=["pure", "pseudo", "enriched"]
)
def test_posterior_knows_the_range_as_well(functions):
    """Of little noise σ² d / length is left, d two less than for likelihood: minimum 0, maximum 1."""
    split, info = draw(functions, 80, 0.02)
    mse = np.square(posterior(split, info) - split["clean"]).mean(axis=(1, 2))
    assert abs(mse.mean() - 0.02**2 * len(functions) / 1024) < 4 * mse.std() / 80**0.5


def test_posterior_of_nothing_but_noise_is_the_middle():
    split, info = draw(PSEUDO, 20, 300, samples=32)
    assert np.abs(posterior(split, info, draws=2000) - 0.5).max() < 0.05


@pytest.mark.parametrize("functions", [PURE, PSEUDO], ids=["pure", "pseudo"])
@pytest.mark.parametrize("std", [0.3, 0.9])
def test_posterior_is_better_than_likelihood_and_than_the_mean(functions, std):
    split, info = draw(functions, 60, std, samples=64)
    mean = np.full_like(split["clean"], 1) * split["noisy"].mean(axis=-1, keepdims=True)
    error = [
        np.square(found - split["clean"]).mean()
        for found in (posterior(split, info), likeliest(split, info), mean)
    ]
    assert error[0] < 0.95 * min(error[1:])


def test_posterior_of_a_batch_is_of_its_items_and_of_a_known_offset():
    split, info = draw(PSEUDO, 5, 0.9, samples=64)
    together = posterior(split, info)
    alone = posterior({"noisy": split["noisy"][3:4]}, info)
    np.testing.assert_allclose(alone[0], together[3], atol=1e-3)
    split, info = draw(PSEUDO, 60, 0.1, samples=64, offset=0)
    mse = np.square(posterior(split, info) - split["clean"]).mean(axis=(1, 2))
    assert abs(mse.mean() - 0.1**2 * 5 / 256) < 4 * mse.std() / 60**0.5


def test_the_median_is_of_the_weighted_draws_and_halves_make_up_the_whole():
    random = np.random.default_rng(0)
    drawn, weight = random.normal(size=(16, 3)), random.uniform(size=16)
    median, mean = limit._points(drawn, weight)
    halves = np.array([0, 1, 4, 5, 8, 9, 12, 13]), np.array([2, 3, 6, 7, 10, 11, 14, 15])
    for place, chosen in enumerate([np.arange(16), *halves]):
        share = weight[chosen] / weight[chosen].sum()
        np.testing.assert_allclose(mean[place], share @ drawn[chosen])
        for column, middle in zip(drawn[chosen].T, median[place], strict=True):
            assert share[column < middle].sum() < 0.5 <= share[column <= middle].sum() + 1e-12


def test_the_median_is_no_better_in_squared_errors_than_the_mean():
    split, info = draw(PSEUDO, 150, 0.9, samples=16)
    median, mean = (posterior(split, info, score=score) - split["clean"] for score in ("l1", "mse"))
    behind = (np.square(median) - np.square(mean)).mean(axis=(1, 2))
    assert behind.mean() > 2 * behind.std() / 150**0.5


def test_other_data_is_refused():
    split, info = draw(PSEUDO, 3, (0.1, 0.5), samples=16)
    with pytest.raises(InputError, match=r"noise_std of 'some' is the range \[0.1, 0.5\]; the posterior"):
        posterior(split, info)
    split, info = draw(PSEUDO, 3, 0.1, samples=16, noise="uniform")
    with pytest.raises(InputError, match="the noise of 'some' is uniform"):
        posterior(split, info)
