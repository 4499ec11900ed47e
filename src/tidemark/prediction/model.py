"""A trained model for use from Python: arrays and tables in the recording's own units."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from tidemark.core.errors import InputError
from tidemark.core.store import Array
from tidemark.core.trained import Trained, TrainedInfo
from tidemark.prediction.files import check_options
from tidemark.prediction.loading import load_model
from tidemark.prediction.memory import chosen, of_task, options_by_name


class Model:
    """A trained model; `predict` does what its task is."""

    def __init__(self, trained: Trained) -> None:
        """Of a network with its weights."""
        self.trained = trained

    @property
    def info(self) -> TrainedInfo:
        """What it is, and what signals it takes."""
        return self.trained.info

    @property
    def task(self) -> str:
        """What it does."""
        return self.info.task

    def __repr__(self) -> str:
        signals = self.info.dataset
        return (
            f"Model({self.info.name!r}: {self.task}, {signals.channels} × {signals.length} samples, "
            f"{signals.sampling_rate:g} per {signals.rate_unit})"
        )

    def predict(
        self,
        data: Any,
        *,
        columns: str | int | Sequence[str | int] | None = None,
        time_column: str | None = None,
        horizon: int | None = None,
        std: bool = False,
        steps: int | None = None,
        units: str | None = None,
    ) -> Any:
        """What `tidemark predict` makes of a file of the same numbers, as the same kind of thing.

        `data` is an array (samples,), (channels, samples) or (signals, channels, samples), NaN where missing,
        or a DataFrame or Series of pandas whose rows are samples. Options are those of the command. Raises
        `InputError`, in one line, where a file would be refused.
        """
        names = [columns] if isinstance(columns, (str, int)) else columns
        options = chosen(
            {
                "columns": None if names is None else [str(name) for name in names],
                "time_column": time_column,
                "horizon": horizon,
                "std": std or None,
                "steps": steps,
                "units": units,
            }
        )
        check_options(self.task, options, written=str)
        with options_by_name():
            return self._predict(data, options)

    def _predict(self, data: Any, options: dict[str, Any]) -> Any:
        pandas = sys.modules.get("pandas")
        if pandas is not None and isinstance(data, pandas.Series):
            frame = data.to_frame("value" if data.name is None else data.name)
            result = of_task(self.task).frame(self.trained, frame, **options)
            return result.iloc[:, 0].rename(data.name) if len(result.columns) == 1 else result
        if pandas is not None and isinstance(data, pandas.DataFrame):
            return of_task(self.task).frame(self.trained, data, **options)
        return self._predict_array(as_numbers(data), options)

    def _predict_array(self, array: Array, options: dict[str, Any]) -> Array:
        memory = of_task(self.task)
        if array.ndim in (1, 2):
            return memory.array(self.trained, array, **options)
        if array.ndim != 3 or 0 in array.shape:
            raise InputError(
                f"array of shape {array.shape}: expected (samples,), (channels, samples) or "
                "(signals, channels, samples)"
            )
        if memory.joins and self.info.dataset.channels == 1 and "columns" not in options:
            try:
                joined = memory.array(self.trained, array.reshape(-1, array.shape[2]), **options)
                return joined.reshape(*array.shape[:2], -1)
            except InputError:
                pass  # one after the other, to name the signal
        each = (self._predict_signal(number, signal, options) for number, signal in enumerate(array))
        return np.stack(list(each))

    def _predict_signal(self, number: int, signal: Array, options: dict[str, Any]) -> Array:
        try:
            return of_task(self.task).array(self.trained, signal, **options)
        except InputError as error:
            raise InputError(f"signal {number}: {error}") from None


def as_numbers(data: Any) -> Array:
    """`data` as an array of real numbers, what a mask hides as NaN; raises `InputError` where it is none."""
    try:
        plain = np.ma.filled(data.astype(float), np.nan) if np.ma.isMaskedArray(data) else data
        array = np.asarray(plain)
        array = array.astype(float) if array.dtype == object else array
    except (TypeError, ValueError) as error:
        reason = " ".join(str(error).split())[:120]
        raise InputError(f"array: no numbers ({reason}); use NaN for what is missing") from None
    if array.dtype.kind not in "fiu":
        raise InputError(f"array: values of type {array.dtype}; expected real numbers, NaN where missing")
    return array


def load(model: str | Path) -> Model:
    """The trained model of that name, or in that folder; raises `InputError` where there is none."""
    return Model(load_model(model))
