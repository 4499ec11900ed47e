"""Wavelet shrinkage against PyWavelets used one signal and one level at a time, and against theory."""

import numpy as np
import pytest
import pywt
from pydantic import ValidationError

from tidemark.core.errors import InputError
from tidemark.core.store import DatasetInfo
from tidemark.denoise.baselines import wavelet

INFO = DatasetInfo("some", "denoise", "sine", 1, 100, 1.0, "sample", "", 0, {"test": 5})


def one_signal(row, name, mode, threshold, level=None, factor=1.0):
    coarse, *details = pywt.wavedec(row, name, level=level or pywt.dwt_max_level(len(row), name))
    sigma = np.median(np.abs(details[-1])) / 0.674489750196
    kept = [coarse]
    for detail in details:
        if threshold == "universal":
            limit = sigma * np.sqrt(2 * np.log(len(row)))
        else:
            excess = np.mean(detail**2) - sigma**2
            limit = sigma**2 / np.sqrt(excess) if excess > 0 else np.inf
        kept.append(pywt.threshold(detail, factor * limit, mode))
    return pywt.waverec(kept, name)[: len(row)]


@pytest.mark.parametrize("length", [64, 101])
@pytest.mark.parametrize("name", ["db4", "sym5"])
@pytest.mark.parametrize("mode", ["soft", "hard", "garrote"])
@pytest.mark.parametrize("threshold", ["universal", "bayes"])
def test_equals_pywavelets_signal_by_signal(length, name, mode, threshold):
    time = np.arange(length)
    noisy = np.sin(time / 9 + np.arange(5)[:, None]) + np.random.default_rng(0).normal(0, 0.2, (5, length))
    options = wavelet.Options(wavelet=name, mode=mode, threshold=threshold)
    result = wavelet.estimate({"noisy": noisy[:, None]}, INFO, options)
    expected = [one_signal(row, name, mode, threshold) for row in noisy]
    np.testing.assert_allclose(result[:, 0], expected, atol=1e-10)


@pytest.mark.filterwarnings("ignore:Level value")
def test_cycle_spinning_is_the_mean_over_shifts_of_the_mirrored_signal():
    noisy = np.sin(np.arange(64) / 9) + np.random.default_rng(0).normal(0, 0.2, (3, 64))
    options = wavelet.Options(wavelet="sym8", level=4, mode="hard", factor=0.8, shifts=5)
    result = wavelet.estimate({"noisy": noisy[:, None]}, INFO, options)
    for row, spun in zip(noisy, result[:, 0], strict=True):
        moved = [np.concatenate([row[:shift][::-1], row]) for shift in range(5)]
        # The threshold counts the signal's own samples.
        factor = [0.8 * np.sqrt(np.log(64) / np.log(len(each))) for each in moved]
        shrunk = [
            one_signal(each, "sym8", "hard", "universal", 4, f) for each, f in zip(moved, factor, strict=True)
        ]
        np.testing.assert_allclose(spun, np.mean([m[s:] for s, m in enumerate(shrunk)], axis=0), atol=1e-10)


def test_a_number_stands_for_the_estimate_of_noise():
    """A threshold of many times what is there leaves the coarsest level alone."""
    noisy = {"noisy": np.random.default_rng(0).normal(size=(3, 1, 64))}
    strong = wavelet.estimate(noisy, INFO, wavelet.Options(wavelet="db2", level=3, noise=100.0))
    for row, left in zip(noisy["noisy"][:, 0], strong[:, 0], strict=True):
        coarse, *details = pywt.wavedec(row, "db2", level=3)
        expected = pywt.waverec([coarse, *map(np.zeros_like, details)], "db2")
        np.testing.assert_allclose(left, expected, atol=1e-9)
    assert (
        np.abs(strong - wavelet.estimate(noisy, INFO, wavelet.Options(wavelet="db2", level=3))).max() > 0.01
    )


def test_a_level_that_leaves_no_sample_is_refused():
    with pytest.raises(InputError, match=r"level = 7 halves the 100 samples of 'some'.*at most 6"):
        wavelet.estimate({"noisy": np.zeros((1, 1, 100))}, INFO, wavelet.Options(level=7))


def test_the_universal_threshold_removes_nearly_all_details_of_pure_noise():
    """Donoho and Johnstone: the largest of n normal values stays below σ √(2 ln n) with high probability."""
    noise = np.random.default_rng(0).normal(size=(200, 1, 1024))
    result = wavelet.estimate({"noisy": noise}, INFO, wavelet.Options(wavelet="db2", mode="hard"))
    assert np.square(result).mean() < 0.03


def test_a_clean_cubic_is_left_alone():
    """Wavelets with four vanishing moments see no detail in a cubic, the edges apart."""
    time = np.linspace(-1, 1, 200)
    cubic = (time**3 - time)[None, None]
    result = wavelet.estimate({"noisy": cubic}, INFO, wavelet.Options(wavelet="db4", level=2))
    np.testing.assert_allclose(result[..., 30:-30], cubic[..., 30:-30], atol=1e-9)


def test_an_unknown_wavelet_is_refused():
    with pytest.raises(ValidationError, match="no discrete wavelet"):
        wavelet.Options(wavelet="sym99")
