"""A file for each participant, with a column of labels, as a study in CAPTURE-24's layout."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from tidemark.classify.studies.checks import GRAVITY, Unit, check_order, check_unit, shown
from tidemark.classify.studies.dictionary import ANNOTATION, MISSING, SCHEME
from tidemark.classify.studies.entry import StudyEntry
from tidemark.classify.studies.folder import NAME
from tidemark.classify.studies.header import AXES
from tidemark.core.errors import InputError
from tidemark.core.store import Array
from tidemark.project.readable import Timing, in_words, tidied
from tidemark.project.tidy import TEXT
from tidemark.signals.recordings.columns import find_column, find_time, listed
from tidemark.signals.recordings.formats import open_source
from tidemark.signals.recordings.source import Source, values_of
from tidemark.signals.recordings.timestamps import SECONDS

OWN = "own"
"""The scheme: every label is a class."""
CLASSES = 50
"""Labels beyond which a column is none of labels."""
AXIS = re.compile(r"(?:.*[^a-z])?(?:acc?|a)?([xyz])(?:[^a-z].*)?", re.IGNORECASE)
"""Names of columns of an acceleration: x, acc_x, accX, `Acceleration x (g)`."""


@dataclass(frozen=True)
class Participant:
    """What is in one file."""

    time: Array
    """(rows,) int64 nanoseconds since 1970"""
    values: Array
    """(3, rows) float64"""
    labels: Sequence[str]

    @property
    def step(self) -> float:
        """Median nanoseconds from row to row."""
        return float(np.median(np.diff(self.time)))

    def text(self) -> str:
        """The rows as a file of the layout."""
        stream = io.StringIO()
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(["time", *AXES, ANNOTATION])
        columns = [["" if each != each else repr(each) for each in row] for row in self.values.tolist()]
        writer.writerows(zip(map(shown, self.time.tolist()), *columns, self.labels, strict=True))
        return stream.getvalue()


def names(files: Sequence[Path]) -> dict[str, Path]:
    """Participants: the files' own names where all are a letter and digits, else P001, P002, …"""
    own = [file.name.split(".")[0] for file in files]
    if all(map(NAME.fullmatch, own)) and len({*own}) == len(own):
        return dict(sorted(zip(own, files, strict=True)))
    return {f"P{number:03d}": file for number, file in enumerate(files, 1)}


def read(file: Path, label: str, axes: Sequence[str], timing: Timing) -> Participant:
    """One file; raises `InputError` where it lacks times, labels or three axes, or is no table of text."""
    if file.suffix.lower() not in TEXT:
        raise InputError(f"{file}: a participant's file is a table of text, such as CSV; convert it")
    with ExitStack() as stack:
        path = stack.enter_context(tidied(file, timing))
        source = stack.enter_context(open_source(path, None, str(file)))
        found = in_words({path: file}, lambda: _rows(source, label, axes, timing))
    if len(found.labels) < 2:
        raise InputError(f"{file}: fewer than two rows; leave it out")
    check_order(file, found.time)
    return found


def _rows(source: Source[Any], label: str, axes: Sequence[str], timing: Timing) -> Participant:
    time = find_time(source, timing.column)
    marked = find_column(source, label)
    places = _axes(source, axes, [marked, *([] if time is None else [time])])
    times, values, labels = [], [], []
    for batch in source.batches([*places, marked, *([] if time is None else [time])]):
        if len(batch):
            values.append(values_of(source, batch, places))
            labels += ["" if text in MISSING else text for text in batch.dates(marked, slice(None))]
            times += [] if time is None else [batch.times(time)]
    signal = np.concatenate(values, axis=1)
    if timing.missing:
        signal = np.where(np.isin(signal, timing.missing), np.nan, signal)
    return Participant(_nanoseconds(source, times, signal.shape[1], timing), signal, labels)


def _nanoseconds(source: Source[Any], times: Sequence[Array], rows: int, timing: Timing) -> Array:
    if times:
        known = np.concatenate(times)
        if known.dtype.kind == "i":
            return np.asarray(known * 1000)
        return np.round(known * 1e9).astype(np.int64)  # seconds
    rate = timing.parsed()
    if rate is None:
        raise InputError(
            f"{source.file_name}: no times in it; say how many rows there are a second with --rate"
        )
    return np.round(np.arange(rows) * (SECONDS[rate[1]] / rate[0] * 1e9)).astype(np.int64)


def _axes(source: Source[Any], chosen: Sequence[str], taken: Sequence[int]) -> list[int]:
    """Places of the three axes: those chosen, those called so, or the only three columns of numbers."""
    if chosen:
        if len(chosen) != 3:
            raise InputError(f"--column: {len(chosen)} given; name the three axes of the acceleration")
        return [find_column(source, name) for name in chosen]
    numeric = [
        place
        for place, kind in enumerate(source.kinds)
        if place not in taken and kind in ("float", "integer")
    ]
    called: dict[str, list[int]] = {axis: [] for axis in AXES}
    for place in numeric:
        if match := AXIS.fullmatch(source.names[place]):
            called[match[1].lower()].append(place)
    if all(len(places) == 1 for places in called.values()):
        return [called[axis][0] for axis in AXES]
    if len(numeric) == 3 and not any(called.values()):
        return numeric
    raise InputError(
        f"{source.file_name}: {len(numeric)} columns of numbers "
        f"({listed([source.names[place] for place in numeric])}); name the three axes of the acceleration "
        "with --column, three times"
    )


def unit_of(people: dict[str, Participant], files: dict[str, Path]) -> Unit:
    """The unit that everybody's acceleration has; raises `InputError` where it is neither g nor m/s²."""
    first = next(iter(people))
    norm = np.nanmedian(np.sqrt((people[first].values ** 2).sum(0)))
    unit: Unit = "m/s2" if norm > GRAVITY / 2 else "g"
    for name, each in people.items():
        check_unit(str(files[name]), each.values, unit)
    return unit


def classes_of(people: dict[str, Participant], label: str) -> list[str]:
    """All labels, sorted; raises `InputError` where there are too few or too many to be classes."""
    classes = sorted({text for each in people.values() for text in each.labels} - {""})
    if not 2 <= len(classes) <= CLASSES:
        raise InputError(
            f"--label {label}: {len(classes)} different labels ({listed(classes)}); expected 2 to {CLASSES}"
        )
    return classes


def dictionary(classes: Sequence[str]) -> tuple[str, str]:
    """Name and text of a dictionary in which every label is a class."""
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow([ANNOTATION, SCHEME + OWN])
    writer.writerows([each, each] for each in classes)
    return str(StudyEntry.model_fields["dictionary"].default), stream.getvalue()
