"""Arrays and tables through a model: exactly what becomes of the same numbers in a file."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from tidemark.core import registry
from tidemark.core.errors import InputError
from tidemark.core.store import Array
from tidemark.prediction.files import OPTIONS, predict_file

if TYPE_CHECKING:
    from pandas import DataFrame, Index

    from tidemark.core.trained import Trained

FLAGS = {flag: option for option, flag in OPTIONS.items()}


@dataclass(frozen=True)
class InMemory:
    """What arrays and tables become; `BY_FILES`, or what a task has in its own `prediction/memory.py`."""

    array: Callable[..., Array]
    """(trained model, signal (channels, samples) or (samples,), options by name) → result."""
    frame: Callable[..., DataFrame]
    """(trained model, rows of samples in order of time, options by name) → result."""
    joins: bool = False
    """Whether for a model of one channel, channels of several signals may be given as those of one."""


def of_task(name: str) -> InMemory:
    """What a task does with arrays and tables."""
    room = f"{name}/prediction"
    return registry.load(room, "memory", name, InMemory) if "memory" in registry.names(room) else BY_FILES


def array_by_file(model: Trained, signal: Array, **options: Any) -> Array:
    """(channels, samples), or (samples,), as a file of it becomes; numbers only."""
    with _folder("array.npy") as (source, destination):
        np.save(source, signal, allow_pickle=False)
        predict_file(model, str(source), str(destination), **options)
        return np.asarray(np.load(destination, allow_pickle=False))


def frame_by_file(model: Trained, frame: DataFrame, *, in_place: bool = True, **options: Any) -> DataFrame:
    """A table as a Parquet file of it becomes: an index of dates, or called as times are, is the time.

    `in_place` says that its rows stay the same: so does their index then.
    """
    import pandas as pd
    import pyarrow as pa

    labels, before = list(frame.columns), frame.index
    known = {str(label): label for label in labels}
    if len(known) < len(labels):
        raise InputError(f"table: columns {labels}: two have the same name; rename one")
    periods = before.freqstr if isinstance(before, pd.PeriodIndex) else None
    if isinstance(before, pd.PeriodIndex):
        frame = frame.set_axis(before.to_timestamp(), axis=0)
    with _folder("table.parquet") as (source, destination):
        table = frame if _is_time(frame.index, options) else frame.reset_index(drop=True)
        try:
            table.set_axis(list(known), axis=1).to_parquet(source, engine="pyarrow")
        except (pa.ArrowException, ValueError, TypeError) as error:
            reason = " ".join(str(error).split())[:200]
            raise InputError(f"table: {reason}; give columns of one type") from None
        predict_file(model, str(source), str(destination), **options)
        result = pd.read_parquet(destination, engine="pyarrow")
    result.columns = pd.Index([known.get(label, label) for label in result.columns], name=frame.columns.name)
    if in_place:
        result.index = before
    elif periods is not None:
        result.index = pd.DatetimeIndex(result.index).to_period(periods)
    return result


def _is_time(index: Index[Any], options: Mapping[str, Any]) -> bool:
    """Whether an index says when its rows are, rather than which."""
    import pandas as pd

    from tidemark.signals.recordings.columns import TIME_NAMES

    named = index.name is not None and (
        index.name == options.get("time_column") or str(index.name).lower() in TIME_NAMES
    )
    return named or isinstance(index, pd.DatetimeIndex)


@contextmanager
def _folder(name: str) -> Iterator[tuple[Path, Path]]:
    """Paths of an input and an output in a temporary folder; messages name neither, but what is in memory."""
    with tempfile.TemporaryDirectory(prefix="tidemark-") as folder:
        source = Path(folder, name)
        try:
            yield source, source.with_stem("result")
        except InputError as error:
            raise InputError(str(error).replace(str(source), source.stem)) from None


@contextmanager
def options_by_name() -> Iterator[None]:
    """Let messages call an option `columns`, which the command calls `--column`."""
    try:
        yield
    except InputError as error:
        text = re.sub("--[a-z-]+", lambda flag: FLAGS.get(flag[0], flag[0]), str(error))
        raise InputError(text) from None


BY_FILES = InMemory(array_by_file, frame_by_file, joins=True)


def chosen(options: Mapping[str, object | None]) -> dict[str, object]:
    """Those options that are not none."""
    return {name: value for name, value in options.items() if value is not None}
