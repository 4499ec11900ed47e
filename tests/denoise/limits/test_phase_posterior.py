"""The posterior over the phase against brute force, and against published numbers."""

import numpy as np
import pytest

from support.sines import draw
from tidemark.core.errors import InputError
from tidemark.core.store import DatasetInfo
from tidemark.denoise.limits import phase_posterior as limit

BOTH = pytest.mark.parametrize("causal", [False, True])


SCORE = {"median": "l1", "mean": "mse"}


def estimate(split, info, estimate="median", **options):
    """The point of the posterior that is best in a score."""
    return limit.answer(split, info, limit.Options(**options)).best[SCORE[estimate]]


def brute_force(row, curves, noise, causal, kind):
    """Mean or median of the candidate curves (candidates, length) within the noise of the samples seen."""
    near = ~(np.abs(row - curves) > noise + 1e-6)
    result = []
    for t in range(len(row)):
        values = curves[near[:, : t + 1 if causal else len(row)].all(axis=1), t]
        result.append(values.mean() if kind == "mean" else np.median(values))
    return result


@BOTH
@pytest.mark.parametrize("kind", ["mean", "median"])
@pytest.mark.parametrize("offset", [100, 12])
def test_whole_offsets_equal_brute_force(causal, kind, offset):
    split, info = draw(10, length=30, period=(15.0, 60.0), noise=0.9, offset=offset, gaps=0.1)
    result = estimate(split, info, causal=causal, estimate=kind)
    for i in range(10):
        angle = 2 * np.pi * (np.arange(30) + np.arange(offset + 1)[:, None]) / split["period"][i]
        expected = brute_force(split["noisy"][i, 0], np.sin(angle), 0.9, causal, kind)
        np.testing.assert_allclose(result[i, 0], expected, atol=1e-9)


@BOTH
@pytest.mark.parametrize("kind", ["mean", "median"])
def test_continuous_phase_equals_brute_force(causal, kind):
    split, info = draw(5, length=20, period=(8.0, 60.0), amplitude=(0.3, 1.0), noise=0.5, gaps=0.1)
    result = estimate(split, info, causal=causal, estimate=kind)
    phases = np.linspace(0, 2 * np.pi, 30_000, endpoint=False)[:, None]
    for i in range(5):
        curves = split["amplitude"][i] * np.sin(2 * np.pi * np.arange(20) / split["period"][i] + phases)
        expected = brute_force(split["noisy"][i, 0], curves, 0.5, causal, kind)
        np.testing.assert_allclose(result[i, 0], expected, atol=1e-3)


def test_whole_offsets_leave_no_error_to_who_sees_the_whole_signal():
    split, info = draw(500, offset=100)
    np.testing.assert_allclose(estimate(split, info), split["clean"], atol=1e-6)


def test_published_causal_limit():
    """L1 0.0090 and MSE 0.00116: the median's L1, the mean's squared error."""
    split, info = draw(1000, offset=100)
    median = estimate(split, info, causal=True) - split["clean"]
    mean = estimate(split, info, causal=True, estimate="mean") - split["clean"]
    assert np.abs(median).mean() == pytest.approx(0.0090, rel=0.08)
    assert np.square(mean).mean() == pytest.approx(0.00116, rel=0.12)
    assert np.abs(median).mean() < np.abs(mean).mean()
    assert np.square(mean).mean() < np.square(median).mean()


def test_first_causal_estimate_uses_the_law_of_the_offsets():
    """With no sample seen, the mean is the law's: offsets 0 … 100 do not cover the circle evenly."""
    split, info = draw(1, offset=100)
    split["noisy"][:] = np.nan
    result = estimate(split, info, causal=True, estimate="mean")[0, 0, 0]
    assert result == pytest.approx(np.sin(2 * np.pi * np.arange(101) / 60).mean())


@BOTH
def test_later_samples_change_earlier_estimates_only_if_not_causal(causal):
    split, info = draw(20, gaps=0.1)
    cut = split | {"noisy": split["noisy"].copy()}
    cut["noisy"][..., 50:] = np.nan
    same = estimate(split, info, causal=causal)[..., :50] == estimate(cut, info, causal=causal)[..., :50]
    assert same.all() == causal


@BOTH
@pytest.mark.parametrize("kind", ["mean", "median"])
@pytest.mark.parametrize("noise", [0.0, 0.001])
def test_little_noise_brings_the_signal_back(causal, kind, noise):
    split, info = draw(20, period=(20.0, 100.0), amplitude=(0.3, 1.0), noise=noise)
    result = estimate(split, info, causal=causal, estimate=kind)
    np.testing.assert_allclose(result, split["clean"], atol=noise + 2e-5)


@BOTH
@pytest.mark.parametrize("offset", [None, 100])
def test_gaps_and_silence_give_finite_estimates_and_a_batch_is_its_items(causal, offset):
    split, info = draw(4, offset=offset, gaps=0.5)
    split["noisy"][0] = np.nan
    together = estimate(split, info, causal=causal)
    assert np.isfinite(together).all()
    for i in range(4):
        alone = estimate({key: array[i : i + 1] for key, array in split.items()}, info, causal=causal)
        np.testing.assert_allclose(alone[0], together[i], atol=1e-9)


def test_half_a_turn_of_phase_changes_the_sign():
    split, info = draw(20)
    turned = split | {"noisy": -split["noisy"]}
    for kind in ("mean", "median"):
        expected = -estimate(split, info, estimate=kind)
        np.testing.assert_allclose(estimate(turned, info, estimate=kind), expected, atol=1e-8)


def test_other_data_is_refused():
    split, info = draw(3)
    split["noisy"][1] += 1
    with pytest.raises(InputError, match="signal 1 of 'some' is not within the noise"):
        estimate(split, info)
    with pytest.raises(InputError, match="not made by the sine law"):
        estimate(
            {"noisy": split["noisy"]},
            DatasetInfo("co2", "denoise", "recorded", 1, 100, 1.0, "week", "", 0, {}),
        )
