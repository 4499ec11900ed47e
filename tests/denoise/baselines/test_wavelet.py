"""Wavelet shrinkage against PyWavelets used one signal and one level at a time, and against theory."""

import numpy as np
import pytest
import pywt
from pydantic import ValidationError

from tidemark.core.store import DatasetInfo
from tidemark.denoise.baselines import wavelet

INFO = DatasetInfo("some", "denoise", "sine", 1, 100, 1.0, "sample", "", 0, {"test": 5})


def one_signal(row, name, mode, threshold):
    coarse, *details = pywt.wavedec(row, name, level=pywt.dwt_max_level(len(row), name))
    sigma = np.median(np.abs(details[-1])) / 0.674489750196
    kept = [coarse]
    for detail in details:
        if threshold == "universal":
            limit = sigma * np.sqrt(2 * np.log(len(row)))
        else:
            excess = np.mean(detail**2) - sigma**2
            limit = sigma**2 / np.sqrt(excess) if excess > 0 else np.inf
        kept.append(pywt.threshold(detail, limit, mode))
    return pywt.waverec(kept, name)[: len(row)]


@pytest.mark.parametrize("length", [64, 101])
@pytest.mark.parametrize("name", ["db4", "sym5"])
@pytest.mark.parametrize("mode", ["soft", "hard"])
@pytest.mark.parametrize("threshold", ["universal", "bayes"])
def test_equals_pywavelets_signal_by_signal(length, name, mode, threshold):
    time = np.arange(length)
    noisy = np.sin(time / 9 + np.arange(5)[:, None]) + np.random.default_rng(0).normal(0, 0.2, (5, length))
    options = wavelet.Options(wavelet=name, mode=mode, threshold=threshold)
    result = wavelet.estimate({"noisy": noisy[:, None]}, INFO, options)
    expected = [one_signal(row, name, mode, threshold) for row in noisy]
    np.testing.assert_allclose(result[:, 0], expected, atol=1e-10)


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
