"""EDF, EDF+ and BDF files, by edfio; signals in their physical units.

Layout: B. Kemp et al., "A simple format for exchange of digitized polygraphic recordings",
Electroencephalography and Clinical Neurophysiology 82 (1992); EDF+ (2003), https://www.edfplus.info.
"""

from __future__ import annotations

import warnings
from collections.abc import Mapping, Sequence
from math import isfinite
from pathlib import Path
from typing import Any

import numpy as np

from tidemark.core.errors import InputError
from tidemark.core.limits import check_limit
from tidemark.core.store import Array
from tidemark.signals.recordings.physiological import SignalBatch, SignalSource, decoding
from tidemark.signals.recordings.source import NewRows, Writer

FIRST, PER_SIGNAL = 256, 256
"""Bytes of the header: of the file, and of each signal."""
RECORDS, SIGNALS, RESERVED, WHOLE = slice(236, 244), slice(252, 256), slice(192, 236), slice(184, 192)
"""Places of the number of data records, of that of signals, of what says EDF+, and of the header's size."""
COUNTS, NUMBER = 216, 8
"""Bytes of each signal before the numbers of samples in a data record, and bytes of such a number."""
BDF = b"\xffBIOSEMI"
LABEL, UNIT = 16, 8
"""Characters of a signal's name, and of its unit."""


class EdfSource(SignalSource):
    """An EDF or BDF file open for reading."""

    package = "edfio"

    def read_header(self, path: Path) -> None:
        """Raises `InputError` if it is none, cut short, or of a recording with breaks."""
        header = self.file.read(FIRST)
        self.is_bdf = header.startswith(BDF)
        if len(header) < FIRST or not (self.is_bdf or header[:8].strip() == b"0"):
            raise InputError(f"{self.file_name}: not an EDF file: it does not begin as one; convert it")
        size = path.stat().st_size
        with decoding(self.file_name):
            records, signals, whole = (int(header[part]) for part in (RECORDS, SIGNALS, WHOLE))
        if signals < 1 or FIRST + PER_SIGNAL * signals > size:
            raise InputError(f"{self.file_name}: the header of {signals} signals is cut short; copy it again")
        if whole != FIRST + PER_SIGNAL * signals:
            raise InputError(
                f"{self.file_name}: a header of {whole} bytes, where {signals} signals take "
                f"{FIRST + PER_SIGNAL * signals}; copy or record it again"
            )
        check_limit("columns", signals, self.file_name)
        if self.is_bdf:  # which edfio reads as a whole
            check_limit("memory", 4 * size, f"{self.file_name}: samples of 3 bytes")
        with decoding(self.file_name), warnings.catch_warnings():
            warnings.simplefilter("ignore")  # a header that promises more than there is, which is said here
            read = self._package.read_bdf if self.is_bdf else self._package.read_edf
            self.content: Any = read(path)
            held = int(self.content.num_data_records)
            chosen = self.content.signals
            rates = [signal.sampling_frequency for signal in chosen]
            self.lengths = [signal.samples_per_data_record * held for signal in chosen]
            names, units = [signal.label for signal in chosen], [each.physical_dimension for each in chosen]
            for signal in chosen:
                self._check_range(signal)
        if records not in (-1, held):
            raise InputError(
                f"{self.file_name}: the header promises {records} data records, there are {held}; copy or "
                "record it again"
            )
        self._check_size(size, signals, held)
        self.describe(names, [unit.strip() for unit in units], rates)
        if b"+D" in header[RESERVED]:
            with decoding(self.file_name):
                unbroken = self.content.is_continuous
            if not unbroken:
                raise InputError(f"{self.file_name}: a recording with breaks (EDF+D); save each part alone")

    def _check_size(self, size: int, signals: int, records: int) -> None:
        """Raise `InputError` where bytes are left over, as of a record that is cut short."""
        self.file.seek(FIRST + COUNTS * signals)
        with decoding(self.file_name):
            counts = [int(self.file.read(NUMBER)) for _ in range(signals)]
        record = (3 if self.is_bdf else 2) * sum(counts)
        if behind := size - FIRST - PER_SIGNAL * signals - record * records:
            raise InputError(
                f"{self.file_name}: {behind} bytes behind {records} whole data records; copy it again"
            )

    def _check_range(self, signal: Any) -> None:
        """Raise `InputError` unless it is said what numbers stand for: edfio then gives them as they are."""
        try:
            low, high = signal.physical_min, signal.physical_max
            known = signal.digital_min != signal.digital_max and low != high and isfinite(low - high)
        except ValueError:
            known = False
        if not known:
            raise InputError(
                f"{self.file_name}: signal {signal.label!r}: no range of values, a smallest and a largest "
                "one as stored and in its unit; fix the header, or record it again"
            )

    def load(self, column: int) -> Array:
        """All samples of a signal in its unit, (samples,) float64."""
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return np.asarray(self.content.signals[column].data)

    def writer(
        self, path: Path, columns: Sequence[int], scale: float, zipped: bool, further: Sequence[str] = ()
    ) -> EdfWriter:
        """A writer of a file with the same signals, of which `columns` are replaced."""
        return EdfWriter(path, self, columns, further)

    def write_rows(self, path: Path, before: SignalBatch, rows: NewRows, zipped: bool) -> None:
        """Write the samples to come of the series."""
        series = sorted(rows.series)
        signals = [(self.names[each], each, rows.of(each)) for each in series]
        per = len(rows.further) // max(len(series), 1)
        for place, (name, values) in enumerate(rows.further.items()):
            signals.append((name, rows.series[place // per], values))
        write(path, self, signals)


class EdfWriter(Writer[SignalBatch]):
    """EDF: signals that are not replaced stay as they are; others get a range of their own."""

    def __init__(self, path: Path, like: EdfSource, columns: Sequence[int], further: Sequence[str]) -> None:
        """Begin a file like another."""
        self.file = path.open("wb")
        self._path, self._like, self._columns, self._further = path, like, [*columns], [*further]
        self._pieces: dict[int, list[Array]] = {}

    def write(self, batch: SignalBatch, columns: Mapping[int, Array]) -> None:
        """Hold samples: what range they have is known at the end."""
        for column, values in columns.items():
            known = batch.values.get(column)
            kept = values if known is None else np.where(np.isnan(values), known, values)
            self._pieces.setdefault(column, []).append(kept)

    def close(self) -> None:
        """Write the file, with the annotations of the one that was read; who and when is left out."""
        super().close()
        names, signals = self._like.names, []
        each = len(self._further) // max(len(self._columns), 1)
        for column, name in enumerate(names):
            parts = self._pieces.get(column)
            signals.append((name, column, np.concatenate(parts) if parts else None))
        for place, name in enumerate(self._further):
            parts = self._pieces[len(names) + place]
            signals.append((name, self._columns[place // each], np.concatenate(parts)))
        write(self._path, self._like, signals, annotated=True)


def write(
    path: Path, like: EdfSource, signals: Sequence[tuple[str, int, Array | None]], annotated: bool = False
) -> None:
    """Write signals: each a name, that of `like` whose unit and rate it has, and its samples.

    A signal without samples is that of `like`, unchanged. Raises `InputError` where a name or unit is not of
    the format, or the samples are no whole number of its records.
    """
    package = like._package
    kind = package.BdfSignal if like.is_bdf else package.EdfSignal
    for name, column, values in signals:
        if values is None:
            continue
        unit = like.content.signals[column].physical_dimension
        for what, text, most in (("name", name, LABEL), ("unit", unit, UNIT)):
            if len(text) > most or not (text.isascii() and text.isprintable()):
                raise InputError(
                    f"{like.file_name}: {text!r} is no {what} of an EDF signal, which has up to {most} ASCII "
                    "characters; rename it in the header, or give the samples as CSV"
                )
    try:  # also a range that the header's 8 characters do not hold
        made = [
            like.content.signals[column] if values is None else _signal(kind, like, name, column, values)
            for name, column, values in signals
        ]
        annotations = (like.content.annotations or None) if annotated else None
        whole = (package.Bdf if like.is_bdf else package.Edf)(made, annotations=annotations)
    except ValueError as error:
        raise InputError(
            f"{like.file_name}: cannot be written as EDF ({' '.join(str(error).split())}); give the samples "
            "as CSV"
        ) from None
    whole.write(path)


def _signal(kind: Any, like: EdfSource, name: str, column: int, values: Array) -> Any:
    """A signal in the unit and at the rate of another; raises `ValueError` where EDF holds no such values."""
    old = like.content.signals[column]
    stored = {"digital_range": (-(2**23), 2**23 - 1)} if like.is_bdf else {}
    return kind(
        values, old.sampling_frequency, label=name, physical_dimension=old.physical_dimension, **stored
    )
