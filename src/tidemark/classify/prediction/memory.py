"""Acceleration in memory through a classifier: a class for every window."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from tidemark.classify.prediction.command import (
    check_windows,
    classifying,
    demand_of,
    unit_of,
    window_probabilities,
)
from tidemark.classify.studies.checks import GRAVITY, at_one_g, check_unit
from tidemark.classify.studies.header import AXES
from tidemark.core.errors import InputError
from tidemark.core.store import Array
from tidemark.core.trained import Trained
from tidemark.prediction.files import predict_file
from tidemark.prediction.guard import RESOLVED
from tidemark.prediction.memory import InMemory

if TYPE_CHECKING:
    from pandas import DataFrame


def array(model: Trained, signal: Array, **options: Any) -> Array:
    """Class of each whole window of (3, samples) at the model's rate: (windows,) of text, empty for gaps."""
    found = probabilities_of(model, signal, **options)
    classes = np.array([*model.info.dataset.classes, ""])
    return np.asarray(classes[np.where(np.isnan(found[:, 0]), -1, found.argmax(1))])


def probabilities_of(
    model: Trained, signal: Array, *, units: str | None = None, rescale: bool = False, **options: Any
) -> Array:
    """Probability of each class in each whole window: (3, samples) → (windows, classes), NaN for gaps.

    Options are those of `classify_file`. Raises `InputError` at another shape, at values that are no
    acceleration in `units`, where there are not enough for a window, and where windows are unlike those of
    training.
    """
    info = model.info.dataset
    unit, demand = unit_of(units, rescale), demand_of(model, options)
    if signal.ndim != 2 or len(signal) != 3 or signal.shape[1] < info.length:
        raise InputError(
            f"array of shape {signal.shape}: expected (3, samples) along x, y, z, {info.sampling_rate:g} a "
            f"second, at least {info.length}"
        )
    size = np.abs(signal, dtype=np.promote_types(signal.dtype, np.float32))  # RESOLVED is no float16
    wrong = np.isinf(size) | (size > RESOLVED)
    if wrong.any():
        axis, sample = (int(place[0]) for place in np.nonzero(wrong))
        raise InputError(
            f"array: axis {'xyz'[axis]}, sample {sample}: {signal[axis, sample]:g} is too large for an "
            "acceleration; give NaN if it is missing, else correct it"
        )
    values = signal.astype(np.float32)
    values = at_one_g("array", values) if rescale else values
    check_unit("array", values, unit)
    values = values / np.float32(GRAVITY) if unit == "m/s2" else values
    count = values.shape[1] // info.length
    windows = values[:, : count * info.length].reshape(3, count, info.length).swapaxes(0, 1)
    whole = np.flatnonzero(np.isfinite(windows).all((1, 2)))
    result = np.full((count, len(info.classes)), np.nan, dtype=np.float32)
    if len(whole):
        check_windows(demand, info, windows[whole], "array")
        result[whole] = window_probabilities(info, classifying(model), windows[whole], "array")
    return result


def frame(model: Trained, table: DataFrame, **options: Any) -> DataFrame:
    """A row for each window of a table with columns x, y, z, and time as a column or as its index."""
    import pandas as pd

    indexed = isinstance(table.index, pd.DatetimeIndex)
    if indexed and "time" in table.columns:
        raise InputError("table: has a column 'time' and an index of dates; leave one of them out")
    if indexed:
        table = table.rename_axis("time").reset_index()
    if {"time", *AXES} <= {*table.columns}:
        table = table[["time", *AXES]]
    with tempfile.TemporaryDirectory(prefix="tidemark-") as folder:
        source, destination = Path(folder, "table.csv"), Path(folder, "result.csv")
        table.to_csv(source, index=False, date_format="%Y-%m-%d %H:%M:%S.%f")
        try:
            predict_file(model, str(source), str(destination), **options)
        except InputError as error:
            raise InputError(str(error).replace(str(source), "table")) from None
        result = pd.read_csv(destination, parse_dates=["time"])
    return result.set_index("time") if indexed else result


MEMORY = InMemory(array, frame)
