"""A dataset from windows: its arrays against the windows themselves, its memory, and what is refused."""

import json
import tracemalloc
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from tidemark.classify.spectrograms import assemble as module
from tidemark.classify.spectrograms.assemble import assemble, with_and_without
from tidemark.classify.studies.entry import StudyEntry
from tidemark.core import store
from tidemark.core.errors import InputError
from tidemark.core.spectra import log_spectrogram

CLASSES = ["sit", "sleep", "walk"]
PARTS = {"train": ["P001", "P004"], "validation": ["P002"], "test": ["P003"]}
SECOND = 10**9


def entry(**changed: Any) -> StudyEntry:
    fields = {
        "folder": "f", "labels": "l", "sampling_rate": 20, "window": 3, "split": {"test": ["P003"]},
        "spectrogram": {"length": 12, "hop": 6, **changed.pop("spectrogram", {})},
    }  # fmt: skip
    return StudyEntry.model_validate(fields | changed)


def write_windows(folder: Path, counts: dict[str, int], labels: dict[str, list[int]] | None = None) -> Path:
    """Windows of 60 samples, one every three seconds."""
    people: dict[str, Any] = {}
    for place, (person, count) in enumerate(counts.items()):
        rng = np.random.default_rng(place)
        label = np.arange(count) % 3 if labels is None else np.resize(labels[person], count)
        people[person] = {"windows": count, "dropped": {"rows missing": place}}
        if count:
            store.write_arrays(
                folder / person,
                {
                    "signal": rng.normal(size=(count, 3, 60)).astype("float32"),
                    "time": (np.arange(count) * 3 + 1000 * place) * SECOND,
                    "label": label.astype(np.int64),
                },
            )
            store.write_json(folder / person / "participant.json", {})
    store.write_json(
        folder / "study.json", {"classes": CLASSES, "participants": people, "skipped": {"P009": "broken"}}
    )
    return folder


@pytest.fixture
def windows(tmp_path: Path) -> Path:
    return write_windows(
        tmp_path / "windows", {"P001": 700, "P002": 5, "P003": 9, "P004": 300, "P005": 0, "P006": 4}
    )


@pytest.mark.parametrize("precision", ["float16", "float32"])
def test_every_window_is_there_with_its_spectrogram(tmp_path: Path, windows: Path, precision: str) -> None:
    study = entry(spectrogram={"precision": precision})
    summary = assemble("some", study, windows, tmp_path / "data", PARTS)
    info = store.read_info(tmp_path / "data")
    assert info.splits == {"train": 1000, "validation": 5, "test": 9}
    assert (info.task, info.channels, info.length, info.units) == ("classify", 3, 60, "g")
    assert (list(info.classes), list(info.participants)) == (CLASSES, ["P001", "P002", "P003", "P004"])
    assert list(info.picture) == [7, 9]
    for split, people in PARTS.items():
        found = store.read_split(tmp_path / "data", split)
        parts = [store.read_arrays(windows / person) for person in people]
        for name in ("signal", "time", "label"):
            np.testing.assert_array_equal(found[name], np.concatenate([part[name] for part in parts]))
            assert found[name].dtype == parts[0][name].dtype
        numbers = [info.participants.index(person) for person in people]
        np.testing.assert_array_equal(
            found["participant"], np.repeat(numbers, [len(part["label"]) for part in parts])
        )
        expected = log_spectrogram(torch.from_numpy(np.array(found["signal"])), "hann", 12, 6)
        assert found["spectrogram"].dtype == precision
        np.testing.assert_array_equal(found["spectrogram"], expected.numpy().astype(precision))
    assert summary == json.loads((windows / "study.json").read_text())


def test_who_has_windows_and_who_has_none(windows: Path) -> None:
    assert with_and_without(windows) == (["P001", "P002", "P003", "P004", "P006"], ["P005", "P009"])


def test_the_same_windows_give_the_same_bytes(tmp_path: Path, windows: Path) -> None:
    for name in ("first", "second"):
        assemble("some", entry(), windows, tmp_path / name, PARTS)
    paths = [path for path in (tmp_path / "first").rglob("*") if path.is_file()]
    assert len(paths) == 17
    for path in paths:
        again = tmp_path / "second" / path.relative_to(tmp_path / "first")
        assert again.read_bytes() == path.read_bytes()


def test_windows_for_training_may_overlap_and_no_others(tmp_path: Path, windows: Path) -> None:
    """Windows of six seconds, one every three: every second one is left."""
    study = entry(window=6, sampling_rate=10, overlap=0.5)
    assemble("some", study, windows, tmp_path / "data", PARTS)
    info = store.read_info(tmp_path / "data")
    assert info.splits == {"train": 1000, "validation": 3, "test": 5}
    time = store.read_split(tmp_path / "data", "test")["time"]
    np.testing.assert_array_equal(np.diff(time), 6 * SECOND)


def test_memory_does_not_grow_with_the_windows(
    tmp_path: Path, windows: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "CHUNK", 16)
    assemble("some", entry(), windows, tmp_path / "warm", PARTS)
    tracemalloc.start()
    assemble("some", entry(), windows, tmp_path / "data", PARTS)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    whole = (tmp_path / "data" / "fit" / "train" / "signal.npy").stat().st_size
    assert peak < whole / 2


def test_a_split_without_windows_is_refused(tmp_path: Path, windows: Path) -> None:
    with pytest.raises(
        InputError,
        match=r"^pipelines/classify/params.yaml: studies.some.split: no windows for validation \(participants: none\); choose",
    ):
        assemble("some", entry(), windows, tmp_path / "data", PARTS | {"validation": []})
    assert not (tmp_path / "data").exists()


def test_a_class_missing_from_training_stops_or_is_left_out(tmp_path: Path) -> None:
    labels = {"P001": [0, 2], "P002": [0, 1], "P003": [0, 1, 2], "P004": [2]}
    windows = write_windows(tmp_path / "windows", {"P001": 6, "P002": 4, "P003": 9, "P004": 3}, labels)
    with pytest.raises(
        InputError,
        match=r"^pipelines/classify/params.yaml: studies.some.split: no training participant has a window of class 'sleep', which P002 has; "
        r"choose other participants for training, or set on_error: skip",
    ):
        assemble("some", entry(), windows, tmp_path / "data", PARTS)
    summary = assemble("some", entry(on_error="skip"), windows, tmp_path / "data", PARTS)
    assert store.read_info(tmp_path / "data").splits == {"train": 9, "validation": 2, "test": 6}
    label = store.read_split(tmp_path / "data", "test")["label"]
    np.testing.assert_array_equal(label, [0, 2, 0, 2, 0, 2])
    people = summary["participants"]
    assert people["P003"] == {"windows": 6, "dropped": {"rows missing": 2, module.NOT_TRAINED: 3}}
    assert people["P001"] == {"windows": 6, "dropped": {"rows missing": 0}}


def test_a_class_that_nobody_has_is_no_error(tmp_path: Path) -> None:
    labels = {person: [0, 2] for person in ("P001", "P002", "P003", "P004")}
    windows = write_windows(tmp_path / "windows", dict.fromkeys(labels, 4), labels)
    assemble("some", entry(), windows, tmp_path / "data", PARTS)
    assert list(store.read_info(tmp_path / "data").classes) == CLASSES
