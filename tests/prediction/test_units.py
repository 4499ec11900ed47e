"""Units that a file says its columns are in: the model's, a multiple of them, or others."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from support.calibrated import calibrated
from tidemark.core.errors import InputError
from tidemark.prediction.model import Model
from tidemark.signals.units import bare, in_brackets, multiple, unit_in

RANDOM = np.random.default_rng(0)
NOISY = np.sin(np.arange(40) / 4 + RANDOM.uniform(0, 7, (500, 1, 1))) + RANDOM.normal(0, 0.3, (500, 1, 40))
VALUES = 2 + 0.5 * NOISY[:4].reshape(-1)


def model(task: str = "denoise", **info: Any) -> Model:
    """Of volts, no linear map: large values count for less."""
    known = {"length": 40, "mean": [2.0], "std": [0.5], "columns": ["u [V]"], "task": task}
    forecast = {"horizon": 3} if task == "forecast" else {}
    steps = slice(-3, None) if task == "forecast" else slice(None)
    return Model(
        calibrated(
            lambda x: np.tanh(np.nan_to_num(x))[..., steps],
            NOISY,
            NOISY[..., steps],
            **known | forecast | info,
        )
    )


@pytest.mark.parametrize(
    ("unit", "other", "times"),
    [
        ("mV", "V", 1e-3), ("kV", "mV", 1e6), ("µA", "uA", 1), ("μA", "nA", 1e3), ("m/s²", "m/s^2", 1),
        ("hPa", "Pa", 100), ("kWh", "Wh", 1e3), ("mm", "m", 1e-3), ("V", "A", None), ("g", "m/s2", None),
        ("min", "s", None), ("mbar", "hPa", None), ("ppm", "ppm", 1), ("°C", "K", None), ("kOhm", "Ohm", 1e3),
    ],
)  # fmt: skip
def test_multiples_are_those_of_the_prefixes_of_si(unit: str, other: str, times: float | None) -> None:
    assert multiple(unit, other) == times
    if times:
        assert multiple(other, unit) == pytest.approx(1 / times)


def test_units_are_read_from_brackets_that_hold_a_known_one() -> None:
    assert [unit_in(name) for name in ("u [mV]", "u (V)", "u [inside]", "u", "[V]")] == [
        "mV",
        "V",
        None,
        None,
        None,
    ]
    assert [bare(name) for name in ("u [mV]", "u [inside]")] == ["u", "u [inside]"]


@pytest.mark.parametrize("task", ["denoise", "forecast"])
def test_another_unit_is_refused_and_a_multiple_converted_exactly(task: str) -> None:
    known = model(task)
    expected = known.predict(pd.DataFrame({"u [V]": VALUES}))["u [V]"]
    milli = pd.DataFrame({"u [mV]": 1000 * VALUES, "other": 1.5})
    with pytest.raises(InputError) as error:
        known.predict(milli)
    assert str(error.value).startswith(
        "table: column 'u [mV]': in mV, but the model was trained in V; predict with rescale, convert the column"
    )
    found = known.predict(milli, rescale=True)["u [mV]"]
    np.testing.assert_allclose(found, 1000 * expected, rtol=1e-6)
    with pytest.raises(InputError, match=r"in A, but the model was trained in V; convert the column, name"):
        known.predict(pd.DataFrame({"u [A]": VALUES}), rescale=True)
    assert (
        known.predict(pd.DataFrame({"u [A]": VALUES}), unchecked=True)["u [A]"].tolist() == expected.tolist()
    )
    # What was converted is still compared.
    with pytest.raises(InputError, match="standard deviation"):
        known.predict(pd.DataFrame({"u [mV]": VALUES}), rescale=True)


def test_units_of_params_hold_for_every_column() -> None:
    known = model(columns=["x", "y"], units="V")
    table = pd.DataFrame({"x": VALUES, "y [mV]": 1000 * VALUES})
    result = known.predict(table, columns=["x", "y [mV]"], rescale=True)
    np.testing.assert_allclose(result["y [mV]"], 1000 * result["x"], rtol=1e-6)


def test_a_model_that_scales_each_series_by_itself_takes_any_multiple() -> None:
    known = model("forecast", normalisation="window", mean=[0.0], std=[1.0])
    one, other = (
        known.predict(pd.DataFrame({f"u [{unit}]": scale * VALUES}))
        for unit, scale in (("V", 1), ("kV", 1e-3))
    )
    np.testing.assert_allclose(other.to_numpy() * 1e3, one.to_numpy(), rtol=1e-6)
    with pytest.raises(InputError, match="in A, but the model was trained in V"):
        known.predict(pd.DataFrame({"u [A]": VALUES}))


def test_the_summary_says_what_was_converted(tmp_path: Path) -> None:
    from tidemark.prediction.files import predict_file

    pd.DataFrame({"u [mV]": 1000 * VALUES}).to_csv(tmp_path / "x.csv", index=False)
    done = predict_file(model().trained, str(tmp_path / "x.csv"), rescale=True)
    assert done.summary.endswith("; converted from mV to V, and back")


@given(st.text("a [](V) \t", max_size=12))
def test_brackets_are_those_of_the_expression_without_its_time(name: str) -> None:
    found = re.fullmatch(r"(.+?)\s*[\[(]([^\[\]()]+)[\])]", name)
    assert in_brackets(name) == (found and found.groups())


def test_names_of_very_many_blanks_take_no_time() -> None:
    """Minutes, by that expression."""
    assert bare(f"Q{' ' * 3_000_000}Q") and unit_in(f"u{' ' * 3_000_000}[V]") == "V"
