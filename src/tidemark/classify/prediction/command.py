"""A trained classifier on a participant's file: what each window shows, and how surely."""

from __future__ import annotations

import csv
import gzip
import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch

from tidemark.classify.metrics import probabilities
from tidemark.classify.studies.checks import FIRST_ROW, Unit
from tidemark.classify.studies.header import AXES
from tidemark.classify.studies.participant import cut_participant
from tidemark.classify.studies.rows import read_rows
from tidemark.classify.studies.windows import MISSING, Windows
from tidemark.core.errors import InputError
from tidemark.core.files import check_file
from tidemark.core.predicting import Predicting
from tidemark.core.spectra import log_spectrogram
from tidemark.core.store import Array, DatasetInfo
from tidemark.core.trained import Trained
from tidemark.prediction.endpoints import destination_of
from tidemark.prediction.guard import RESOLVED, first
from tidemark.prediction.likeness import NOTHING, Demand, suited
from tidemark.prediction.output import STANDARD, writing
from tidemark.signals.recordings.formats import suffix_of

BATCH = 1024
"""Windows classified at once."""
LOOKED_AT = 1024
"""Windows, evenly spaced, that show what an input is like."""
DIGITS = 4
"""Of a probability."""


@dataclass(frozen=True)
class Classified:
    """What was done."""

    destination: str
    """Path of the new file, or `-`."""
    windows: int
    dropped: int
    """Windows with missing rows or values, which have no row."""
    note: str = ""

    @property
    def summary(self) -> str:
        """The same in a line."""
        counts = f"{self.windows} windows, {self.dropped} left out for missing values"
        return f"{self.destination}: {counts}{self.note}"


def classify_file(
    info: DatasetInfo,
    classify: Callable[[Array], Array],
    source: str,
    destination: str | None = None,
    *,
    units: str | None = None,
    rescale: bool = False,
    demand: Demand = NOTHING,
) -> Classified:
    """Classify each window of a file with columns time, x, y, z, compressed by gzip or not, into a CSV file.

    `classify` maps spectrograms (windows, axes, frequencies, frames) to probabilities (windows, classes).
    Without a destination, `<name>-classes.csv` beside the source. Its columns are time (ISO 8601, of a
    window's first sample), label, and the probability of each class. `units` are g or m/s2; `rescale` takes
    any unit, see `at_one_g`. `demand` is how like the training windows they have to be. Raises `InputError`,
    naming file and row, where the file is no such recording, or where the table cannot be written.
    """
    unit = unit_of(units, rescale)
    path = Path(source)
    if source == STANDARD:
        raise InputError("-: a participant's recording is read from a file; name one")
    check_file(path)
    beside = path.with_name(f"{path.name.removesuffix(suffix_of(path))}-classes.csv")
    where = destination_of(source, destination or str(beside), "csv", "classes")
    windows = cut_recording(path, info, unit, rescale)
    check_windows(demand, info, windows.signal, str(path))
    found = window_probabilities(info, classify, windows.signal, str(path))
    text = (header(info.classes) + table(windows.time, found, info.classes)).encode()
    with writing(where) as temporary:
        zipped = Path(where).suffix.lower() == ".gz"
        temporary.write_bytes(gzip.compress(text, mtime=0) if zipped else text)
    note = "; rescaled to a median norm of 1 g" if rescale else ""
    return Classified(where, len(windows.time), sum(windows.dropped.values()), note)


def unit_of(name: str | None, rescale: bool = False) -> Unit:
    """The unit of that name, g by default; raises `InputError` where there is none, or no need of one."""
    unit: Unit = "m/s2" if name == "m/s2" else "g"
    if name is not None and name != unit:
        raise InputError(f"--units = {name!r}: expected g or m/s2")
    if name is not None and rescale:
        raise InputError(f"--units = {name}: --rescale takes any unit; leave one of them out")
    return unit


def demand_of(model: Trained, options: dict[str, Any]) -> Demand:
    """How like the training windows a model wants its input, taking `unchecked` out of the options."""
    known = None if model.calibration is None else model.calibration.inputs
    return Demand(known, unchecked=bool(options.pop("unchecked", False)), rescalable=False)


def check_windows(demand: Demand, info: DatasetInfo, windows: Array, file_name: str) -> None:
    """Raise `InputError` where windows (windows, 3, samples) in g are unlike training, see `suited`."""
    some = windows[:: -(-len(windows) // LOOKED_AT) or 1]
    suited(demand, info, some.swapaxes(0, 1).reshape(3, -1), [f"axis {axis!r}" for axis in AXES], file_name)


def window_probabilities(
    info: DatasetInfo, classify: Callable[[Array], Array], windows: Array, file_name: str
) -> Array:
    """Probabilities, (windows, classes), of windows (windows, 3, samples) in g, at least one.

    Raises `InputError` where the model gives none that are finite.
    """
    transform = [info.spectrogram[key] for key in ("window", "length", "hop")]
    parts = [
        classify(log_spectrogram(torch.from_numpy(part), *transform).numpy())
        for part in np.split(windows, range(BATCH, len(windows), BATCH))
    ]
    found = np.concatenate(parts)
    if not np.isfinite(found).all():
        raise InputError(f"{file_name}: the model's probabilities are not finite; name another model")
    return found


def cut_recording(path: Path, info: DatasetInfo, unit: Unit, rescale: bool = False) -> Windows:
    """Windows of a participant's file; raises `InputError`, naming row and axis, at too large a value."""
    try:
        with np.errstate(over="ignore"):
            windows = cut_participant(
                path, None, length=info.length, rate=info.sampling_rate, unit=unit, rescale=rescale
            )
    except InputError:
        _check_file(path)
        raise
    # In float32 a value may have become infinite, which counts as missing.
    if windows.dropped.get(MISSING) or (np.abs(windows.signal) > RESOLVED).any():
        _check_file(path)
    return windows


def check_values(path: Path | str, values: Array, row: int = FIRST_ROW) -> None:
    """Raise `InputError`, naming row and axis, at an acceleration that no sensor gives.

    `values` are (3, rows), the first of them the file's row `row`.
    """
    wrong = np.abs(values) > RESOLVED
    if wrong.any():
        axis, number = first(wrong)
        raise InputError(
            f"{path}: row {row + number}, column {AXES[axis]!r}: the value is too large "
            "for an acceleration; leave it empty if it stands for a missing value, else correct it"
        )


def _check_file(path: Path) -> None:
    with np.errstate(over="ignore"):
        check_values(path, read_rows(path, None).values)


def header(classes: Sequence[str]) -> str:
    """The first row of a table: time, label, and the name of each class."""
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerow(["time", "label", *classes])
    return text.getvalue()


def table(time: Array, probabilities: Array, classes: Sequence[str]) -> str:
    """A row a window: `time` (windows,) in ns since 1970, `probabilities` (windows, classes)."""
    stamps = np.datetime_as_string(time.astype("datetime64[ns]"), unit="ms")
    labels = np.asarray(classes)[probabilities.argmax(1)]
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(
        [stamp, label, *(f"{value:.{DIGITS}f}" for value in row)]
        for stamp, label, row in zip(stamps.tolist(), labels.tolist(), probabilities.tolist(), strict=True)
    )
    return text.getvalue()


def command(model: Trained, source: str, destination: str | None, **options: Any) -> Classified:
    """What `tidemark predict` does for this task."""
    demand = demand_of(model, options)
    return classify_file(
        model.info.dataset, classifying(model), source, destination, demand=demand, **options
    )


def classifying(model: Trained) -> Callable[[Array], Array]:
    """A trained network as a function of spectrograms."""

    def classify(spectrograms: Array) -> Array:
        return probabilities(model.network, model.device, spectrograms)

    return classify


PREDICTING = Predicting(
    ("units", "rescale", "unchecked"),
    command,
    instead={
        option: f"a class has no {what}; leave it out: the probability of every class is written anyway"
        for option, what in (("interval", "interval"), ("paths", "sample paths"), ("std", "deviation"))
    },
)
