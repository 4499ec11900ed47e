import csv

import numpy as np
import pandas as pd
import pytest
import soundfile
from statsmodels.datasets import co2

from tidemark.core.errors import InputError
from tidemark.signals.recordings.recording import read_recording

NAN = np.nan


def table(path, text):
    path.write_text(text)
    return path


def test_a_year_of_the_weekly_co2_record(tmp_path):
    record = co2.load_pandas().data  # dates in its index, gaps as NaN
    record.to_csv(tmp_path / "co2.csv", index_label="date")
    recording = read_recording(tmp_path / "co2.csv", ["co2"], time_column="date", rate_unit="week")
    np.testing.assert_array_equal(recording.clean, record.to_numpy().T)
    assert recording.sampling_rate == 1.0
    assert recording.first_time == "1958-03-29"
    without_gaps = record.dropna()
    without_gaps.to_parquet(tmp_path / "co2.parquet")
    again = read_recording(tmp_path / "co2.parquet", rate_unit="week")
    np.testing.assert_array_equal(again.clean, recording.clean)  # the rows left out come back as missing
    assert (again.sampling_rate, again.first_time) == (1.0, "1958-03-29")


@pytest.mark.parametrize("kind", ["csv", "parquet"])
def test_a_pair_of_columns_from_a_table(tmp_path, kind):
    frame = pd.DataFrame({"t": np.arange(50) / 10, "a": 1.5, "b": np.arange(50.0), "na": 2.5, "nb": NAN})
    frame.loc[3, "nb"] = 1.0
    getattr(frame, f"to_{kind}")(tmp_path / f"x.{kind}", index=False)
    recording = read_recording(tmp_path / f"x.{kind}", ["b", "a"], ["nb", "na"], "t")
    np.testing.assert_array_equal(recording.clean, frame[["b", "a"]].to_numpy().T)
    np.testing.assert_array_equal(recording.noisy, frame[["nb", "na"]].to_numpy().T)
    assert recording.sampling_rate == pytest.approx(10)
    assert recording.first_time == 0.0
    assert list(recording.columns) == ["nb", "na"]  # what a model is given


def test_channels_of_wav_and_npy(tmp_path):
    values = np.arange(12).reshape(2, 6) / 16
    soundfile.write(tmp_path / "x.wav", values.T, 8000, subtype="PCM_16")
    np.save(tmp_path / "x.npy", values)
    wav = read_recording(tmp_path / "x.wav", rate_unit="minute")
    npy = read_recording(tmp_path / "x.npy", ["1"], ["0"], sampling_rate=4.0, rate_unit="day")
    np.testing.assert_array_equal(wav.clean, values)
    np.testing.assert_array_equal(npy.clean, values[1:])
    np.testing.assert_array_equal(npy.noisy, values[:1])
    assert (wav.sampling_rate, npy.sampling_rate) == (480_000, 4.0)
    assert (*wav.columns, *npy.columns) == ()


def test_a_signal_without_time(tmp_path):
    np.save(tmp_path / "x.npy", np.zeros(3))
    assert read_recording(tmp_path / "x.npy", rate_unit="sample").sampling_rate == 1.0


def test_a_given_rate_makes_other_columns_mere_columns(tmp_path):
    path = table(tmp_path / "x.csv", "date,x\n2024-01-01,1.5\n2024-01-09,2.5\n2024-01-10,3.5\n")
    assert read_recording(path, ["x"], sampling_rate=2.0).clean.tolist() == [[1.5, 2.5, 3.5]]


BAD = {
    "missing column": ("t,x\n0,1.5\n", {"columns": ["y"]}, "no column 'y'; there are t, x"),
    "missing time column": ("t,x\n0,1.5\n", {"time_column": "s"}, "no column 's'; there are t, x"),
    "same name": ("x,x\n0,1.5\n", {"columns": ["x"]}, "2 columns are called 'x'; rename all but one"),
    "named twice": ("t,x\n0,1.5\n", {"columns": ["x", "x"]}, "column 'x' is named twice; name it once"),
    "time as signal": ("t,x\n0,1.5\n", {"columns": ["t"]}, "column 't' is the time column; name the"),
    "several columns": ("t,x,y\n0,1.5,2.5\n", {},
                        "2 columns of numbers (x, y) where 1 is expected; choose with columns"),
    "no numbers": ("a,b\nx,y\n", {"sampling_rate": 1.0}, "no column of numbers among a, b"),
    "all missing": ("t,x\n0,\n1,NaN\n", {}, "column 'x' has no value: all are missing"),
    "infinite": ("t,x\n0,1.5\n1,-inf\n", {}, "row 3, column 'x': the value is infinite; leave it empty"),
    "text": ("t,x\n0,1.5\n1,2.5\n2,one\n", {}, "row 4, column 'x': expected a number, got 'one'"),
    "irregular": ("t,x\n0,1.5\n1,2.5\n2.5,3.5\n", {}, "time column 't', row 4: 2.5 is 1.5 after 1.0 of"),
    "a date that is none": ("date,x\n2024-01-01,1\n2024-01-02,1\n2024-02-30,1\n", {"columns": ["x"]},
                            "row 4, column 'date': expected a date as 2024-12-31"),
    "no rate": ("x\n0\n", {}, "the file has no sampling rate; give sampling_rate or time_column"),
    "another rate": ("t,x\n0,1.5\n1,2.5\n", {"time_column": "t", "sampling_rate": 2.0},
                     "sampling_rate = 2 per s, but the file has 1; fix"),
    "unknown unit": ("t,x\n0,1.5\n", {"rate_unit": "month"}, "rate_unit = 'month': expected one of s, "),
    "uneven pair": ("t,x,y,z\n0,1,2,3\n", {"columns": ["x"], "noisy_columns": ["y", "z"]},
                    "1 columns (x) but 2 noisy_columns (y, z); give one for each"),
    "a pair of one": ("t,x\n0,1.5\n1,2.5\n", {"columns": ["x"], "noisy_columns": ["x"]},
                      "column 'x' is named both in columns and in noisy_columns; name the clean"),
    "the only column its own pair": ("t,x\n0,1.5\n1,2.5\n", {"noisy_columns": ["x"]},
                                     "column 'x' is named both in columns and in noisy_columns; name the clean"),
    "a pair alike": ("t,x,y\n0,1.5,1.5\n1,,\n2,3.5,3.5\n", {"columns": ["x"], "noisy_columns": ["y"]},
                     "columns and noisy_columns hold the same values, which leaves no noise; name"),
}  # fmt: skip


@pytest.mark.parametrize("case", BAD)
def test_bad_input_is_one_line(tmp_path, case):
    text, options, message = BAD[case]
    path = table(tmp_path / "x.csv", text)
    with pytest.raises(InputError) as error:
        read_recording(path, **options)
    assert str(error.value).startswith(f"{path}: {message}")
    assert "\n" not in str(error.value)


@pytest.mark.parametrize(
    ("name", "options", "message"),
    [
        ("none.csv", {}, "none.csv: no such file; check the path"),
        ("folder.csv", {}, "folder.csv: is a folder; name a file"),
        ("x.mat", {}, "x.mat: the suffix '.mat' says no kind of file; expected one of .csv, .csv.gz"),
        ("x.npy", {}, "x.npy: the file has no sampling rate; give sampling_rate"),
        ("x.npy", {"time_column": "t"}, "x.npy: this kind of file has no time column; leave 't' out"),
        ("x.npy", {"columns": ["2"]}, "x.npy: no channel '2'; there are 0, 1"),
        ("nan.npy", {"sampling_rate": 1.0}, "nan.npy: channel '1' has no value: all are missing"),
        ("inf.npy", {"sampling_rate": 1.0}, "inf.npy: sample 2, channel '1': the value is infinite"),
        ("x.wav", {"sampling_rate": 4000.0}, "x.wav: sampling_rate = 4000 per s, but the file has 8000"),
    ],
)
def test_bad_files(tmp_path, name, options, message):
    (tmp_path / "folder.csv").mkdir()
    (tmp_path / "x.mat").touch()
    np.save(tmp_path / "x.npy", np.zeros((2, 3)))
    np.save(tmp_path / "nan.npy", np.array([[1.0, 2.0], [NAN, NAN]]))
    np.save(tmp_path / "inf.npy", np.array([[1.0, 2.0, 3.0], [NAN, 1.0, np.inf]]))
    soundfile.write(tmp_path / "x.wav", np.zeros(10), 8000)
    with pytest.raises(InputError) as error:
        read_recording(tmp_path / name, **options)
    assert str(error.value).startswith(f"{tmp_path}/{message}")


@pytest.mark.parametrize("kind", ["csv", "quoted.csv", "csv.gz", "wav", "npy", "parquet"])
def test_a_file_of_more_rows_than_the_limit_is_refused(tmp_path, monkeypatch, kind):
    values, path = np.linspace(0, 0.5, 21), tmp_path / f"x.{kind}"
    if kind == "wav":
        soundfile.write(path, values, 8000)
    elif kind == "npy":
        np.save(path, values)
    elif kind == "parquet":
        pd.DataFrame({"v": values}).to_parquet(path)
    else:
        quoting = csv.QUOTE_ALL if kind == "quoted.csv" else csv.QUOTE_MINIMAL
        pd.DataFrame({"v": values}).to_csv(path, index=False, quoting=quoting)
    monkeypatch.setenv("TIDEMARK_MAX_ROWS", "21")
    assert read_recording(path, sampling_rate=8000).clean.shape == (1, 21)
    monkeypatch.setenv("TIDEMARK_MAX_ROWS", "20")
    with pytest.raises(
        InputError, match=r"x\..*: 21 rows, more than the limit of 20; .* TIDEMARK_MAX_ROWS=21"
    ):
        read_recording(path, sampling_rate=8000)
