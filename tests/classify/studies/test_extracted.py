"""A study of windows against the same study of recordings, and what is refused in it."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from support.study_files import entry, text_of, times, write, write_dictionary
from tidemark.classify.studies.cut import cut_study
from tidemark.core.errors import InputError

Arrays = dict[str, np.ndarray]
LENGTH, WINDOWS = 200, 6


@pytest.fixture(autouse=True)
def here(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without starting processes."""
    monkeypatch.setattr(
        "tidemark.classify.studies.cut.each",
        lambda work, jobs, *_: ((name, work(job)) for name, job in jobs.items()),
    )


def recorded(seed: int) -> tuple[np.ndarray, np.ndarray, list[str]]:
    """Times, values (rows, 3) and annotations of a participant, windows of every kind among them."""
    random = np.random.default_rng(seed)
    values = np.array([0.6, -0.64, 0.48]) + random.normal(0, 0.1, (LENGTH * WINDOWS, 3))
    values[2 * LENGTH + 7, 1] = np.nan
    said = ["walking"] * LENGTH + ["sitting"] * 3 * LENGTH + [""] * LENGTH + ["sleeping"] * LENGTH
    return times(len(values)), values.round(6), said


@pytest.fixture
def arrays() -> Arrays:
    """What the tutorials of CAPTURE-24 would make of two participants, one after the other in turn."""
    parts = [recorded(seed) for seed in (1, 2)]
    order = [(person, window) for window in range(WINDOWS) for person in (1, 0)]
    return {
        "X": np.stack([parts[p][1].reshape(WINDOWS, LENGTH, 3)[w] for p, w in order]),
        "Y": np.array([parts[p][2][w * LENGTH] for p, w in order]),
        "T": np.array([parts[p][0][w * LENGTH] for p, w in order]).astype("datetime64[ns]"),
        "pid": np.array([f"P00{1 + p}" for p, _ in order]),
    }


def save(folder: Path, arrays: Mapping[str, np.ndarray]) -> Path:
    write_dictionary(folder)
    for name, array in arrays.items():
        np.save(folder / f"{name}.npy", array)
    return folder


def read(windows: Path) -> dict[str, Any]:
    found: dict[str, Any] = {
        path.relative_to(windows).as_posix(): np.load(path) for path in windows.rglob("*.npy")
    }
    return found | {"study": json.loads((windows / "study.json").read_text())}


@pytest.mark.parametrize("kind", ["as they are", "bytes", "float32", "microseconds"])
def test_windows_give_what_the_recordings_give(tmp_path: Path, arrays: Arrays, kind: str) -> None:
    for seed in (1, 2):
        write(tmp_path / f"recorded/P00{seed}.csv.gz", text_of(*recorded(seed)))
    write_dictionary(tmp_path / "recorded")
    if kind == "bytes":
        arrays |= {"Y": arrays["Y"].astype("S"), "pid": arrays["pid"].astype("S")}
    elif kind == "float32":
        arrays["X"] = arrays["X"].astype(np.float32)
    elif kind == "microseconds":
        arrays["T"] = arrays["T"].astype("datetime64[us]")
    cut_study("x", entry(), tmp_path / "recorded", tmp_path / "expected")
    cut_study("x", entry(), save(tmp_path / "extracted", arrays), tmp_path / "found")
    expected, found = read(tmp_path / "expected"), read(tmp_path / "found")
    assert found.keys() == expected.keys() and len(found) == 7
    assert found.pop("study") == expected.pop("study")
    for name, array in expected.items():
        assert found[name].dtype == array.dtype
        np.testing.assert_array_equal(found[name], array)


def test_other_units_are_converted(tmp_path: Path, arrays: Arrays) -> None:
    cut_study("x", entry(), save(tmp_path / "g", arrays), tmp_path / "first")
    arrays["X"] = arrays["X"] * 9.80665
    cut_study("x", entry(units="m/s2"), save(tmp_path / "m", arrays), tmp_path / "second")
    first, second = (np.load(tmp_path / name / "P001/signal.npy") for name in ("first", "second"))
    np.testing.assert_allclose(second, first, rtol=1e-6)


def test_a_rerun_does_only_what_changed(tmp_path: Path, arrays: Arrays) -> None:
    folder, windows = save(tmp_path / "x", arrays), tmp_path / "windows"
    cut_study("x", entry(), folder, windows)
    before = {path: path.stat().st_mtime_ns for path in windows.glob("P*/*")}
    arrays["Y"][arrays["pid"] == "P002"] = "sleeping"
    cut_study("x", entry(), save(folder, arrays), windows)
    after = {path: path.stat().st_mtime_ns for path in windows.glob("P*/*")}
    assert {path.parent.name for path in before if before[path] != after[path]} == {"P002"}


def replaced(name: str, change: Callable[[np.ndarray], np.ndarray]) -> Callable[[Arrays], None]:
    return lambda arrays: arrays.update({name: change(arrays[name])})


def put(name: str, window: int, value: Any) -> Callable[[Arrays], None]:
    return lambda arrays: arrays[name].__setitem__(window, value)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (
            replaced("Y", lambda y: y.astype(object)),
            r"Y.npy: pickled Python objects, .* strings: np.save\('Y.npy', Y.astype\(str\)\)$",
        ),
        (replaced("pid", lambda pid: pid.astype(object)), r"pid.npy: pickled .* pid.astype\(str\)"),
        (replaced("Y", lambda y: np.arange(len(y))), r"Y.npy: values of type int64; .*strings"),
        (replaced("T", lambda t: t.astype(str)), r"T.npy: values of type <U.*datetime64\[ns\]"),
        (replaced("X", lambda x: x.astype(str)), r"X.npy: values of type <U.*numbers"),
        (replaced("X", lambda x: x.transpose(0, 2, 1)), r"X.npy: an array \(12, 3, 200\); .*transpose"),
        (replaced("X", lambda x: x[:, :100]), r"X.npy: windows of 100 samples; window = 2 s .* are 200"),
        (replaced("T", lambda t: t[:-1]), r"T.npy: an array \(11,\) for 12 windows of X.npy"),
        (lambda arrays: arrays.update({n: a[:0] for n, a in arrays.items()}), r"X.npy: no window in it"),
        (put("pid", 4, "me"), r"pid.npy: window 4: 'me' is no participant's name; expected a letter and"),
        (put("Y", 3, "flying"), r"Y.npy: window 3: annotation 'flying' is not in annotation-label-dict"),
        (put("T", 5, np.datetime64("NaT")), r"T.npy: window 5: no time"),
        (put("T", 3, np.datetime64("2000-01-01")), r"T.npy: window 3: 2000-01-01.* is no later than window 1"),
        (replaced("T", lambda t: t[0] + (t - t[0]) // 2), r"T.npy: window 3: .* is 1 s after window 1 .*set ov"),
        (replaced("X", lambda x: 9.8 * x), r"X.npy: P001: the median norm .* is 9.8\d, .*set units: m/s2$"),
        (put("X", (7, 3, 1), np.inf), r"X.npy: window 7: an infinite value"),
        (put("Y", slice(1, None, 2), ""), r"X.npy: P001: no valid window \(value missing in 1, not annotated in 5"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_in_a_line(
    tmp_path: Path, arrays: Arrays, change: Callable[[Arrays], None], message: str
) -> None:
    change(arrays)
    with pytest.raises(InputError, match=message) as caught:
        cut_study("x", entry(), save(tmp_path / "x", arrays), tmp_path / "windows")
    assert "\n" not in str(caught.value)
    assert not list(tmp_path.glob("windows/P001/*"))


def test_a_broken_participant_is_skipped_where_wanted(tmp_path: Path, arrays: Arrays) -> None:
    arrays["Y"][3] = "flying"  # of P001
    cut_study("x", entry(on_error="skip"), save(tmp_path / "x", arrays), tmp_path / "windows")
    study = json.loads((tmp_path / "windows/study.json").read_text())
    assert list(study["participants"]) == ["P002"] and "flying" in study["skipped"]["P001"]


def test_overlapping_windows_need_to_be_said(tmp_path: Path, arrays: Arrays) -> None:
    arrays["T"] = arrays["T"][0] + (arrays["T"] - arrays["T"][0]) // 2
    cut_study("x", entry(overlap=0.5), save(tmp_path / "x", arrays), tmp_path / "windows")
    assert np.diff(np.load(tmp_path / "windows/P001/time.npy")).min() == 10**9


def test_files_that_are_none_or_lacking(tmp_path: Path, arrays: Arrays) -> None:
    folder = save(tmp_path / "x", arrays)
    (folder / "P001.csv.gz").touch()
    with pytest.raises(InputError, match=r"x: windows in X.npy and the recording P001.csv.gz too; keep one"):
        cut_study("x", entry(), folder, tmp_path / "windows")
    (folder / "P001.csv.gz").unlink()
    (folder / "X.npy").write_bytes((folder / "X.npy").read_bytes()[:-9])
    with pytest.raises(InputError, match=r"X.npy: not a whole NPY file .*; save it anew"):
        cut_study("x", entry(), folder, tmp_path / "windows")
    save(folder, arrays)
    (folder / "T.npy").unlink()
    with pytest.raises(
        InputError, match=r"T.npy: no such file; a study of windows has X.npy, Y.npy, T.npy and"
    ):
        cut_study("x", entry(), folder, tmp_path / "windows")
