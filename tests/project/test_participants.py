"""A file for each participant becomes a study that the pipeline cuts, split by participant."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from ruamel.yaml import YAML

from tidemark.classify.studies.cut import cut_study
from tidemark.classify.studies.entry import StudyEntry
from tidemark.core import params
from tidemark.core.errors import InputError
from tidemark.pipeline.check import check
from tidemark.project.add import add
from tidemark.project.readable import Timing
from tidemark.project.remove import remove
from tidemark.project.setup import Choices

pytestmark = pytest.mark.filterwarnings("ignore:_NoneStep.value:DeprecationWarning")  # of a library of DVC's
RATE, ROWS = 50, 3000
LABEL = Choices(label="activity")


def table(person: int, labels: tuple[str, ...] = ("sit", "walk")) -> pd.DataFrame:
    """A minute of a wrist, in g, with labels in turns of ten seconds."""
    random, time = np.random.default_rng(person), np.arange(ROWS) / RATE
    label = np.array(labels)[(np.arange(ROWS) // 500 + person) % len(labels)]
    wave = np.where(label == "walk", 0.3, 0.0) * np.sin(2 * np.pi * 2 * time)
    values = np.stack([wave, wave / 2, 1 + wave]) + random.normal(0, 0.02, (3, ROWS))
    start = pd.Timestamp("2024-05-01 10:00") + pd.to_timedelta(np.round(time * 1e9).astype(np.int64))
    frame = pd.DataFrame({"when": start.strftime("%d.%m.%Y %H:%M:%S.%f"), "heart rate": 70 + person})
    for axis, row in zip("xyz", values.round(4), strict=True):
        frame[f"acc_{axis}"] = row
    return frame.assign(activity=label)


@pytest.fixture
def files(tmp_path: Path) -> list[Path]:
    result = []
    for person in range(6):
        result.append(tmp_path / f"subject {person + 1}.csv")
        table(person).to_csv(result[-1], index=False, sep=";")
    return result


def entry(name: str) -> Any:
    return YAML(typ="safe").load(Path("pipelines/classify/params.yaml"))["studies"][name]


def test_files_of_participants_become_a_study(project: Path, files: list[Path]) -> None:
    said: list[str] = []
    name = add(files, name="wrist", choices=LABEL, say=said.append)
    check()
    text = "\n".join(said)
    for part in ("P001 is subject 1.csv", "6 participants, 2 of them for testing (P005, P006)", "sit, walk",
                 "50 samples a second in g; windows of 4 s, about 30 of them for testing"):  # fmt: skip
        assert part in text
    folder, written = Path("data/recorded/wrist"), entry(name)
    assert Path("data/recorded/wrist.dvc").exists() and written["folder"] == folder.as_posix()
    split = written["laptop"]["split"]
    assert not {*split["test"]} & {*split["validation"]}
    kept = pd.read_csv(folder / "P003.csv")
    np.testing.assert_array_equal(kept[["x", "y", "z"]], table(2)[["acc_x", "acc_y", "acc_z"]])
    assert kept["annotation"].tolist() == table(2)["activity"].tolist()
    assert kept["time"][1] == "2024-05-01 10:00:00.02"
    study = StudyEntry(**written["common"], split=split, folder=written["folder"])
    cut_study(name, study, folder, Path("windows"))
    signal = np.load("windows/P003/signal.npy")
    assert signal.shape[1:] == (3, 200)
    np.testing.assert_allclose(signal[0], table(2)[["acc_x", "acc_y", "acc_z"]].to_numpy()[:200].T, atol=1e-6)
    labels = np.load("windows/P003/label.npy")
    assert labels[0] == 0 and {*labels.tolist()} == {0, 1}
    remove(name)
    assert not folder.exists() and not Path("data/recorded/wrist.dvc").exists()
    assert files[0].exists()


def test_metres_a_second_squared_times_by_rate_and_axes_by_name(project: Path, tmp_path: Path) -> None:
    files = [tmp_path / f"A{person}.csv" for person in range(5)]
    for person, file in enumerate(files):
        frame = table(person).drop(columns="when")
        frame[["acc_x", "acc_y", "acc_z"]] *= 9.80665
        frame.rename(columns={"acc_x": "up"}).assign(acc_x=0.5).to_csv(file, index=False)
    with pytest.raises(InputError, match="no times in it; say how many rows there are a second with --rate"):
        add(files, name="wrist", choices=LABEL)
    chosen = Choices(column=("up", "acc_y", "acc_z"), label="activity", window=300)
    add(files, name="wrist", choices=chosen, timing=Timing(rate="50"), say=lambda line: None)
    common = entry("wrist")["common"]
    assert (common["units"], common["window"], common["sampling_rate"]) == ("m/s2", 6, 50)
    assert sorted(path.name for path in Path("data/recorded/wrist").glob("A*")) == [
        file.name for file in files
    ]


@pytest.mark.parametrize(
    ("change", "choices", "said"),
    [
        (lambda frame: frame.rename(columns={"activity": "x"}), LABEL, "no column 'activity'"),
        (lambda frame: frame.assign(activity=range(ROWS)), LABEL, "3000 different labels"),
        (lambda frame: frame.drop(columns="acc_z"), LABEL, "name the three axes"),
        (lambda frame: frame.assign(acc_z=500.0), LABEL, "neither g nor m/s2"),
        (lambda frame: frame[::-1], LABEL, "comes before"),
        (lambda frame: frame[:300], Choices(label="activity", window=20), "too short for the networks"),
    ],
)  # fmt: skip
def test_what_is_no_study_is_refused_and_nothing_written(
    project: Path, files: list[Path], change: Any, choices: Choices, said: str
) -> None:
    for person, file in enumerate(files):
        change(table(person)).to_csv(file, index=False)
    with pytest.raises(InputError, match=said):
        add(files, name="wrist", choices=choices, say=lambda line: None)
    assert not Path("data/recorded/wrist").exists() and not Path("pipelines/classify/params.yaml").exists()


def test_a_class_that_training_would_lack_is_named(project: Path, files: list[Path]) -> None:
    table(0, ("sit", "walk", "run")).to_csv(files[0], index=False)
    add(files, name="wrist", choices=LABEL, say=lambda line: None)
    for file in files:
        table(0, ("sit", "walk")).to_csv(file, index=False)
    split = entry("wrist")["laptop"]["split"]
    assert "P001" not in {*split["test"], *split["validation"]}
    frames = {
        1: ("sit", "a"),
        2: ("sit", "b"),
        3: ("sit", "c"),
        4: ("sit", "d"),
        5: ("sit", "e"),
        6: ("sit", "f"),
    }
    for person, labels in frames.items():
        table(0, labels).to_csv(files[person - 1], index=False)
    with pytest.raises(InputError, match="'a' is in 1 of 6 files, and training would lack it"):
        add(files, name="other", choices=LABEL)


def test_too_few_files_and_a_task_without_labels_are_refused(project: Path, files: list[Path]) -> None:
    with pytest.raises(InputError, match=r"4 participants .*need 5 or more"):
        add(files[:4], name="wrist", choices=LABEL)
    with pytest.raises(InputError, match="--label COLUMN"):
        add(files, "classify", name="wrist")
    with pytest.raises(InputError, match="--label: not for the task forecast"):
        add(files, "forecast", name="wrist", choices=LABEL)
    assert params.read(params.TOP)
