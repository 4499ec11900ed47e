"""Files as instruments write them, against the table that was written."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from tidemark.project.survey import columns, survey
from tidemark.project.tidy import tidy

VALUES = np.random.default_rng(0).normal(size=200).round(4)


def instrument(path: Path, above: str, separator: str, step: str, decimal: str = ".") -> None:
    """VALUES below some lines, a time each, counted in `step`."""
    frame = pd.DataFrame({"t": np.arange(200) * float(step), "v": VALUES})
    path.write_text(
        above + frame.to_csv(index=False, header=False, sep=separator, decimal=decimal), encoding="utf-8"
    )


@pytest.mark.parametrize(
    ("above", "separator", "step", "decimal", "names", "rate"),
    [
        ("Logger 3000\nSerial,77\n\nTime,Acc\ns,m/s²\n", ",", "0.01", ".", ["Time", "Acc [m/s²]"], 100),
        ("# Rate: 50 Hz\n# Name: a, b\nTime [ms]\tAcc (g)\n", "\t", "20", ".", ["Time", "Acc (g)"], 50),
        ("Prüfstand 1\n\nZeit;Kraft\n[s];[kN]\n", ";", "0.25", ",", ["time", "Kraft [kN]"], 4),
        ("elapsed time (min),Level [m]\n", ",", "2", ".", ["time", "Level [m]"], 1 / 120),
        ("Device,Cell\nt (s),U [V]\n", ",", "0.5", ".", ["t", "U [V]"], 2),
    ],
)
def test_lines_above_units_below_and_a_time_in_its_own_unit(
    tmp_path: Path, above: str, separator: str, step: str, decimal: str, names: list[str], rate: float
) -> None:
    path = tmp_path / "x.csv"
    instrument(path, above, separator, step, decimal)
    tidied = tidy(path)
    assert tidied is not None
    frame = pd.read_csv(io.StringIO(tidied.text))
    assert [*frame] == names
    np.testing.assert_array_equal(frame[names[1]], VALUES)
    path.write_text(tidied.text)
    known = columns(path)
    assert known.names == [names[1]] and known.time == names[0]
    found = survey(path, known.names, known.time, None)
    assert found.rate == pytest.approx(rate, rel=1e-6)


@pytest.mark.parametrize("names", ["Time,Acc", "t,v", "A,B", "x,g"])
def test_words_above_the_header_are_no_names(tmp_path: Path, names: str) -> None:
    path = tmp_path / "x.csv"
    instrument(path, f"Operator,Smith\n{names}\n", ",", "0.01")
    tidied = tidy(path)
    assert tidied is not None and tidied.notes == ["skipped 1 lines before the header"]
    assert tidied.text.startswith(f"{names}\n")


def test_a_time_column_that_is_there_or_does_not_rise_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    for text in ("time,t [ms],v\n1,5,1\n2,6,2\n3,7,3\n", "t [s],v\n3,1\n2,2\n1,3\n"):
        path.write_text(text)
        assert tidy(path) is None


def test_a_name_of_blanks_is_not_looked_into(tmp_path: Path) -> None:
    """Minutes, where it was."""
    path = tmp_path / "blank.csv"
    path.write_text(f"Q{' ' * 100_000}Q\n1\n2\n3\n")
    assert tidy(path) is None or columns(path).names
