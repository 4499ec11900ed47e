"""A dataset from the windows of a study's participants: splits, and a spectrogram of every window."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import numpy as np
import torch

from tidemark.classify.spectrograms.non_overlapping import non_overlapping
from tidemark.classify.studies.entry import StudyEntry
from tidemark.core import params
from tidemark.core.errors import InputError
from tidemark.core.replacing import replacing
from tidemark.core.spectra import log_spectrogram, picture
from tidemark.core.store import (
    FIT,
    Array,
    DatasetInfo,
    read_arrays,
    read_json,
    write_info,
    write_tests,
)

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
    having = [name for name, each in study["participants"].items() if each["windows"] > 0]
    return having, sorted({*study["participants"], *study["skipped"]}.difference(having))


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
    where = f"{params.where('classify', 'studies', name)}.split"
    study = read_json(windows / "study.json")
    classes = study["classes"]
    arrays = {person: read_arrays(windows / person) for split in SPLITS for person in parts[split]}
    selected = {
        split: {
            person: np.arange(len(arrays[person]["time"]))
            if split == "train" or not entry.overlap
            else non_overlapping(arrays[person]["time"], entry.window)
            for person in parts[split]
        }
        for split in SPLITS
    }
    trained = np.zeros(len(classes), dtype=bool)
    for person, place in selected["train"].items():
        trained[arrays[person]["label"][place]] = True
    for split in SPLITS:
        for person, place in selected[split].items():
            label = arrays[person]["label"][place]
            if (unknown := ~trained[label]).any():
                if entry.on_error == "stop":
                    raise InputError(
                        f"{where}: no training participant has a window of class "
                        f"{classes[label[unknown][0]]!r}, which {person} has; choose other participants for "
                        "training, or set on_error: skip to leave it out"
                    )
                selected[split][person] = place[~unknown]
                dropped = study["participants"][person]["dropped"]
                dropped[NOT_TRAINED] = dropped.get(NOT_TRAINED, 0) + int(unknown.sum())
            study["participants"][person]["windows"] = len(selected[split][person])
    counts = {split: sum(len(place) for place in selected[split].values()) for split in SPLITS}
    for split, count in counts.items():
        if not count:
            raise InputError(
                f"{where}: no windows for {split} (participants: {', '.join(parts[split]) or 'none'}); "
                "choose others"
            )
    people = [person for person in study["participants"] if any(person in selected[s] for s in SPLITS)]
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
    for part, of_part in (("fit", FIT), ("test", ("test",))):
        with replacing(dataset / part) as temporary:
            for split in of_part:
                chosen = [(people.index(p), arrays[p], w) for p, w in selected[split].items()]
                _write(temporary / split, info, chosen)
            (write_info if part == "fit" else write_tests)(temporary, info)
    return dict(study)


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
        file = {name: files.enter_context((folder / f"{name}.npy").open("wb")) for name in shapes}
        for name, (shape, dtype) in shapes.items():
            header = {"descr": dtype, "fortran_order": False, "shape": shape}
            np.lib.format.write_array_header_1_0(file[name], header)
        for number, arrays, places in chosen:
            for start in range(0, len(places), CHUNK):
                place = places[start : start + CHUNK]
                signal = torch.from_numpy(np.array(arrays["signal"][place], dtype=np.float32))
                pieces = {
                    "signal": signal.numpy(),
                    "spectrogram": log_spectrogram(signal, s["window"], s["length"], s["hop"]).numpy(),
                    "label": arrays["label"][place],
                    "participant": np.full(len(place), number),
                    "time": arrays["time"][place],
                }
                for name, piece in pieces.items():
                    file[name].write(np.ascontiguousarray(piece, shapes[name][1]).tobytes())
