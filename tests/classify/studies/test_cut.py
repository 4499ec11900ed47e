import json

import numpy as np
import pytest

from support.study_files import (
    at_rest,
    entry,
    text_of,
    times,
    write,
    write_dictionary,
    write_participant,
)
from tidemark.classify.studies.cut import cut_study
from tidemark.classify.studies.participant import cut_participant
from tidemark.core.errors import InputError


@pytest.fixture
def study(tmp_path):
    """A folder of two participants, and where their windows go."""
    folder = tmp_path / "recorded"
    write_dictionary(folder)
    for seed, name in enumerate(["P001", "P002"]):
        write_participant(folder, name, 700 + 200 * seed, seed=seed)
    return folder, tmp_path / "windows"


@pytest.fixture(autouse=True)
def here(monkeypatch):
    """Without starting processes: `test_cluster` does that."""
    monkeypatch.setattr(
        "tidemark.classify.studies.cut.each",
        lambda work, jobs, *_: ((name, work(job)) for name, job in jobs.items()),
    )


def states(windows):
    return {path: (path.stat().st_ino, path.stat().st_mtime_ns) for path in sorted(windows.glob("P*/*"))}


def summary(windows):
    return json.loads((windows / "study.json").read_text())


def test_windows_of_a_study(study):
    folder, windows = study
    cut_study("wrist", entry(), folder, windows)
    assert sorted(path.name for path in windows.iterdir()) == ["P001", "P002", "study.json"]
    signal = np.load(windows / "P001" / "signal.npy")
    assert (signal.shape, signal.dtype) == ((3, 3, 200), np.float32)
    np.testing.assert_allclose(signal[1], at_rest(700, 0)[200:400].T, atol=1e-6)
    np.testing.assert_array_equal(np.load(windows / "P001" / "time.npy"), times(700)[[0, 200, 400]])
    np.testing.assert_array_equal(np.load(windows / "P001" / "label.npy"), [3, 3, 3])
    assert summary(windows) == {
        "classes": ["sit", "sleep", "stand", "walk"],
        "participants": {
            "P001": {"windows": 3, "dropped": {"rows missing": 1}},
            "P002": {"windows": 4, "dropped": {"rows missing": 1}},
        },
        "skipped": {},
    }


def test_made_up_recordings_are_called_so(study):
    folder, windows = study
    cut_study("wrist", entry(), folder, windows)
    assert "made_up" not in summary(windows)
    (folder / "MADE-UP.txt").touch()
    cut_study("wrist", entry(), folder, windows)
    assert summary(windows)["made_up"] is True


def test_a_rerun_does_only_what_is_new(study):
    folder, windows = study
    cut_study("wrist", entry(), folder, windows)
    before, text = states(windows), (windows / "study.json").read_bytes()
    cut_study("wrist", entry(split={"test": ["P002"]}, on_error="skip"), folder, windows)
    assert (states(windows), (windows / "study.json").read_bytes()) == (before, text)
    write_participant(folder, "P003", 500, seed=3)
    cut_study("wrist", entry(), folder, windows)
    after = states(windows)
    assert {path: after[path] for path in before} == before
    assert len(after) == len(before) + 4
    (folder / "P001.csv.gz").unlink()
    write_participant(folder, "P002", 500, seed=9)
    (windows / ".P002.77.tmp").mkdir()
    cut_study("wrist", entry(), folder, windows)
    assert sorted(path.name for path in windows.iterdir()) == ["P002", "P003", "study.json"]
    kept = [path for path in after if path.parent.name == "P003"]
    assert all(states(windows)[path] == after[path] for path in kept)
    assert list(summary(windows)["participants"]) == ["P002", "P003"]
    for changed in ({"labels": "Few"}, {"window": 1}, {"overlap": 0.5}):
        before = states(windows)
        cut_study("wrist", entry(**changed), folder, windows)
        assert not set(states(windows).values()) & set(before.values())


def test_the_same_bytes_again(study, tmp_path):
    folder, windows = study
    cut_study("wrist", entry(), folder, windows)
    cut_study("wrist", entry(), folder, tmp_path / "again")
    for path in windows.rglob("*.*"):
        assert path.read_bytes() == (tmp_path / "again" / path.relative_to(windows)).read_bytes()


def broken(kind):
    """Text of a participant's file with one fault."""
    time, values, said = times(700), at_rest(700), ["walking"] * 700
    if kind == "unit":
        values = values * 9.81
    elif kind == "rate":
        time = times(700, 5.0)
    elif kind == "order":
        time[[5, 6]] = time[[6, 5]]
    elif kind == "duplicate":
        time[6] = time[5]
    elif kind == "annotation":
        said[99] = "flying"
    elif kind == "no window":
        said = ["standing"] * 500 + [""] * 200
    elif kind == "short":
        time, values, said = time[:1], values[:1], said[:1]
    text = text_of(time, values, said)
    if kind == "quote":
        return text.replace("annotation", '"annotation', 1)
    return text.replace("x,y,z", "ax,ay,az") if kind == "columns" else text


FAULTS = {
    "unit": "rows 2 to 701: .* set units: m/s2",
    "rate": "row 3: rows are 200 ms apart",
    "order": "row 8: .* comes before .* of row 7",
    "duplicate": "row 8: .* is the time of row 7 too",
    "annotation": "row 101: annotation 'flying' is not in annotation-label-dictionary.csv",
    "no window": r"rows 2 to 701: no valid window of 200 samples \(rows missing in 1, not annotated in 3\)",
    "short": "row 2: the only one",
    "columns": "row 1: expected columns time, x, y, z, annotation, found time, ax, ay, az, annotation",
    "quote": "row 1: not the header of a CSV file",
    "truncated": r"row \d+: the gzip file ends here",
    "gzip": "row 1: not compressed by gzip",
}


def break_second(folder, kind):
    path = folder / "P002.csv.gz"
    if kind == "truncated":
        path.write_bytes(path.read_bytes()[:-500])
    elif kind == "gzip":
        path.write_text(broken(kind))
    else:
        write(path, broken(kind))


@pytest.mark.parametrize("kind", FAULTS)
def test_a_broken_file_stops_or_is_skipped(study, kind):
    folder, windows = study
    scheme = {"labels": "Few"} if kind == "no window" else {}
    cut_study("wrist", entry(**scheme), folder, windows)
    break_second(folder, kind)
    write_participant(folder, "P003", 500, seed=3)
    with pytest.raises(InputError, match=f"P002.csv.gz: {FAULTS[kind]}"):
        cut_study("wrist", entry(**scheme), folder, windows)
    assert sorted(path.name for path in windows.iterdir()) == ["P001", "study.json"]
    cut_study("wrist", entry(on_error="skip", **scheme), folder, windows)
    assert sorted(path.name for path in windows.iterdir()) == ["P001", "P003", "study.json"]
    found = summary(windows)
    assert list(found["participants"]) == ["P001", "P003"]
    message = found["skipped"]["P002"]
    assert message.startswith(f"{folder}/P002.csv.gz: row") and "\n" not in message


def test_the_first_error_in_order_is_raised(study, monkeypatch):
    folder, windows = study
    for name in ("P001", "P002"):
        (folder / f"{name}.csv.gz").write_text("x")
    write_participant(folder, "P003", 500)
    monkeypatch.setattr(
        "tidemark.classify.studies.cut.each",
        lambda work, jobs, *_: ((name, work(job)) for name, job in reversed(jobs.items())),
    )
    with pytest.raises(InputError, match=r"P001.csv.gz: row 1: not compressed"):
        cut_study("wrist", entry(), folder, windows)
    (folder / "P003.csv.gz").unlink()
    with pytest.raises(InputError, match=r"no participant could be read; the first one: .*P001"):
        cut_study("wrist", entry(on_error="skip"), folder, windows)


def test_other_rates_and_units_give_the_same_windows(tmp_path):
    rate, count = 50.0, 1000
    time = times(count, rate)
    wave = at_rest(1)[0] + 0.3 * np.sin(2 * np.pi * 1.5 * np.arange(count) / rate)[:, None]
    path = write(tmp_path / "P001.csv", text_of(time, 9.80665 * wave, ["walking"] * count))
    windows = cut_participant(path, None, length=200, rate=100.0, unit="m/s2", overlap=0.5)
    assert windows.signal.shape == (18, 3, 200)  # the last sample lies 10 ms before the end
    assert set(windows.label) == {-1}
    now = (windows.time[:, None] - time[0]) / 1e9 + np.arange(200) / 100
    expected = at_rest(1)[0][0] + 0.3 * np.sin(2 * np.pi * 1.5 * now)
    np.testing.assert_allclose(windows.signal[1:-1, 0], expected[1:-1], atol=2e-3)
