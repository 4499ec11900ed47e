"""From a folder of windows to a dataset and pictures, by the entry of params.yaml."""

from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from stages.spectrogram import spectrogram
from tidemark.core import params, store
from tidemark.core.study import StudyEntry


def test_a_dataset_and_its_gallery(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    entry = StudyEntry.model_validate(
        {
            "folder": "f", "labels": "l", "sampling_rate": 20, "window": 3,
            "split": {"test": ["P003-P004"], "validation": ["P002"]},
            "spectrogram": {"length": 12, "hop": 6, "precision": "float16"},
        }
    )  # fmt: skip
    monkeypatch.setattr(params, "load", lambda: SimpleNamespace(studies={"some": entry}))
    people = {}
    rng = np.random.default_rng(0)
    for person in ("P001", "P002", "P003", "P004"):
        count = 0 if person == "P004" else 6
        people[person] = {"windows": count, "dropped": {}}
        store.write_arrays(
            tmp_path / "windows" / person,
            {
                "signal": rng.normal(size=(count, 3, 60)).astype("float32"),
                "time": np.arange(count) * 3_000_000_000,
                "label": np.arange(count) % 2,
            },
        )
    study = {"classes": ["sit", "walk"], "participants": people, "skipped": {"P005": "broken"}}
    store.write_json(tmp_path / "windows" / "study.json", study)
    spectrogram("some", tmp_path / "windows", tmp_path / "data", tmp_path / "plots")
    info = store.read_info(tmp_path / "data")
    assert (info.splits, list(info.participants)) == (
        {"train": 6, "validation": 6, "test": 6}, ["P001", "P002", "P003"],
    )  # fmt: skip
    assert store.read_split(tmp_path / "data", "test")["spectrogram"].shape == (6, 3, 7, 9)
    assert store.read_arrays(tmp_path / "plots")["first"].shape == (2, 10, 7, 9)
    assert store.read_json(tmp_path / "plots" / "study.json") == study
