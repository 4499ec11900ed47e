"""The posterior of period, amplitude and phase against sampling from the prior and closed forms."""

import numpy as np
import pytest

from support.sines import draw
from tidemark.core.errors import InputError
from tidemark.core.store import DatasetInfo
from tidemark.denoise.baselines import least_squares_sine, savitzky_golay, wavelet, wiener
from tidemark.denoise.limits import phase_posterior
from tidemark.denoise.limits import sine_posterior as limit

FREE = {"period": (20.0, 100.0), "amplitude": (0.3, 1.0)}
BOTH = pytest.mark.parametrize("causal", [False, True])
KINDS = pytest.mark.parametrize("kind", ["mean", "median"])


SCORE = {"median": "l1", "mean": "mse"}


def estimate(split, info, estimate="median", **options):
    """The point of the posterior that is best in a score."""
    return limit.answer(split, info, limit.Options(**options)).best[SCORE[estimate]]


@BOTH
@KINDS
def test_equals_sampling_from_the_prior(causal, kind):
    """Draw from the law; keep what passes within the noise of every sample seen: Bayes' rule itself."""
    split, info = draw(5, length=8, period=(5.0, 25.0), amplitude=(0.3, 1.0), noise=0.6, gaps=0.1)
    result = estimate(split, info, causal=causal, estimate=kind, cells=1000)
    random = np.random.default_rng(1)
    count = 200_000
    period, phase = random.uniform(5, 25, (count, 1)), random.uniform(0, 2 * np.pi, (count, 1))
    angle = 2 * np.pi * np.arange(8) / period + phase
    curves = random.uniform(0.3, 1, (count, 1)) * np.sin(angle)
    for row, got in zip(split["noisy"][:, 0], result[:, 0], strict=True):
        near = np.logical_and.accumulate(~(np.abs(row - curves) > 0.6), axis=1)
        for t in range(8):
            kept = curves[near[:, t if causal else -1], t]
            expected = kept.mean() if kind == "mean" else np.median(kept)
            # A median's deviation is at most a few times a mean's for these flat densities.
            assert got[t] == pytest.approx(expected, abs=0.003 + 12 * kept.std() / np.sqrt(len(kept)))


@BOTH
@KINDS
def test_equals_the_closed_form_where_only_the_phase_is_unknown(causal, kind):
    split, info = draw(5, length=30, gaps=0.1)
    known = phase_posterior.answer(split, info, phase_posterior.Options(causal=causal))
    expected = known.best[SCORE[kind]]
    result = estimate(split, info, causal=causal, estimate=kind, cells=2000)
    np.testing.assert_allclose(result, expected, atol=2e-3)


@BOTH
def test_half_the_cells_are_the_half_that_tells_the_error(causal):
    split, info = draw(5, length=30, **FREE)
    answers = limit.answer(split, info, limit.Options(causal=causal, cells=64))
    fewer = limit.answer(split, info, limit.Options(causal=causal, cells=32))
    assert len(answers.halves) == 1
    for score in ("l1", "mse"):
        np.testing.assert_array_equal(answers.halves[0][score], fewer.best[score])
        assert (answers.best[score] != fewer.best[score]).any()


@BOTH
def test_more_cells_change_the_error_by_less_than_two_hundredths(causal):
    split, info = draw(20, length=40, **FREE)
    estimates = (estimate(split, info, causal=causal, cells=cells) for cells in (64, 128))
    few, many = (np.abs(each - split["clean"]).mean() for each in estimates)
    assert few == pytest.approx(many, rel=0.02)


def test_beats_every_baseline_and_is_beaten_by_who_knows_more():
    split, info = draw(60, **FREE)

    def error(estimated):
        return np.square(estimated - split["clean"]).mean()

    def mse(module, **options):
        return error(module.estimate(split, info, module.Options(**options)))

    best = error(estimate(split, info, estimate="mean"))
    knowing = phase_posterior.answer(split, info, phase_posterior.Options())
    assert error(knowing.best["mse"]) < best
    for module, options in [
        (wiener, {"window": 9}),
        (wavelet, {}),
        (savitzky_golay, {}),
        (least_squares_sine, {}),
    ]:
        assert best < mse(module, **options)


def test_its_mean_and_median_are_calibrated():
    """The posterior mean is right on average whatever was seen: the error is uncorrelated with it."""
    split, info = draw(150, length=40, **FREE)
    mean = estimate(split, info, estimate="mean")[:, 0]
    error = mean - split["clean"][:, 0]
    slope = (error * mean).mean(axis=1)
    assert abs(slope.mean()) < 4 * slope.std() / np.sqrt(150)
    median = estimate(split, info)[:, 0]
    above = (split["clean"][:, 0] > median).mean(axis=1)
    assert abs(above.mean() - 0.5) < 4 * above.std() / np.sqrt(150)


@BOTH
def test_without_noise_the_signal_comes_back(causal):
    split, info = draw(5, length=30, noise=0.0, period=(10.0, 40.0), amplitude=(0.3, 1.0))
    result = estimate(split, info, causal=causal)[..., 29]
    np.testing.assert_allclose(result, split["clean"][..., 29], atol=1e-3)


@BOTH
def test_gaps_and_silence_give_finite_estimates_and_a_batch_is_its_items(causal):
    split, info = draw(4, length=40, gaps=0.5, **FREE)
    split["noisy"][0] = np.nan
    together = estimate(split, info, causal=causal)
    assert np.isfinite(together).all()
    np.testing.assert_allclose(together[0], 0, atol=0.1)  # the prior's mean and median
    for i in range(4):
        alone = estimate({key: array[i : i + 1] for key, array in split.items()}, info, causal=causal)
        np.testing.assert_allclose(alone[0], together[i], atol=1e-9)


@KINDS
def test_half_a_turn_of_phase_changes_the_sign_and_time_can_run_backwards(kind):
    split, info = draw(10, length=40, **FREE)
    result = estimate(split, info, estimate=kind, cells=500)
    turned = split | {"noisy": -split["noisy"]}
    np.testing.assert_allclose(estimate(turned, info, estimate=kind, cells=500), -result, atol=2e-3)
    mirrored = split | {"noisy": split["noisy"][..., ::-1]}
    np.testing.assert_allclose(
        estimate(mirrored, info, estimate=kind, cells=500)[..., ::-1], result, atol=2e-3
    )


@BOTH
def test_later_samples_change_earlier_estimates_only_if_not_causal(causal):
    split, info = draw(5, length=40, **FREE)
    cut = split | {"noisy": split["noisy"].copy()}
    cut["noisy"][..., 20:] = np.nan
    same = estimate(split, info, causal=causal)[..., :20] == estimate(cut, info, causal=causal)[..., :20]
    assert same.all() == causal


def test_other_data_is_refused():
    split, info = draw(3, length=40, **FREE)
    split["noisy"][1] += 1
    with pytest.raises(InputError, match="signal 1 of 'some' is not within the noise"):
        estimate(split, info)
    whole = DatasetInfo(
        "sine", "denoise", "sine", 1, 40, 1.0, "sample", "", 0, {}, {**info.law, "offset": 100}
    )
    with pytest.raises(InputError, match="use phase_posterior"):
        estimate(split, whole)
    with pytest.raises(InputError, match="not made by the sine law"):
        estimate(split, DatasetInfo("co2", "denoise", "recorded", 1, 40, 1.0, "week", "", 0, {}))
