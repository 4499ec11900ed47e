"""The study's files, read back with pandas and with gzip."""

import gzip
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from stages.simulate import simulate
from support.changed_params import default_tree, write_params
from tidemark.classify.laws import wrist
from tidemark.classify.laws.wearing import capture24
from tidemark.classify.laws.wearing.activities import ACTIVITIES, SCHEMES

LAW = wrist.Law(participants=2, hours=0.1)
WILLETTS = {"sleep", "sit-stand", "vehicle", "walking", "bicycling", "mixed"}
WALMSLEY = {"sleep", "sedentary", "light", "moderate-vigorous"}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("study") / "wrist"
    wrist.write(path, LAW, seed=0)
    return path


def test_a_study_is_a_file_for_each_participant_and_a_dictionary(folder: Path) -> None:
    names = ["P001.csv.gz", "P002.csv.gz", "annotation-label-dictionary.csv"]
    assert sorted(path.name for path in folder.iterdir()) == names


def test_rows_read_back_are_those_written(folder: Path) -> None:
    drawn = wrist.draw(LAW, 0, 2)
    table = pd.read_csv(folder / "P002.csv.gz", parse_dates=["time"])
    assert list(table) == ["time", "x", "y", "z", "annotation"]
    np.testing.assert_array_equal(table["time"].astype("datetime64[ns]").astype("int64"), drawn.time)
    np.testing.assert_allclose(table[["x", "y", "z"]], drawn.xyz, atol=5e-7)
    texts = np.array([*(activity.annotation for activity in ACTIVITIES), ""], dtype=object)
    np.testing.assert_array_equal(table["annotation"].fillna("").to_numpy(object), texts[drawn.annotated])
    assert table["annotation"].isna().any()


def test_rows_look_as_published(folder: Path) -> None:
    with gzip.open(folder / "P001.csv.gz", "rt") as file:
        lines = [next(file) for _ in range(2)]
    assert lines[0] == "time,x,y,z,annotation\n"
    day = r"2024-03-04 \d\d:\d\d:00\.000000"
    number = r"-?\d\.\d{6}"
    assert pd.Series(lines[1]).str.fullmatch(rf"{day},{number},{number},{number},[^,\"]*\n").all()


def test_any_numbers_are_written_to_six_decimals(tmp_path: Path) -> None:
    xyz = np.array([[0.1234567, -0.0000004, -7.9999996], [1e-6, -1e-6, 0.0]])
    time = np.array([0, 1_234_567_000], np.int64)
    capture24.write_recording(tmp_path / "a.csv.gz", time, xyz, np.array([-1, 0]))
    text = gzip.decompress((tmp_path / "a.csv.gz").read_bytes()).decode()
    assert text.splitlines()[1:] == [
        "1970-01-01 00:00:00.000000,0.123457,0.000000,-8.000000,",
        f"1970-01-01 00:00:01.234567,0.000001,-0.000001,0.000000,{ACTIVITIES[0].annotation}",
    ]


def test_the_same_bytes_again_and_with_another_participant(folder: Path, tmp_path: Path) -> None:
    wrist.write(tmp_path / "more", LAW.model_copy(update={"participants": 3}), seed=0)
    for path in folder.iterdir():
        assert path.read_bytes() == (tmp_path / "more" / path.name).read_bytes()
    assert (tmp_path / "more" / "P003.csv.gz").exists()


def test_chunks_make_no_difference(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rng = np.random.default_rng(0)
    rows = np.arange(1000) * 10_000_000, rng.normal(size=(1000, 3)), rng.integers(-1, 5, 1000)
    capture24.write_recording(tmp_path / "whole.csv.gz", *rows)
    monkeypatch.setattr(capture24, "CHUNK", 130)
    capture24.write_recording(tmp_path / "parts.csv.gz", *rows)
    texts = [gzip.decompress((tmp_path / f"{name}.csv.gz").read_bytes()) for name in ("whole", "parts")]
    assert texts[0] == texts[1]


def test_the_dictionary_gives_every_annotation_a_known_label_in_every_scheme(folder: Path) -> None:
    table = pd.read_csv(folder / capture24.DICTIONARY)
    assert list(table) == ["annotation", *(f"label:{scheme}" for scheme in SCHEMES)]
    assert table["annotation"].is_unique
    assert set(table["annotation"]) == {activity.annotation for activity in ACTIVITIES}
    assert set(table["label:Willetts2018"]) == WILLETTS
    assert set(table["label:Walmsley2020"]) == WALMSLEY
    assert table.notna().all(axis=None)
    for participant in folder.glob("P*.csv.gz"):
        written = pd.read_csv(participant, usecols=["annotation"])["annotation"].dropna()
        assert set(written) <= set(table["annotation"])


def test_no_annotation_needs_quotes() -> None:
    for activity in ACTIVITIES:
        assert not set(activity.annotation) & set(',"\n')


def test_the_stage_writes_what_the_law_in_params_says(
    tmp_path: Path, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tree = default_tree("classify")
    law = {"participants": 2, "hours": 0.1}
    tree["simulations"] = {"worn": {"generator": "wrist", "seed": 0, "law": law}}
    write_params(tmp_path, {"classify": tree})
    monkeypatch.chdir(tmp_path)
    simulate("classify", "worn")
    written = sorted((tmp_path / "data/recorded/worn").iterdir())
    said = written.pop(0)  # capital letters come first
    assert (said.name, said.read_text()) == (
        "MADE-UP.txt", "Made up by tidemark, simulation worn: nobody wore a device.\n"
    )  # fmt: skip
    assert [path.name for path in written] == sorted(path.name for path in folder.iterdir())
    for path in written:
        assert path.read_bytes() == (folder / path.name).read_bytes()
