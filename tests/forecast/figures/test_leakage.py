"""The figures' transform against closed forms and SciPy; and what the figures say about it."""

import numpy as np
import pytest
from scipy.signal import get_window

from support.figures import results
from support.scored import predictor
from tidemark.forecast.figures import fourier, leakage
from tidemark.forecast.figures.view import VIEW
from tidemark.report.figures.style import styled


@pytest.mark.parametrize("samples", [100, 110, 99, 7])
def test_amplitudes_of_sines_in_their_own_bins(samples: int) -> None:
    time = np.arange(samples)
    signal = 0.5 + 0.8 * np.sin(2 * np.pi * 3 * time / samples + 1.1)
    found = leakage.spectrum(signal)
    wanted = np.zeros(samples // 2 + 1)
    wanted[0], wanted[3] = 0.5, 0.8
    np.testing.assert_allclose(found.amplitude, wanted, atol=1e-14)
    assert found.frequency[3] == pytest.approx(3 / samples)
    assert found.largest(1).tolist() == [3]


def test_the_highest_frequency_of_an_even_window_is_not_doubled() -> None:
    found = leakage.spectrum(np.array([0.7, -0.7] * 4))
    assert found.frequency[-1] == 0.5 and found.amplitude[-1] == pytest.approx(0.7)


@pytest.mark.parametrize("samples", [100, 101])
def test_what_is_rebuilt_repeats_its_window(samples: int) -> None:
    window = np.random.default_rng(0).normal(size=samples)
    found = leakage.spectrum(window)
    np.testing.assert_allclose(found.at(np.arange(2 * samples)), np.tile(window, 2), atol=1e-11)


def test_whole_periods_are_continued_and_others_are_not() -> None:
    for samples, error in [(100, 0.0), (110, 2.0)]:  # half a period off: the mean of (2 sin)²
        time = np.arange(samples, samples + leakage.PERIOD)
        found = leakage.spectrum(leakage.sine(np.arange(samples)))
        difference = np.mean(np.square(found.at(time) - leakage.sine(time)))
        assert difference == pytest.approx(error, abs=1e-12)


def test_hammings_window_is_scipys_and_keeps_a_sines_size() -> None:
    weights = leakage.hamming(100)
    np.testing.assert_allclose(weights, get_window("hamming", 100))
    found = leakage.spectrum(leakage.sine(np.arange(100)), weights)
    assert found.amplitude[5] == pytest.approx(1.0)
    # The transform of 0.54 − 0.46 cos puts 0.23 / 0.54 of a sine into each neighbouring bin.
    assert found.amplitude[4] == pytest.approx(0.23 / 0.54) == found.amplitude[6]
    np.testing.assert_allclose(found.at(np.arange(100)), weights * leakage.sine(np.arange(100)), atol=1e-12)


def test_the_largest_are_marked_at_frequency_and_period() -> None:
    _, over_frequency, over_period = fourier.spectra().axes
    names = [float(text.get_text()) for text in over_frequency.texts]
    assert len(names) == fourier.MARKED and max(names) < 0.5
    periods = [float(text.get_text()) for text in over_period.texts]
    np.testing.assert_allclose(periods, 1 / np.array(names), rtol=0.005)
    assert over_frequency.get_xscale() == "log"


def test_the_figure_says_which_continuation_is_wrong() -> None:
    with styled():
        titles = [axes.get_title(loc="left") for axes in fourier.leaking().axes]
    assert titles[0].endswith("5 periods: the continuation is perfect")
    assert titles[2].endswith("5.5 periods: wrong, MSE 2.00")


def test_the_figures_stand_beside_the_baseline_that_they_explain() -> None:
    net, dft = predictor("net", "model", mse=1.0), predictor("dft-hamming", "baseline", mse=2.0)
    assert [picture.name for picture in fourier.draw(results(VIEW, net, dft))] == ["fourier", "leakage"]
    assert list(fourier.draw(results(VIEW, net))) == []
