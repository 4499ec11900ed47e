"""Arrays and tables through a model: exactly what becomes of the same numbers in a file."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Callable, Container, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from tidemark.core import registry
from tidemark.core.errors import InputError
from tidemark.core.store import Array
from tidemark.prediction.files import OPTIONS, predict_file
from tidemark.prediction.rewriting import Rewritten

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
    time = _free_name("index" if before.name is None else str(before.name), known)
    with _folder("table.parquet") as (source, destination):
        try:
            table = frame.set_axis(list(known), axis=1).reset_index(drop=True)
            table.attrs = {}
            moments = before.to_timestamp() if isinstance(before, pd.PeriodIndex) else before
            if _is_time(moments, options):
                table[time] = moments
            table.to_parquet(source, engine="pyarrow", index=False)
        except (pa.ArrowException, ValueError, TypeError, OverflowError) as error:
            reason = " ".join("; ".join(map(str, error.args)).split())[:200]
            raise InputError(
                f"table: {reason}; give each column values of one type that Parquet has, or leave it out"
            ) from None
        done = predict_file(model, str(source), str(destination), **options)
        result = pd.read_parquet(destination, engine="pyarrow")
    if in_place:
        estimated = done.columns if isinstance(done, Rewritten) else ()
        further = [name for name in result.columns if name not in table.columns]
        return _with_estimates(frame, list(known), result, estimated, further)
    if time in result.columns and time not in known:
        result = result.set_index(time)
        result.index.name = before.name
    result.columns = pd.Index([known.get(label, label) for label in result.columns], name=frame.columns.name)
    if isinstance(before, pd.PeriodIndex):
        result.index = pd.DatetimeIndex(result.index).to_period(before.freqstr)
    return result


def _with_estimates(
    frame: DataFrame,
    names: Sequence[str],
    result: DataFrame,
    estimated: Sequence[str],
    further: Sequence[str],
) -> DataFrame:
    """A copy of a table, whose columns are called `names`, with what was estimated, and `further` columns."""
    new = frame.copy()
    for name in estimated:
        new.isetitem(names.index(name), result[name].array)
    for name in further:
        new[name] = result[name].array
    return new


def _free_name(name: str, taken: Container[str]) -> str:
    """The name, or a longer one that is not taken."""
    while name in taken:
        name = f"{name}_"
    return name


def _is_time(index: Index[Any], options: Mapping[str, Any]) -> bool:
    """Whether an index says when its rows are, rather than which."""
    import pandas as pd

    from tidemark.signals.recordings.columns import TIME_NAMES

    named = index.name is not None and (
        str(index.name) == options.get("time_column") or str(index.name).lower() in TIME_NAMES
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
