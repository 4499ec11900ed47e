"""Examples and learning of forecasts: estimates have their place after what is given."""

from pathlib import Path

import numpy as np
import pytest

from tidemark.core.errors import InputError
from tidemark.figures import estimates
from tidemark.figures.estimates import Example
from tidemark.figures.views import DENOISE, FORECAST


def write_learning(folder: Path, frames: int = 3, lookback: int = 8, horizon: int = 2) -> None:
    arrays = {"step": np.arange(frames), "estimate": np.ones((frames, horizon)), "past": np.zeros(lookback)}
    for name, array in (arrays | {"future": np.full(horizon, 2.0)}).items():
        np.save(folder / f"{name}.npy", array)


def test_a_forecast_follows_its_past(tmp_path: Path) -> None:
    write_learning(tmp_path)
    found = estimates.learning(tmp_path, FORECAST)
    assert found is not None and found.start == 8
    np.testing.assert_array_equal(found.given, [0.0] * 8 + [np.nan] * 2)
    np.testing.assert_array_equal(found.target, [np.nan] * 8 + [2.0] * 2)
    np.testing.assert_array_equal(found.estimate, [[np.nan] * 8 + [1.0] * 2] * 3)


def test_a_forecast_of_another_horizon_is_refused(tmp_path: Path) -> None:
    write_learning(tmp_path)
    np.save(tmp_path / "estimate.npy", np.ones((3, 5)))
    with pytest.raises(InputError, match=r"shape \(3, 5\); expected \(3, 2\) \(frames, length\)"):
        estimates.learning(tmp_path, FORECAST)
    assert estimates.learning(tmp_path, DENOISE) is None


def example(lookback: int, horizon: int) -> Example:
    length = lookback + horizon
    values = np.arange(float(length))
    before = np.where(values < lookback, values, np.nan)
    after = np.where(values < lookback, np.nan, values)
    return Example(values, before, after, after)


@pytest.mark.parametrize(
    ("lookback", "horizon", "first", "last"),
    [(100, 5, 80, 104), (100, 10, 60, 109), (12, 5, 0, 16), (1000, 200, 1000 - 4 * 64, 1063)],
)
def test_the_end_of_the_past_and_the_horizon_are_shown(
    lookback: int, horizon: int, first: int, last: int
) -> None:
    shown = example(lookback, horizon).shown()
    assert (shown.position[0], shown.position[-1]) == (first, last)
    assert shown.position[shown.start] == lookback


def test_of_an_estimate_of_the_same_samples_the_beginning_is_shown() -> None:
    line = np.arange(300.0)
    shown = Example(line, line, line, line).shown()
    assert shown.start == 0 and shown.position[-1] == estimates.SAMPLES - 1
