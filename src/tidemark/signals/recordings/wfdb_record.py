"""WFDB records (PhysioNet): a header, `.hea`, and files of samples beside it, by the package wfdb."""

from __future__ import annotations

import math
import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from tidemark.core.errors import InputError
from tidemark.core.files import check_file
from tidemark.core.limits import check_limit
from tidemark.core.store import Array
from tidemark.signals.recordings.physiological import SignalBatch, SignalSource, decoding, library
from tidemark.signals.recordings.source import NewRows, Writer

LONGEST = 2**18
"""Bytes of a header at most."""
BITS = {
    "8": 8, "16": 16, "24": 24, "32": 32, "61": 16, "80": 8, "160": 16, "212": 12, "310": 32 / 3,
    "311": 32 / 3,
}  # fmt: skip
"""Bits of a sample in each format that is not compressed (https://wfdb.io/spec/signal-files.html)."""


class WfdbSource(SignalSource):
    """A WFDB record of one segment open for reading."""

    def __init__(self, path: Path, file_name: str) -> None:
        """Read the header; raises `InputError` if it is none, or its samples are not beside it."""
        self.file_name = file_name
        self._package = library("wfdb", file_name)
        self._record = str(path.resolve().with_suffix(""))
        self.file = path.open("rb")
        try:
            self._read(path)
        except BaseException:
            self.close()
            raise

    def _read(self, path: Path) -> None:
        if path.stat().st_size > LONGEST:
            raise InputError(f"{self.file_name}: over {LONGEST} bytes, which no WFDB header has; name that")
        with decoding(self.file_name):
            header: Any = self._package.rdheader(self._record)
        if isinstance(header, self._package.MultiRecord):
            raise InputError(
                f"{self.file_name}: a record of {header.n_seg} segments; name the header of one of them"
            )
        files, formats = header.file_name or [], header.fmt or []
        if not files or header.n_sig != len(files):
            raise InputError(
                f"{self.file_name}: {len(files)} signals described, {header.n_sig} promised; fix the header"
            )
        frames = [int(each or 1) for each in header.samps_per_frame]
        if min(frames) < 1 or any(abs(skew or 0) > 10**6 for skew in header.skew):
            raise InputError(f"{self.file_name}: a signal without samples in a frame; fix the header")
        counts = {
            file: sum(n for n, each in zip(frames, files, strict=True) if each == file) for file in files
        }
        for name in counts:
            check_file(path.with_name(name))
        if header.sig_len is None:
            file, bits = files[0], BITS.get(formats[0])
            if bits is None:
                raise InputError(f"{self.file_name}: says no number of samples; fix the header")
            size = path.with_name(file).stat().st_size - int(header.byte_offset[0] or 0)
            header.sig_len = int(size * 8 / bits / counts[file])
        length = int(header.sig_len)
        if length < 1:
            raise InputError(f"{self.file_name}: no samples")
        for file, form, offset in zip(files, formats, header.byte_offset, strict=True):
            size = path.with_name(file).stat().st_size
            needed = math.floor(length * counts[file] * BITS.get(form, 0) / 8) + int(offset or 0)
            if needed > size:
                raise InputError(
                    f"{path.with_name(file)}: truncated: the header promises {needed:,} bytes, there are "
                    f"{size:,}; copy it again"
                )
        check_limit("memory", 3 * 8 * length * max(counts.values()), f"{self.file_name}: {length} samples")
        self.lengths = [length * each for each in frames]
        rate = 250.0 if header.fs is None else float(header.fs)  # as the format says
        names = [name or "" for name in header.sig_name]
        units = [unit or "" for unit in header.units]
        self.describe(names, units, [rate * each for each in frames])

    def load(self, column: int) -> Array:
        """All samples of a signal in its unit, (samples,) float64, NaN where missing."""
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            read = self._package.rdrecord(self._record, channels=[column], smooth_frames=False)
        return np.asarray(read.e_p_signal[0], dtype=np.float64)

    def writer(
        self, path: Path, columns: Sequence[int], scale: float, zipped: bool, further: Sequence[str] = ()
    ) -> Writer[SignalBatch]:
        """Raises `InputError`: a record is more than one file."""
        raise InputError(self._no_writer())

    def write_rows(self, path: Path, before: SignalBatch, rows: NewRows, zipped: bool) -> None:
        """Raises `InputError`: a record is more than one file."""
        raise InputError(self._no_writer())

    def _no_writer(self) -> str:
        return (
            f"{self.file_name}: WFDB records are read, not written; convert it first, such as with "
            "wfdb.rdrecord(name).to_dataframe().to_csv(file, index=False)"
        )
