"""What EDF and WFDB have in common: signals with a name, a unit and a rate each, which libraries decode."""

from __future__ import annotations

import importlib
from abc import abstractmethod
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

import numpy as np

from tidemark.core.errors import InputError
from tidemark.core.limits import check_limit
from tidemark.core.store import Array
from tidemark.signals.recordings.source import BATCH_VALUES, Batch, Source


@dataclass(frozen=True)
class SignalBatch(Batch):
    """Successive samples of some signals."""

    values: dict[int, Array]
    """(samples,) float64 by signal, NaN where missing"""
    start: int
    """Number of the first of these samples."""

    def __len__(self) -> int:
        return len(next(iter(self.values.values())))

    def place(self, row: int) -> str:
        """Which sample this is, counted from 0."""
        return f"sample {self.start + row}"

    def numbers(self, column: int) -> Array:
        """Samples of a signal, (samples,) float64, missing ones NaN."""
        return self.values[column]

    def times(self, column: int) -> Array:
        """The same: no signal is a time that would be one of dates."""
        return self.values[column]


class SignalSource(Source[SignalBatch]):
    """A recording whose header names its signals; one whole signal at a time is held in memory."""

    has_table = True
    package: ClassVar[str]
    """What decodes it."""
    rates: Sequence[float]
    """Samples a second of each signal."""
    lengths: Sequence[int]
    """Samples of each signal."""

    def __init__(self, path: Path, file_name: str) -> None:
        """Read the header; raises `InputError` as that does, and where the package is not installed."""
        self.file_name = file_name
        self._package = library(self.package, file_name)
        self.file = path.open("rb")
        try:
            self.read_header(path)
        except BaseException:
            self.close()
            raise

    @abstractmethod
    def read_header(self, path: Path) -> None:
        """Set `lengths` and what `describe` does; raises `InputError` where the file is no such recording."""

    @property
    def noun(self) -> str:
        """What messages call one of its columns."""
        return "signal"

    @abstractmethod
    def load(self, column: int) -> Array:
        """All samples of a signal in its unit, (samples,) float64, NaN where missing."""

    def describe(self, names: Sequence[str], units: Sequence[str], rates: Sequence[float]) -> None:
        """Set what the header says; raises `InputError` where there is no signal, or one without a rate."""
        if not names:
            raise InputError(f"{self.file_name}: no signals")
        check_limit("columns", len(names), self.file_name)
        self.names = [name.strip() or str(place) for place, name in enumerate(names)]
        self.units = dict(zip(self.names, units, strict=True))
        self.kinds = ["float"] * len(names)
        self.rates = [float(rate) for rate in rates]
        for place, rate in enumerate(self.rates):
            if not 0 < rate < np.inf:
                raise InputError(
                    f"{self.file_name}: {self.called(place)}: {rate:g} samples a second; fix the header"
                )
        self.frequency = self.rates[0] if len({*self.rates}) == 1 else None

    def rate_of(self, columns: Sequence[int]) -> float:
        """Samples a second of these signals; raises `InputError` where they differ."""
        rates = {self.rates[column]: self.names[column] for column in reversed(columns)}
        if len(rates) > 1:
            said = ", ".join(f"{name} has {rate:g}" for rate, name in reversed(rates.items()))
            raise InputError(
                f"{self.file_name}: signals of different rates ({said} samples a second); choose some of one "
                "rate with --column"
            )
        return next(iter(rates))

    def groups(self, signal: Sequence[int], separate: bool) -> list[Sequence[int]]:
        """The signals themselves: all others may have another rate."""
        return [signal]

    def batches(self, columns: Sequence[int]) -> Iterator[SignalBatch]:
        """All samples of some signals, which must have one rate, in order, in pieces."""
        wanted = [*columns] or [0]
        self.rate_of(wanted)
        count = self.lengths[wanted[0]]
        check_limit("rows", count, self.file_name)
        check_limit(
            "memory", 2 * 8 * len(wanted) * count, f"{self.file_name}: {len(wanted)} x {count} values"
        )
        whole = {column: self._loaded(column) for column in wanted}
        step = max(1, BATCH_VALUES // len(wanted))
        for start in range(0, count, step):
            yield SignalBatch({column: row[start : start + step] for column, row in whole.items()}, start)

    def _loaded(self, column: int) -> Array:
        with decoding(self.file_name):
            values = np.asarray(self.load(column), dtype=np.float64)
        if len(values) != self.lengths[column]:
            raise InputError(
                f"{self.file_name}: {self.called(column)}: {len(values)} of {self.lengths[column]} samples "
                "can be read; copy or record it again"
            )
        return values


def library(name: str, file_name: str) -> Any:
    """The package that reads a format; raises `InputError` where it is not installed."""
    try:
        return importlib.import_module(name)
    except ImportError:
        extra = "edf" if name == "edfio" else name
        raise InputError(
            f"{file_name}: reading it needs the package {name}: pip install 'tidemark-signals[{extra}]'"
        ) from None


@contextmanager
def decoding(file_name: str) -> Iterator[None]:
    """Turn whatever a library raises at a damaged file into an `InputError`."""
    try:
        yield
    except InputError:
        raise
    except Exception as error:
        reason = " ".join(str(error).split())[:200] or type(error).__name__
        raise InputError(f"{file_name}: damaged ({reason}); copy or record it again") from None
