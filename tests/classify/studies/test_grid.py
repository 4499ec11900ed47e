from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
import scipy.signal

from support.study_files import times
from tidemark.classify.studies.checks import check_order, check_unit
from tidemark.classify.studies.grid import on_grid
from tidemark.classify.studies.resampling import ratio_of, resample
from tidemark.classify.studies.rows import Rows
from tidemark.core.errors import InputError

PATH = Path("P001.csv.gz")


def rows_of(time, values):
    return Rows(np.asarray(time), np.asarray(values, dtype=np.float32), np.zeros(len(time), dtype=np.int32))


def sine(frequency, rate, seconds=40):
    time = times(int(seconds * rate), rate)
    wave = np.sin(2 * np.pi * frequency * (time - time[0]) / 1e9)
    return rows_of(time, np.stack([wave, 1 + wave, -wave]))


@pytest.mark.parametrize("rate", [50.0, 62.5, 99.97, 100.0, 128.0, 256.0, 1000.0])
@pytest.mark.parametrize("frequency", [0.7, 5.0, 12.0])
def test_a_sine_keeps_frequency_and_amplitude(rate, frequency):
    samples = on_grid(PATH, sine(frequency, rate), 100.0, "g", 10)
    now = (samples.time - samples.time[0]) / 1e9
    np.testing.assert_allclose(np.diff(now), 0.01, atol=2e-4)
    expected = np.sin(2 * np.pi * frequency * now)
    inner = slice(50, -50)
    for wave, level in zip(samples.values, [0, 1, 0], strict=True):
        error = np.abs(np.abs(wave - level) - np.abs(expected))[inner]
        assert error.max() < 0.02


@pytest.mark.parametrize("frequency", [65.0, 90.0, 240.0])
def test_aliases_are_suppressed(frequency):
    samples = on_grid(PATH, sine(frequency, 1000.0), 100.0, "g", 10)
    assert np.abs(samples.values[0, 50:-50]).max() < 0.01


def test_resampling_is_that_of_scipy_inside():
    values = np.random.default_rng(0).normal(0, 1, (3, 400))
    for ratio in (Fraction(2), Fraction(1, 3), Fraction(100, 62)):
        expected = scipy.signal.resample_poly(values, ratio.numerator, ratio.denominator, axis=-1)
        ours = resample(values, ratio)
        edge = 60
        np.testing.assert_allclose(ours[:, edge:-edge], expected[:, edge : ours.shape[1] - edge], atol=1e-5)


def test_a_constant_stays_one_up_to_the_edges():
    ones = np.full((3, 200), 0.7)
    np.testing.assert_allclose(resample(ones, Fraction(2)), 0.7, atol=2e-3)


def test_nothing_is_filtered_across_gaps_and_missing_values():
    rows = sine(1.0, 50.0)
    values = rows.values.copy()
    values[:, 1000:] += 100  # after a gap of two seconds
    values[1, 400] = np.nan
    time = rows.time.copy()
    time[1000:] += 2 * 10**9
    samples = on_grid(PATH, rows_of(time, values), 100.0, "g", 10)
    before = samples.time < time[1000]
    with np.errstate(invalid="ignore"):
        assert np.nanmax(samples.values[:, before]) < 2.1
        assert np.nanmin(samples.values[:, ~before]) > 98.9
    missing = np.flatnonzero(np.isnan(samples.values).any(0))
    assert len(missing) in (2, 3)
    assert (np.abs(samples.time[missing] - time[400]) <= 20_000_000).all()
    assert np.diff(samples.position).max() == 202  # from 19.98 s to 22 s


def test_ratios_are_simple_where_that_will_do():
    assert ratio_of(100, 100.0000001, 10_000) == 1
    assert ratio_of(100, 50.00001, 1000) == 2
    assert ratio_of(100, 99.97, 1000) == 1
    assert abs(float(ratio_of(100, 99.97, 10**6)) * 99.97 - 100) < 1e-4
    assert ratio_of(30, 100, 10**6) == Fraction(3, 10)


def test_jitter_does_no_harm():
    time = times(5000) + np.random.default_rng(0).integers(-2_000_000, 2_000_001, 5000)
    samples = on_grid(PATH, rows_of(time, np.ones((3, 5000))), 100.0, "g", 10)
    np.testing.assert_array_equal(samples.position, np.arange(5000))
    coarse = times(900, 30.0) // 10**6 * 10**6
    samples = on_grid(PATH, rows_of(coarse, np.ones((3, 900))), 30.0, "g", 10)
    np.testing.assert_array_equal(samples.position, np.arange(900))


def test_units_are_g_in_the_end():
    rows = rows_of(times(100), np.full((3, 100), 9.80665))
    np.testing.assert_allclose(on_grid(PATH, rows, 100.0, "m/s2", 10).values, 1, rtol=1e-6)


def test_order():
    time = times(100)
    check_order(PATH, time)
    twice = time.copy()
    twice[50] = twice[49]
    with pytest.raises(
        InputError, match=r"^P001.csv.gz: row 52: 2016-11-13 02:18:00.49 is the time of row 51 too"
    ):
        check_order(PATH, twice)
    back = time.copy()
    back[50] = back[48]
    with pytest.raises(
        InputError, match=r"row 52: 2016-11-13 02:18:00.48 comes before 2016-11-13 02:18:00.49 of row 51"
    ):
        check_order(PATH, back)


@pytest.mark.parametrize("rate", [10.0, 20_000.0])
def test_rates_that_give_no_windows(rate):
    with pytest.raises(InputError, match=r"row 3: rows are .* ms apart, .* set sampling_rate"):
        on_grid(PATH, sine(1.0, rate, seconds=2), 100.0, "g", 10)


def test_a_rate_that_changes():
    steps = np.concatenate([np.full(300, 10), np.full(200, 20)]) * 10**6
    rows = rows_of(times(1)[0] + np.cumsum(steps), np.ones((3, 500)))
    with pytest.raises(
        InputError, match=r"row 302: 20 ms after the row before, where 10 ms is usual.*steady"
    ):
        on_grid(PATH, rows, 100.0, "g", 10)


def test_units():
    still = np.tile(np.array([[0.6], [0.0], [0.8]]), 100)
    still[:, 3] = np.nan
    check_unit("x", still, "g")
    check_unit("x", still * 9.8, "m/s2")
    check_unit("x", still * np.nan, "g")
    with pytest.raises(InputError, match=r"^x: .* is 9.8, where about 1 g .*; set units: m/s2$"):
        check_unit("x", still * 9.8, "g")
    with pytest.raises(InputError, match=r"is 1, where about 9.8 m/s2 .*; set units: g$"):
        check_unit("x", still, "m/s2")
    with pytest.raises(InputError, match=r"is 1e\+03, .* neither"):
        check_unit("x", still * 1000, "g")
