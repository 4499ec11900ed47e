"""Signals as figures have them: predictions of what follows the input have their place after it."""

import math
from pathlib import Path

import numpy as np
import pytest

from support.figures import results
from support.scored import predictor
from tidemark.core.errors import InputError
from tidemark.denoise.figures.view import VIEW as DENOISE
from tidemark.report.figures import signals
from tidemark.report.figures.signals import Example, learned

FORECAST, SAME = ("past", "future"), ("noisy", "clean")
RNN = predictor("rnn", "model", l1=1.0)


def write_snapshots(folder: Path, frames: int = 3, lookback: int = 8, horizon: int = 2) -> None:
    arrays = {"step": np.arange(frames), "estimate": np.ones((frames, horizon)), "past": np.zeros(lookback)}
    for name, array in (arrays | {"future": np.full(horizon, 2.0)}).items():
        np.save(folder / f"{name}.npy", array)


def test_a_forecast_follows_its_past(tmp_path: Path) -> None:
    write_snapshots(tmp_path)
    found = learned(tmp_path, FORECAST, follows=True)
    assert found is not None and found.start == 8
    np.testing.assert_array_equal(found.input, [0.0] * 8 + [np.nan] * 2)
    np.testing.assert_array_equal(found.target, [np.nan] * 8 + [2.0] * 2)
    np.testing.assert_array_equal(found.prediction, [[np.nan] * 8 + [1.0] * 2] * 3)


def test_a_horizon_as_long_as_the_past_follows_it_too(tmp_path: Path) -> None:
    write_snapshots(tmp_path, lookback=4, horizon=4)
    found = learned(tmp_path, FORECAST, follows=True)
    assert found is not None and found.start == 4 and found.target.size == 8


def test_snapshots_of_another_length_are_refused(tmp_path: Path) -> None:
    write_snapshots(tmp_path)
    np.save(tmp_path / "estimate.npy", np.ones((3, 5)))
    with pytest.raises(InputError, match=r"shape \(3, 5\); expected \(3, 2\) \(frames, length\)"):
        learned(tmp_path, FORECAST, follows=True)
    for name, shape in {"estimate": (2, 4), "noisy": (4,), "clean": (4,)}.items():
        np.save(tmp_path / f"{name}.npy", np.zeros(shape))
    with pytest.raises(InputError, match=r"shape \(2, 4\); expected \(3, 4\)"):
        learned(tmp_path, SAME, follows=False)
    assert learned(tmp_path / "none", SAME, follows=False) is None
    (tmp_path / "step.npy").write_text("no array")
    with pytest.raises(InputError, match="step.npy: no readable NPY array"):
        learned(tmp_path, SAME, follows=False)


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


def test_of_a_prediction_of_the_same_samples_the_beginning_is_shown() -> None:
    line = np.arange(300.0)
    shown = Example(line, line, line, line).shown()
    assert shown.start == 0 and shown.position[-1] == signals.SAMPLES - 1


def test_examples_by_test_set_and_number_with_missing_values(tmp_path: Path) -> None:
    known = results(DENOISE, RNN, root=tmp_path)
    path = known.details_of(RNN) / "examples.csv"
    path.parent.mkdir(parents=True)
    rows = ["test,1,1,,2,3", "test,0,0,1,,3", "test,1,0,4,5,6", "loud,0,0,7,8,9"]
    path.write_text("\n".join(["test,signal,position,noisy,clean,estimate", *rows, ""]))
    first, second, third = signals.examples(known)[RNN.name]
    assert math.isnan(first.target[0]) and first.input[0] == 1
    np.testing.assert_array_equal(second.position, [0, 1])
    np.testing.assert_array_equal(second.input, [4, np.nan])
    assert [each.test for each in (first, second, third)] == ["test", "test", "loud"]
    assert [each.number for each in (first, second, third)] == [0, 1, 0]
