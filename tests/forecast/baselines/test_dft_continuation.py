"""The DFT and its continuation on the cases of "Predicting a signal composed of a finite set of harmonics"."""

import numpy as np
import pytest

from tidemark.core.store import DatasetInfo
from tidemark.forecast.baselines import dft_continuation

WAVE = np.sin(2 * np.pi * np.arange(200) / 20 + 0.7)


def continued(window, hamming=False):
    info = DatasetInfo(
        "some", "forecast", "x", 1, window, 1.0, "sample", "", 0, {"test": 1}, horizon=200 - window
    )
    options = dft_continuation.Options(window="hamming" if hamming else "none")
    return dft_continuation.estimate({"past": WAVE[None, None, :window]}, info, options)[0, 0]


def test_a_period_that_divides_the_window_is_continued_perfectly():
    np.testing.assert_allclose(continued(100), WAVE[100:], atol=1e-12)


def test_a_period_that_does_not_is_continued_wrongly():
    """20 in 110: the window repeats itself, half a period out of step, upside down."""
    np.testing.assert_allclose(continued(110), WAVE[:90], atol=1e-12)
    np.testing.assert_allclose(continued(110), -WAVE[110:], atol=1e-12)


def test_a_hamming_window_narrows_the_peak_but_does_not_correct_the_continuation():
    plain, _ = dft_continuation.transform(WAVE[:110])
    windowed, _ = dft_continuation.transform(WAVE[:110], "hamming")
    far = np.abs(np.arange(56) - 5.5) > 2
    assert (windowed[far].max() / windowed.max()) < 0.3 * (plain[far].max() / plain.max())
    # Out of step still, and now with the window's shape: worse than a forecast of zero.
    assert np.square(continued(110, hamming=True) - WAVE[110:]).mean() > np.square(WAVE[110:]).mean()
    np.testing.assert_allclose(continued(110, hamming=True), WAVE[:90] * np.hamming(110)[:90], atol=1e-12)


@pytest.mark.parametrize("length", [14, 15])
def test_amplitudes_and_phases_are_those_of_the_waves(length):
    """A constant, a wave and, where the length is even, one at the Nyquist frequency, each at its size."""
    time = np.arange(length)
    signal = 2 + 3 * np.cos(2 * np.pi * 4 * time / length + 0.5)
    if length % 2 == 0:
        signal += 0.7 * np.cos(np.pi * time)
    amplitude, phase = dft_continuation.transform(signal)
    expected = np.zeros(length // 2 + 1)
    expected[[0, 4]] = 2, 3
    if length % 2 == 0:
        expected[-1] = 0.7
    np.testing.assert_allclose(amplitude, expected, atol=1e-12)
    assert phase[4] == pytest.approx(0.5)
    rebuilt = dft_continuation.rebuild(amplitude, phase, length, np.arange(2 * length))
    np.testing.assert_allclose(rebuilt, np.tile(signal, 2), atol=1e-12)


@pytest.mark.parametrize("length", [2, 3, 50, 51])
def test_any_signal_is_rebuilt_within_its_window(length):
    signals = np.random.default_rng(0).normal(size=(3, 2, length))
    rebuilt = dft_continuation.rebuild(*dft_continuation.transform(signals), length, np.arange(length))
    np.testing.assert_allclose(rebuilt, signals, atol=1e-12)
