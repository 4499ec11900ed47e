"""The projection onto harmonics against theory, least squares and the Bessel functions."""

import numpy as np
import pytest
import torch
from scipy import special

from tidemark.core.errors import InputError
from tidemark.core.store import DatasetInfo
from tidemark.denoise.laws import lincomb
from tidemark.denoise.oracles import harmonic_projection as limit

PURE = [{"frequency": f} for f in (1, 5, 10, 15, 20, 30)]
ENRICHED = [*PURE, *[{"form": form} for form in ("exponential_sine", "sine_cosine", "sine_of_cosine")]]


def draw(functions, count, std, samples=256):
    law = lincomb.Law(functions=functions, samples_per_cycle=samples, noise_std=std)
    split = lincomb.generate(law, count, torch.Generator().manual_seed(0))
    length = law.cycles * samples
    info = DatasetInfo(
        "some", "denoise", "lincomb", 1, length, 1.0, "sample", "", 0, {"test": count}, law.model_dump()
    )
    return {key: tensor.numpy() for key, tensor in split.items()}, info


def errors(split, info):
    """Mean squared error of each signal."""
    return np.square(limit.estimate(split, info, limit.NoOptions()) - split["clean"]).mean(axis=(1, 2))


@pytest.mark.parametrize("std", [0.1, 0.3, 0.9])
@pytest.mark.parametrize("samples", [64, 256])
def test_thirteen_directions_of_the_noise_are_left(std, samples):
    mse = errors(*draw(PURE, 400, std, samples))
    expected = std**2 * 13 / (4 * samples)
    assert abs(mse.mean() - expected) < 4 * mse.std() / 20
    # χ² with 13 degrees of freedom: a relative spread of √(2/13).
    assert mse.std() / mse.mean() == pytest.approx((2 / 13) ** 0.5, rel=0.15)


def test_published_numbers():
    """MSE 1.12e-3 at std 0.3 and 9.98e-3 at 0.9."""
    for std, published in [(0.3, 1.12e-3), (0.9, 9.98e-3)]:
        assert errors(*draw(PURE, 1000, std)).mean() == pytest.approx(published, rel=0.05)


def test_equals_least_squares():
    split, info = draw(PURE, 5, 0.5, 64)
    x = np.linspace(0, 8 * np.pi, 256)
    waves = [wave(f * x) for f in (1, 5, 10, 15, 20, 30) for wave in (np.sin, np.cos)]
    basis = np.stack([np.ones(256), *waves], axis=1)
    fitted = basis @ np.linalg.lstsq(basis, split["noisy"][:, 0].T.astype(np.float64))[0]
    np.testing.assert_allclose(limit.estimate(split, info, limit.NoOptions())[:, 0], fitted.T, atol=1e-9)


@pytest.mark.parametrize("functions", [PURE, [{"form": "sine_cosine", "frequency": 2.3}, {"frequency": 0.7}]])
def test_without_noise_nothing_is_lost(functions):
    assert errors(*draw(functions, 50, 0)).max() < 1e-11


def test_functions_with_many_harmonics_lose_less_than_the_remainder():
    split, info = draw(ENRICHED, 300, 0)
    rest = np.abs(limit.estimate(split, info, limit.NoOptions()) - split["clean"])
    assert 0 < rest.max() < 1e-3
    mse = errors(*draw(ENRICHED, 400, 0.1))
    assert abs(mse.mean() - 0.01 * 19 / 1024) < 4 * mse.std() / 20


def test_harmonics_are_those_of_the_bessel_functions():
    """exp(sin u) has Iₖ(1), sin(cos u) has Jₖ(1) of odd order (Jacobi and Anger)."""
    orders = np.arange(1, 20)
    kept = limit.frequencies([{"form": "exponential_sine", "frequency": 3}])
    assert kept == [3, 6, 9, 12]
    assert 2 * special.iv(orders[4:], 1).sum() < limit.REMAINDER < 2 * special.iv(orders[3:], 1).sum()
    kept = limit.frequencies([{"form": "sine_of_cosine", "frequency": 2}])
    assert kept == [2, 6]
    odd = 2 * np.abs(special.jv(orders[::2], 1))
    assert odd[2:].sum() < limit.REMAINDER < odd[1:].sum()
    assert limit.frequencies(
        [{"form": "sine_cosine", "frequency": 2.5}, {"form": "sine", "frequency": 5}]
    ) == [5]


def test_more_directions_than_samples_leave_all_noise():
    split, info = draw([{"frequency": f} for f in (0.9, 1.7, 2.2, 3.1, 3.9)], 3, 0.3, samples=2)
    np.testing.assert_allclose(limit.estimate(split, info, limit.NoOptions()), split["noisy"], atol=1e-6)


def test_other_data_is_refused():
    split, info = draw([*PURE, {"frequency": 2, "power": 0.8}], 3, 0.1, 16)
    with pytest.raises(InputError, match="function 6 of 'some' has the power 0.8 .* offset_likelihood"):
        limit.estimate(split, info, limit.NoOptions())
    split, info = draw(PURE, 3, 0.1, 16)
    with pytest.raises(InputError, match="'co2' is not made by the lincomb law"):
        limit.estimate(
            split, DatasetInfo("co2", "denoise", "recorded", 1, 64, 1.0, "week", "", 0, {}), limit.NoOptions()
        )
    split["noisy"][1, 0, 5] = np.nan
    with pytest.raises(InputError, match="signal 1 of 'some' has missing values"):
        limit.estimate(split, info, limit.NoOptions())
