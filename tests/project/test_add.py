"""A file becomes a dataset: entries that the pipeline takes, or one line and nothing written."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from ruamel.yaml import YAML

from tidemark.core import params, paths
from tidemark.core.errors import InputError
from tidemark.core.task import Task
from tidemark.pipeline.check import check
from tidemark.project.add import add
from tidemark.project.init import init
from tidemark.project.readable import Timing
from tidemark.project.remove import remove
from tidemark.project.setup import Choices
from tidemark.signals.recordings.recording import read as read_recording

pytestmark = pytest.mark.filterwarnings("ignore:_NoneStep.value:DeprecationWarning")  # of a library of DVC's
HOURS = pd.date_range("2020-01-01", periods=2000, freq="h")
TIME = np.arange(2000)
LOAD = 20 + 5 * np.sin(2 * np.pi * TIME / 24) + np.random.default_rng(0).normal(size=2000)


@pytest.fixture
def table(tmp_path: Path) -> Path:
    """Two columns by the hour, a gap in one, dates as a spreadsheet writes them, outside of the project."""
    path = tmp_path / "Load 2020.csv"
    frame = pd.DataFrame(
        {"when": HOURS.strftime("%Y/%m/%d %H:%M"), "load [MW]": LOAD.round(3), "t (°C)": TIME % 24}
    )
    frame.loc[50:54, "load [MW]"] = np.nan
    frame.to_csv(path, index=False)
    return path


def files(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and not {".git", "tmp", "cache"} & {*path.parts}
    }


def tree(task: str) -> Any:
    return YAML(typ="safe").load(paths.params(task))


def test_a_table_is_looked_at_kept_and_written_down(project: Path, table: Path) -> None:
    said: list[str] = []
    name = add(table, choices=Choices(column=("load [MW]",)), say=said.append)
    assert name == "load-2020" and check() == 2
    entry = tree("forecast")["recordings"][name]
    assert (entry["season"], entry["rate_unit"], entry["units"], entry["time_column"]) == (
        24,
        "hour",
        "MW",
        "when",
    )
    assert entry["file"] == "data/recorded/load-2020.csv"
    kept = read_recording(params.entry("forecast", "recordings", name, Task("forecast").windowing.entry))  # type: ignore[arg-type]
    np.testing.assert_array_equal(kept.clean[0, 60:], LOAD.round(3)[60:])
    assert kept.sampling_rate == 1 and np.isnan(kept.clean[0, 50:55]).all()
    text = "\n".join(said)
    low, high = np.delete(LOAD, range(50, 55)).min(), np.delete(LOAD, range(50, 55)).max()
    for part in ("2,000 samples, 1 sample per hour, from 2020-01-01", f"{low:.5g} to {high:.5g} MW", "5 missing in 1 gap",
                 "season of 24 samples", "wrote dates of 'when' as 2020-01-01"):  # fmt: skip
        assert part in text
    windows = re.search(r"([\d,]+) for testing", text)
    assert windows and int(windows[1]) == round(0.25 * 2000) // entry["horizon"] >= 20
    assert (project / "plots/recordings/load-2020.png").read_bytes().startswith(b"\x89PNG")
    assert table.exists()


def test_other_options_say_which_task_it_is(project: Path, table: Path) -> None:
    add(table, name="pair", choices=Choices(pair=("load [MW]", "t (°C)")), say=lambda line: None)
    add(table, name="noised", choices=Choices(clean="load [MW]", snr_db=5.0), say=lambda line: None)
    add(table, name="both", choices=Choices(clean="load [MW]", column=("t (°C)",)), say=lambda line: None)
    assert check() == 6
    assert tree("infer")["recordings"]["pair"]["columns"] == ["load [MW]", "t (°C)"]
    assert tree("denoise")["recordings"]["noised"]["snr_db"] == 5
    assert tree("denoise")["recordings"]["both"]["noisy_columns"] == ["t (°C)"]
    assert len(tree("denoise")["recipes"]) == 2  # shared by both


def test_a_noisy_column_alone_is_denoised_without_truth(project: Path, table: Path) -> None:
    said: list[str] = []
    add(table, name="x", task="denoise", choices=Choices(column=("load [MW]",)), say=said.append)
    assert check() == 2
    made = tree("denoise")
    entry = made["recordings"]["x"]
    assert entry["reference"] == "none" and entry["columns"] == ["load [MW]"]
    assert not entry.keys() & {"snr_db", "noisy_columns"}
    assert {model["source"] for model in made["models"].values()} == {"denoise/blind_spot"}
    assert {recipe["training"]["loss"] for recipe in made["recipes"].values()} == {"mse"}
    assert {"raw", "savitzky-golay", "whittaker"} <= made["baselines"]["x"].keys()
    assert not made["baselines"]["x"].keys() & {"ridge", "kernel-ridge"}
    text = "\n".join(said)
    assert "without truth" in text and "reference: none" in text and "noise" in text


def test_what_cannot_be_found_is_asked_for(project: Path, table: Path) -> None:
    asked: list[tuple[str, str]] = []

    def ask(question: str, answers: Any, usual: str) -> str:
        asked.append((question, usual))
        return {"task": "forecast", "column": "t (°C)"}[question]

    add(table, name="x", ask=ask, say=lambda line: None)
    assert [question for question, _ in asked] == ["task", "column"]
    assert tree("forecast")["recordings"]["x"]["columns"] == ["t (°C)"]


def test_a_file_of_the_project_stays_where_it_is(project: Path) -> None:
    (project / "mine.csv").write_text("time,v\n" + "".join(f"{row},{np.sin(row)}\n" for row in range(900)))
    add(Path("mine.csv"), say=lambda line: None)
    assert tree("forecast")["recordings"]["mine"]["file"] == "mine.csv"
    remove("mine")
    assert (project / "mine.csv").exists()


@pytest.mark.parametrize(
    ("step", "word"), [("MS", "month"), ("QS", "quarter"), ("YS", "year"), ("B", "working days")]
)
def test_rows_of_a_calendar_are_counted(project: Path, tmp_path: Path, step: str, word: str) -> None:
    path = tmp_path / "sales.csv"
    when = pd.date_range("1700-01-01" if step != "B" else "2020-01-01", periods=240, freq=step)
    pd.DataFrame({"when": when.strftime("%Y-%m-%d"), "v": np.sin(2 * np.pi * np.arange(240) / 12)}).to_csv(
        path, index=False
    )
    said: list[str] = []
    add(path, say=said.append)
    entry = tree("forecast")["recordings"]["sales"]
    assert word in "\n".join(said) and entry["rate_unit"] == "sample" and "time_column" not in entry
    assert entry["season"] == 12


def test_taken_out_again_nothing_is_left_but_what_was_there(project: Path, table: Path) -> None:
    add(table, name="first", choices=Choices(column=("load [MW]",)), say=lambda line: None)
    before = files(project)
    add(table, name="second", choices=Choices(column=("t (°C)",)), say=lambda line: None)
    for made in (
        "data/second/fit/x",
        "models/second/second-net/x",
        "metrics/forecast/second.json",
        "plots/details/forecast/second/x",
    ):
        (project / made).parent.mkdir(parents=True, exist_ok=True)
        (project / made).write_text("x")
    remove("second")
    assert files(project) == before and table.exists()
    with pytest.raises(InputError, match="'second': no dataset of this pipeline; expected one of first"):
        remove("second")


def test_several_files_are_one_recording_and_taken_out_as_one(project: Path, tmp_path: Path) -> None:
    frame = pd.DataFrame({"when": HOURS, "load [MW]": LOAD.round(3)})
    paths = [tmp_path / "late.csv", tmp_path / "early.csv"]
    for path, part in zip(paths, (frame[1200:], frame[:1150]), strict=True):
        part.to_csv(path, index=False)
    before = files(project)
    with pytest.raises(InputError, match=r"late\.csv: named twice; name each file of a recording once"):
        add([paths[0], paths[0]], say=lambda line: None)
    said: list[str] = []
    add(paths, name="load", say=said.append)
    entry = params.entry("forecast", "recordings", "load", Task("forecast").windowing.entry)
    kept = read_recording(entry)  # type: ignore[arg-type]
    np.testing.assert_array_equal(kept.clean[0, :1150], LOAD.round(3)[:1150])
    np.testing.assert_array_equal(kept.clean[0, 1200:], LOAD.round(3)[1200:])
    assert np.isnan(kept.clean[0, 1150:1200]).all()
    assert said[0].startswith("late.csv and early.csv: 2,000 samples, 1 sample per hour, from 2020-01-01")
    remove("load")
    assert files(project) == before and all(path.exists() for path in paths)


def test_a_copy_whose_original_is_gone_stays(project: Path, table: Path) -> None:
    add(table, name="x", choices=Choices(column=("load [MW]",)), say=lambda line: None)
    table.unlink()
    remove("x")
    assert (project / "data/recorded/x.csv").exists()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({}, r"Load 2020\.csv: 2 columns of numbers \(load \[MW\], t \(°C\)\); choose one with --column"),
        ({"choices": Choices(column=("nope",))}, r"Load 2020\.csv: no column of numbers 'nope'; there are load \[MW\]"),
        ({"task": "nope"}, "--task nope: unknown; expected one of classify, denoise, forecast, infer"),
        ({"task": "denoise"}, r"Load 2020\.csv: 2 columns of numbers \(load \[MW\], t \(°C\)\); choose one with --column"),
        ({"task": "denoise", "choices": Choices(column=("load [MW]",), snr_db=5.0)}, "--snr-db: noise is added to a clean column; name it"),
        ({"choices": Choices(clean="load [MW]", column=("load [MW]",))}, r"--column load \[MW\]: is the clean column too; name its noisy"),
        ({"task": "denoise", "choices": Choices(horizon=3)}, "--horizon: not for the task denoise, which takes --column"),
        ({"task": "classify"}, "--task classify: takes a folder of participants' recordings, or a file of each of them and --label"),
        ({"choices": Choices(column=("load [MW]",), horizon=150)}, r"3 test windows, too few to say anything; choose --horizon 100 or less"),
        ({"choices": Choices(column=("load [MW]",), lookback=20, season=24)}, "--season 24: not shorter than the lookback of 20"),
        ({"choices": Choices(column=("load [MW]",)), "timing": Timing(rate="fast")}, "--rate fast: expected samples a second"),
        ({"choices": Choices(column=("load [MW]",)), "timing": Timing(rate="5/hour")}, "sampling_rate = 5 per hour, but the file has 1"),
        ({"choices": Choices(column=("load [MW]",)), "name": "1st"}, "--name 1st: a name begins with a letter"),
        ({"choices": Choices(column=("load [MW]",)), "name": "recorded"}, "--name recorded: a folder of data has that name"),
    ],
)  # fmt: skip
def test_one_line_and_nothing_written(
    project: Path, table: Path, arguments: dict[str, Any], message: str
) -> None:
    before = files(project)
    with pytest.raises(InputError, match=message) as error:
        add(table, say=lambda line: None, **arguments)
    assert "\n" not in str(error.value)
    assert files(project) == before


def test_a_name_is_given_once_and_a_project_begun_once(project: Path, table: Path) -> None:
    add(table, name="x", choices=Choices(column=("load [MW]",)), say=lambda line: None)
    before = files(project)
    with pytest.raises(
        InputError, match=r"there is a dataset x already; choose another --name, or .*tidemark remove x"
    ):
        add(table, name="x", task="denoise", choices=Choices(clean="load [MW]"), say=lambda line: None)
    with pytest.raises(InputError, match="there already"):
        init(project)
    assert files(project) == before


def test_what_goes_wrong_at_the_end_leaves_nothing(
    project: Path, table: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = files(project)

    def fail() -> int:
        raise InputError("no")

    monkeypatch.setattr("tidemark.project.add.check.check", fail)
    with pytest.raises(InputError, match="^no$"):
        add(table, choices=Choices(column=("load [MW]",)), say=lambda line: None)
    assert files(project) == before


def test_an_edf_file_is_added_by_a_signals_name(project: Path, tmp_path: Path) -> None:
    edfio = pytest.importorskip("edfio", reason="the extra 'edf' is not installed")
    wave = 50 * np.sin(2 * np.pi * np.arange(2000) / 25)
    slow = edfio.EdfSignal(36 + np.arange(20) / 100, 1, label="Temp", physical_dimension="degC")
    path = tmp_path / "night.edf"
    edfio.Edf([edfio.EdfSignal(wave, 100, label="EEG Fpz-Cz", physical_dimension="uV"), slow]).write(path)
    with pytest.raises(InputError, match=r"2 columns of numbers \(EEG Fpz-Cz, Temp\)"):
        add(path)
    said: list[str] = []
    add(path, choices=Choices(column=("EEG Fpz-Cz",)), say=said.append)
    entry = tree("forecast")["recordings"]["night"]
    assert (entry["file"], entry["units"], entry["season"]) == ("data/recorded/night.edf", "uV", 25)
    assert said[0] == "night.edf: 2,000 samples, 100 samples per s" and "time_column" not in entry
    assert check() == 2
    kept = read_recording(params.entry("forecast", "recordings", "night", Task("forecast").windowing.entry))  # type: ignore[arg-type]
    np.testing.assert_allclose(kept.clean[0], wave, atol=100 / 2**16)
    with pytest.raises(InputError, match="only tables, CSV or Parquet, are joined"):
        add([path, table_of(tmp_path)], name="both")


def table_of(folder: Path) -> Path:
    path = folder / "v.csv"
    path.write_text("v\n" + "1\n2\n" * 50)
    return path


def test_a_wfdb_record_becomes_a_table_with_its_rate_and_unit(project: Path, tmp_path: Path) -> None:
    wfdb = pytest.importorskip("wfdb", reason="the extra 'wfdb' is not installed")
    wave = np.stack([np.sin(2 * np.pi * TIME / 36), np.cos(TIME)], axis=1)
    wfdb.wrsamp("r100", fs=360, units=["mV", "mV"], sig_name=["MLII", "V5"], p_signal=wave, fmt=["16", "16"],
                write_dir=str(tmp_path))  # fmt: skip
    with pytest.raises(InputError, match=r"name its header, .*r100\.hea"):
        add(tmp_path / "r100.dat")
    with pytest.raises(InputError, match="its header has 360; leave it out"):
        add(tmp_path / "r100.hea", choices=Choices(column=("MLII",)), timing=Timing(rate="100"))
    said: list[str] = []
    add(tmp_path / "r100.hea", choices=Choices(clean="MLII", snr_db=10), say=said.append)
    entry = tree("denoise")["recordings"]["r100"]
    assert (entry["file"], entry["sampling_rate"], entry["units"]) == ("data/recorded/r100.csv", 360, "mV")
    assert "  WFDB record: wrote MLII as a table, 360 samples a second" in said
    kept = read_recording(params.entry("denoise", "recordings", "r100", Task("denoise").windowing.entry))  # type: ignore[arg-type]
    np.testing.assert_array_equal(kept.clean[0], wfdb.rdrecord(str(tmp_path / "r100")).p_signal[:, 0])


def test_all_series_of_a_long_table_are_channels_of_one_recording(project: Path, tmp_path: Path) -> None:
    """Networks and linear maps then learn from windows of every series at once."""
    path, names = tmp_path / "sales.csv", [f"store{number}" for number in range(300)]
    days = pd.date_range("2023-01-01", periods=300)
    week = np.sin(2 * np.pi * np.arange(300) / 7)
    table = pd.concat(
        [pd.DataFrame({"unique_id": name, "ds": days, "y": place + week}) for place, name in enumerate(names)]
    )
    table.to_csv(path, index=False)
    with pytest.raises(
        InputError, match=r"300 columns of numbers .* choose one with --column, or all with --all"
    ):
        add(path)
    with pytest.raises(InputError, match="--all-series: takes every column of numbers; leave out --column"):
        add(path, choices=Choices(column=("store1",), all_series=True))
    with pytest.raises(InputError, match="--all-series: not for the task denoise"):
        add(path, task="denoise", choices=Choices(all_series=True))
    said: list[str] = []
    add(path, choices=Choices(all_series=True), say=said.append)
    entry = tree("forecast")["recordings"]["sales"]
    assert (entry["columns"], entry["season"], entry["horizon"]) == (names, 7, 7)
    assert {model["laptop"]["batch"] for model in tree("forecast")["models"].values()} == {1}
    assert "  and 288 more" in said and not any(line.startswith("  store12:") for line in said)
    kept = read_recording(params.entry("forecast", "recordings", "sales", Task("forecast").windowing.entry))  # type: ignore[arg-type]
    np.testing.assert_allclose(kept.clean, np.arange(300)[:, None] + week, atol=1e-9)


def test_a_number_that_stands_for_missing_values_is_said_and_written_down(
    project: Path, tmp_path: Path
) -> None:
    path, values = tmp_path / "t.csv", LOAD.round(2)
    values[100:110] = -999
    pd.DataFrame({"time": HOURS, "v": values}).to_csv(path, index=False)
    said: list[str] = []
    add(path, say=said.append)
    assert tree("forecast")["recordings"]["t"]["missing"] == [-999]
    assert "  -999 stands 10 times in 'v', and counts as missing; --missing none keeps it as a value" in said
    assert any("10 missing in 1 gap" in line for line in said)
    kept = read_recording(params.entry("forecast", "recordings", "t", Task("forecast").windowing.entry))  # type: ignore[arg-type]
    assert np.flatnonzero(np.isnan(kept.clean[0])).tolist() == [*range(100, 110)]


def test_a_number_that_went_while_times_were_made_even_is_written_down_too(
    project: Path, tmp_path: Path
) -> None:
    """A model is given files of the same kind, in which it stands still."""
    path, values = tmp_path / "t.csv", LOAD.round(2)
    values[100:110] = -999
    pd.DataFrame({"time": HOURS, "v": values}).drop([7, 500]).to_csv(path, index=False)
    later = pd.read_csv(path)
    later.loc[300:, "time"] = (pd.to_datetime(later["time"][300:]) + pd.Timedelta("11min")).astype(str)
    later.to_csv(path, index=False)
    said: list[str] = []
    add(path, say=said.append)
    assert any("resampled" in line for line in said)
    assert tree("forecast")["recordings"]["t"]["missing"] == [-999]
    add(path, name="as-it-is", timing=Timing(missing=[]), say=said.append)
    assert "missing" not in tree("forecast")["recordings"]["as-it-is"]


@pytest.mark.parametrize(
    ("step", "words"),
    [
        ("15min", "1 sample every 15 minutes"),
        ("20s", "1 sample every 20 s"),
        ("2D", "1 sample every 2 days"),
    ],
)
def test_how_often_there_is_a_sample_is_said_in_whole_numbers(
    project: Path, tmp_path: Path, step: str, words: str
) -> None:
    times = pd.date_range("2020-01-01", periods=600, freq=step)
    pd.DataFrame({"time": times, "level": LOAD[:600]}).to_csv(tmp_path / "level.csv", index=False)
    said: list[str] = []
    add(tmp_path / "level.csv", say=said.append)
    assert f"600 samples, {words}, from 2020-01-01" in said[0]
