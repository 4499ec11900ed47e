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
from tidemark.prediction.arguments import as_count, as_flag, as_missing, as_names, as_number, as_numbers
from tidemark.prediction.ends import ends_of_frame
from tidemark.prediction.files import check_options
from tidemark.prediction.loading import load_model
from tidemark.prediction.memory import chosen, of_task, options_by_name
from tidemark.prediction.solvable import solvable


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
        rescale: bool = False,
        unchecked: bool = False,
        missing: float | Sequence[float] | None = None,
    ) -> Any:
        """What `tidemark predict` makes of a file of the same numbers, as the same kind of thing.

        `data` is an array (samples,), (channels, samples) or (signals, channels, samples), NaN where missing,
        or a DataFrame or Series of pandas whose rows are samples. Options are those of the command: `missing`
        are numbers that stand for missing values, by default those of the model's recording in the project
        here. Raises `InputError`, in one line, where a file would be refused.
        """
        options = {
            "columns": as_names(columns),
            "time_column": None if time_column is None else str(time_column),
            "horizon": as_count("horizon", horizon),
            "std": as_flag("std", std),
            "steps": as_count("steps", steps),
            "units": units,
            "rescale": as_flag("rescale", rescale),
            "unchecked": as_flag("unchecked", unchecked),
            "missing": as_missing(missing),
        }
        return self._with_options(data, options)

    def predict_interval(
        self,
        data: Any,
        level: float = 0.9,
        *,
        columns: str | int | Sequence[str | int] | None = None,
        time_column: str | None = None,
        horizon: int | None = None,
        rescale: bool = False,
        unchecked: bool = False,
        missing: float | Sequence[float] | None = None,
    ) -> tuple[Any, Any]:
        """Lower and upper ends of intervals that cover the truth with probability `level`, step by step.

        In the recording's units. Of an array each has the shape that `predict` gives, but holds chosen
        columns alone; of a DataFrame or Series it is a DataFrame of the columns predicted. Data and options
        are those of `predict`. Raises `InputError` as that does, and where no interval of that level is
        stored.
        """
        options = {
            "columns": as_names(columns),
            "time_column": None if time_column is None else str(time_column),
            "horizon": as_count("horizon", horizon),
            "interval": as_number("level", level),
            "rescale": as_flag("rescale", rescale),
            "unchecked": as_flag("unchecked", unchecked),
            "missing": as_missing(missing),
        }
        if _is_pandas(data):
            return ends_of_frame(self._with_options(data, options), data)
        return self._array_interval(as_numbers(data), options)

    def _array_interval(self, array: Array, options: dict[str, Any]) -> tuple[Array, Array]:
        columns = options["columns"]
        if array.ndim == 3 and 0 not in array.shape:
            if self.info.dataset.channels == 1 and columns is None:
                ends = self._array_interval(array.reshape(-1, array.shape[2]), options)
                low, high = (end.reshape(*array.shape[:2], -1) for end in ends)
                return low, high
            pairs = [self._array_interval(signal, options) for signal in array]
            return np.stack([pair[0] for pair in pairs]), np.stack([pair[1] for pair in pairs])
        result = self._with_options(array, options)
        count = array.size // array.shape[-1] if columns is None else len(columns)
        low, high = result[-2 * count :: 2], result[-2 * count + 1 :: 2]
        return (low[0], high[0]) if array.ndim == 1 else (low, high)

    def _with_options(self, data: Any, options: dict[str, Any]) -> Any:
        known = chosen(options)
        check_options(self.task, known, written=str)
        with options_by_name(), solvable(self.trained):
            return self._predict(data, known)

    def _predict(self, data: Any, options: dict[str, Any]) -> Any:
        pandas = sys.modules.get("pandas")
        if pandas is not None and isinstance(data, pandas.Series):
            frame = data.to_frame("value" if data.name is None else data.name)
            result = of_task(self.task).frame(self.trained, frame, **options)
            return result.iloc[:, 0].rename(data.name) if len(result.columns) == 1 else result
        if _is_pandas(data):
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


def _is_pandas(data: Any) -> bool:
    """Whether it is a Series or a DataFrame; pandas is not imported for that."""
    pandas = sys.modules.get("pandas")
    return pandas is not None and isinstance(data, (pandas.Series, pandas.DataFrame))


def load(model: str | Path) -> Model:
    """The trained model of that name, or in that folder; raises `InputError` where there is none."""
    return Model(load_model(model))
