"""From a folder of windows to a dataset and pictures, by the entry of params.yaml."""

import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from stages.spectrogram import spectrogram
from support.changed_params import default_tree, write_params
from tidemark.core import paths, store
from tidemark.core.errors import InputError

ENTRY = {
    "folder": "f", "labels": "l", "sampling_rate": 20, "window": 3,
    "split": {"test": ["P003-P004"], "validation": ["P002"]},
    "spectrogram": {"length": 12, "hop": 6, "precision": "float16"},
}  # fmt: skip
STUDY: dict[str, Any] = {
    "classes": ["sit", "walk"],
    "participants": {person: {"windows": 0 if person == "P004" else 6, "dropped": {}}
                     for person in ("P001", "P002", "P003", "P004")},
    "skipped": {"P005": "broken"},
}  # fmt: skip


@pytest.fixture
def windows(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A study's windows, in a pipeline whose params.yaml has the study `some`."""
    rng = np.random.default_rng(0)
    for person, each in STUDY["participants"].items():
        count = each["windows"]
        store.write_arrays(
            tmp_path / "data/windows/some" / person,
            {
                "signal": rng.normal(size=(count, 3, 60)).astype("float32"),
                "time": np.arange(count) * 3_000_000_000,
                "label": np.arange(count) % 2,
            },
        )
    store.write_json(tmp_path / "data/windows/some/study.json", STUDY)
    tree = default_tree("classify")
    tree["studies"] = {"some": ENTRY, "none": ENTRY | {"split": {"test": ["P007"]}}}
    write_params(tmp_path, {"classify": tree})
    monkeypatch.chdir(tmp_path)
    return Path("data/windows/some")


def test_a_dataset_and_its_gallery(windows: Path) -> None:
    spectrogram("classify", "some")
    dataset, gallery = paths.dataset("some"), paths.details("classify", "some") / "gallery"
    info = store.read_info(dataset)
    assert (info.splits, list(info.participants)) == (
        {"train": 6, "validation": 6, "test": 6}, ["P001", "P002", "P003"],
    )  # fmt: skip
    assert store.read_split(dataset, "test")["spectrogram"].shape == (6, 3, 7, 9)
    assert store.read_arrays(gallery)["first"].shape == (2, 10, 7, 9)
    assert store.read_json(gallery / "study.json") == STUDY


def test_a_participant_who_is_not_there_is_named_with_file_and_key(windows: Path) -> None:
    shutil.copytree(windows, windows.with_name("none"))
    with pytest.raises(InputError, match=r"^pipelines/classify/params\.yaml: studies\.none\.split"):
        spectrogram("classify", "none")
