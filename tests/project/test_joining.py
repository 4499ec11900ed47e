"""Several files as one recording, against the whole that they were cut from."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from tidemark.core.errors import InputError
from tidemark.project.readable import Timing, readable

WHOLE = pd.DataFrame(
    {
        "time": pd.date_range("2020-01-01", periods=300, freq="min"),
        "a": np.random.default_rng(0).normal(size=300),
        "b": np.arange(300),
    }
)


def files(folder: Path, *parts: pd.DataFrame) -> list[Path]:
    paths = [folder / f"{name}.csv" for name in "abc"[: len(parts)]]
    for path, part in zip(paths, parts, strict=True):
        part.to_csv(path, index=False)
    return paths


def test_files_in_any_order_their_columns_too(tmp_path: Path) -> None:
    paths = files(tmp_path, WHOLE[200:], WHOLE[["b", "time", "a"]][:100], WHOLE[100:190])
    with readable(paths, Timing()) as (path, tidied):
        assert tidied is not None
        frame = pd.read_csv(path, parse_dates=["time"], float_precision="round_trip")
    pd.testing.assert_frame_equal(
        frame, WHOLE.drop(index=range(190, 200)).reset_index(drop=True), check_dtype=False
    )
    assert tidied.notes == [
        f"joined 3 files in order of time: {paths[1]} from 2020-01-01, {paths[2]} from 2020-01-01T01:40:00, "
        f"{paths[0]} from 2020-01-01T03:20:00"
    ]


def test_files_of_several_kinds_each_tidied(tmp_path: Path) -> None:
    WHOLE[150:].to_parquet(tmp_path / "late.parquet")
    german = WHOLE[:150].assign(time=WHOLE["time"][:150].dt.strftime("%d.%m.%Y %H:%M"))
    german.to_csv(tmp_path / "early.txt", sep=";", decimal=",", index=False)
    with readable([tmp_path / "late.parquet", tmp_path / "early.txt"], Timing()) as (_, tidied):
        assert tidied is not None
    frame = pd.read_csv(io.StringIO(tidied.text), parse_dates=["time"], float_precision="round_trip")
    np.testing.assert_array_equal(frame["a"], WHOLE["a"])
    np.testing.assert_array_equal(frame["time"], WHOLE["time"])


def test_files_without_times_in_the_order_given(tmp_path: Path) -> None:
    paths = files(tmp_path, WHOLE[["a", "b"]][100:], WHOLE[["a", "b"]][:100])
    with readable(paths, Timing()) as (path, tidied):
        values = pd.read_csv(path)["b"]
    np.testing.assert_array_equal(values, [*range(100, 300), *range(100)])
    assert tidied is not None and tidied.notes == ["joined 2 files without times in the order given"]


@pytest.mark.parametrize(
    ("first", "second", "message"),
    [
        (WHOLE[:100], WHOLE[99:], "b.csv: begins at 2020-01-01T01:39:00, before a.csv ends at 2020-01-01T01:39:00; files of one recording follow each other in time"),
        (WHOLE[:100], WHOLE[100:].rename(columns={"a": "c"}), "b.csv: not the columns of a.csv: 'c' is in b.csv, not in a.csv, as a column of its kind; files of one recording have the same"),
        (WHOLE[:100], WHOLE[100:].drop(columns="a"), "b.csv: not the columns of a.csv: 'a' is in a.csv, not in b.csv, as a column of its kind; files of one recording have the same"),
        (WHOLE[:100], WHOLE[100::5], "b.csv: one row every 300 s, a.csv has one every 60 s; join files of one sampling rate"),
        (WHOLE[:100], WHOLE[100:].assign(time=range(200)), "b.csv: column 'time' holds dates in one of b.csv and a.csv, numbers in the other; write both alike"),
    ],
)  # fmt: skip
def test_what_is_not_one_recording_is_refused_in_one_line(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    first: pd.DataFrame,
    second: pd.DataFrame,
    message: str,
) -> None:
    monkeypatch.chdir(tmp_path)
    paths = [path.relative_to(tmp_path) for path in files(tmp_path, first, second)]
    with pytest.raises(InputError) as error, readable(paths, Timing()):
        pass
    assert str(error.value) == message


def test_what_is_no_table_is_not_joined(tmp_path: Path) -> None:
    for name in "ab":
        np.save(tmp_path / f"{name}.npy", np.zeros(100))
    with (
        pytest.raises(InputError, match=r"a\.npy: only tables, CSV or Parquet, are joined; add it alone"),
        readable([tmp_path / "a.npy", tmp_path / "b.npy"], Timing()),
    ):
        pass
