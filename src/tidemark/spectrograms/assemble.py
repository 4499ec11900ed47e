"""A dataset from the windows of a study's participants: splits, and a spectrogram of every window."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import numpy as np
import torch

from tidemark.core.errors import InputError
from tidemark.core.store import Array, DatasetInfo, described, read_arrays, read_json, replacing, write_json
from tidemark.core.study import StudyEntry
from tidemark.spectra import log_spectrogram, picture
from tidemark.spectrograms.apart import apart
from tidemark.spectrograms.growing import GrowingArray

CHUNK = 256
"""Windows in memory at once."""
SPLITS = ("train", "validation", "test")
NOT_TRAINED = "class_missing_from_training"
"""Why windows are dropped here."""

Summary = Mapping[str, Any]
"""A study's `study.json`: its classes, its participants' windows, and who was skipped."""


def with_and_without(windows: Path) -> tuple[list[str], list[str]]:
    """Names of the participants who have windows in folder `windows`, and of those who have none."""
    study = read_json(windows / "study.json")
    found = {name: each["windows"] > 0 for name, each in study["participants"].items()}
    having = [name for name, has in found.items() if has]
    return having, sorted({name for name, has in found.items() if not has} | study["skipped"].keys())


def assemble(
    name: str, entry: StudyEntry, windows: Path, dataset: Path, parts: Mapping[str, Sequence[str]]
) -> Summary:
    """Write study `name` to folder `dataset`, and say which windows there are and which were dropped.

    Folder `windows` has `study.json` and, by participant, `signal` (windows, 3, samples) in g, `time` and
    `label` (windows,); `parts` has the participants of each split. No more than a few hundred windows are in
    memory at once. Windows for validation and for testing do not overlap. Raises `InputError` where a split
    has no window, and where a class of another split has none in training; with `on_error: skip` the
    windows of such a class are dropped.
    """
    study = read_json(windows / "study.json")
    classes = study["classes"]
    arrays = {person: read_arrays(windows / person) for split in SPLITS for person in parts[split]}
    kept = {
        split: {
            person: _all_or_apart(arrays[person]["time"], entry, split == "train") for person in parts[split]
        }
        for split in SPLITS
    }
    trained = np.zeros(len(classes), dtype=bool)
    for person, place in kept["train"].items():
        trained[arrays[person]["label"][place]] = True
    for split in SPLITS:
        for person, place in kept[split].items():
            label = arrays[person]["label"][place]
            if (unknown := ~trained[label]).any():
                _stop_unless_skipping(name, entry, classes[label[unknown][0]], person)
                kept[split][person] = place[~unknown]
                dropped = study["participants"][person]["dropped"]
                dropped[NOT_TRAINED] = dropped.get(NOT_TRAINED, 0) + int(unknown.sum())
            study["participants"][person]["windows"] = len(kept[split][person])
    counts = {split: sum(len(place) for place in kept[split].values()) for split in SPLITS}
    for split, count in counts.items():
        if not count:
            raise InputError(
                f"studies.{name}.split: no windows for {split} (participants: "
                f"{', '.join(parts[split]) or 'none'}); choose others"
            )
    people = [person for person in study["participants"] if any(person in kept[s] for s in SPLITS)]
    s = entry.spectrogram
    info = DatasetInfo(
        name=name,
        generator="recorded",
        channels=3,
        length=entry.samples,
        sampling_rate=entry.sampling_rate,
        rate_unit="s",
        units="g",
        seed=entry.split.seed,
        splits=counts,
        task="classify",
        classes=classes,
        participants=people,
        spectrogram=s.model_dump(),
        picture=picture(entry.samples, s.length, s.hop),
    )
    with replacing(dataset) as temporary:
        for split in SPLITS:
            _write(temporary / split, info, [(people.index(p), arrays[p], w) for p, w in kept[split].items()])
        write_json(temporary / "dataset.json", described(info))
    return dict(study)


def _all_or_apart(time: Array, entry: StudyEntry, overlapping: bool) -> Array:
    if overlapping or not entry.overlap:
        return np.arange(len(time))
    return apart(time, entry.window)


def _stop_unless_skipping(name: str, entry: StudyEntry, missing: str, person: str) -> None:
    if entry.on_error == "stop":
        raise InputError(
            f"studies.{name}.split: no training participant has a window of class {missing!r}, which "
            f"{person} has; choose other participants for training, or set on_error: skip to leave it out"
        )


def _write(folder: Path, info: DatasetInfo, chosen: Sequence[tuple[int, Mapping[str, Array], Array]]) -> None:
    """Arrays of a split: of each participant in turn the number, all arrays and the places of windows."""
    folder.mkdir(parents=True)
    count, s = sum(len(place) for *_, place in chosen), info.spectrogram
    shapes: dict[str, tuple[tuple[int, ...], str]] = {
        "signal": ((count, info.channels, info.length), "<f4"),
        "spectrogram": (
            (count, info.channels, *info.picture),
            "<f2" if s["precision"] == "float16" else "<f4",
        ),
        **dict.fromkeys(("label", "participant", "time"), ((count,), "<i8")),
    }
    with ExitStack() as files:
        growing = {
            name: files.enter_context(GrowingArray(folder / f"{name}.npy", shape, dtype))
            for name, (shape, dtype) in shapes.items()
        }
        for number, arrays, places in chosen:
            for start in range(0, len(places), CHUNK):
                place = places[start : start + CHUNK]
                signal = torch.from_numpy(np.array(arrays["signal"][place], dtype=np.float32))
                found = log_spectrogram(signal, s["window"], s["length"], s["hop"])
                growing["signal"].append(signal.numpy())
                growing["spectrogram"].append(found.numpy())
                growing["label"].append(arrays["label"][place])
                growing["participant"].append(np.full(len(place), number))
                growing["time"].append(arrays["time"][place])
