"""WFDB records (PhysioNet): a header, `.hea`, and files of samples beside it, by the package wfdb."""

from __future__ import annotations

import math
import warnings
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from tidemark.core.errors import InputError
from tidemark.core.files import check_file
from tidemark.core.limits import check_limit
from tidemark.core.store import Array
from tidemark.signals.recordings.physiological import SignalBatch, SignalSource, decoding
from tidemark.signals.recordings.source import NewRows, Writer
from tidemark.signals.recordings.wfdb_header import check_lines

LONGEST = 2**18
"""Bytes of a header at most."""
BITS = {
    "8": 8, "16": 16, "24": 24, "32": 32, "61": 16, "80": 8, "160": 16, "212": 12, "310": 32 / 3,
    "311": 32 / 3,
}  # fmt: skip
"""Bits of a sample in each format that is not compressed (https://wfdb.io/spec/signal-files.html)."""
CHECKSUMS = 2**16
"""A checksum is the sum of a signal's samples, less a multiple of this."""
GAP = "~"
"""Name of a segment, or of a file, that is none."""
RATE = 250.0
"""Frames a second where a header says nothing, by the format."""


@dataclass(frozen=True)
class Segment:
    """A stretch of a record, in files of its own or of nothing."""

    length: int
    """Frames."""
    record: str = ""
    """Path of its header without the suffix; empty of a gap."""
    names: Sequence[str] = ()
    """Its signals …"""
    units: Sequence[str] = ()
    frames: Sequence[int] = ()
    """… and samples of each in a frame."""
    rate: float = 0.0
    """Frames a second."""

    def places(self, names: Sequence[str]) -> list[int | None]:
        """Where signals are among its own; None where it lacks one."""
        if [*self.names] == [*names]:  # of which several may be called alike
            return [*range(len(names))]
        return [self.names.index(name) if name in self.names else None for name in names]


class WfdbSource(SignalSource):
    """A WFDB record open for reading: of one segment, or of several with gaps between them."""

    package = "wfdb"

    def read_header(self, path: Path) -> None:
        """Raises `InputError` if it is none, samples are not beside it, or segments do not fit together."""
        header = self._header(path)
        if isinstance(header, self._package.MultiRecord):
            whole, self._segments = self._several(path, header)
        else:
            whole = self._segment(path, header, self.file_name)
            self._segments = [whole]
        self._names, self._frames = whole.names, whole.frames
        self.lengths = [whole.length * each for each in whole.frames]
        self.describe(whole.names, whole.units, [whole.rate * each for each in whole.frames])

    def _header(self, path: Path) -> Any:
        if path.stat().st_size > LONGEST:
            raise InputError(f"{path}: over {LONGEST} bytes, which no WFDB header has; name that")
        check_lines(path)
        with decoding(str(path)):
            return self._package.rdheader(str(path.resolve().with_suffix("")))

    def _several(self, path: Path, header: Any) -> tuple[Segment, list[Segment]]:
        """What a record of several segments is as a whole, and these in order.

        A first one without samples says which signals there are; else all have those of the first.
        """
        names, lengths = header.seg_name, [int(each) for each in header.seg_len]
        said = header.sig_len or sum(lengths)
        if not names or (header.n_seg, said) != (len(names), sum(lengths)) or min(lengths) < 0:
            raise InputError(
                f"{self.file_name}: {len(names)} segments of {sum(lengths)} samples described, "
                f"{header.n_seg} of {said} promised; fix the header"
            )
        segments: list[Segment] = []
        for name, length in zip(names, lengths, strict=True):
            segment = Segment(length)
            if name != GAP:
                beside = path.with_name(f"{name}.hea")
                check_file(beside)
                own = self._header(beside)
                if isinstance(own, self._package.MultiRecord):
                    raise InputError(
                        f"{beside}: a segment of {own.n_seg} segments; name the header of one of them"
                    )
                segment = self._segment(beside, own, str(beside), samples=length > 0)
                if segment.length != length:
                    raise InputError(
                        f"{beside}: {segment.length} samples, but {path.name} has {length} of it; fix one"
                    )
            segments.append(segment)
        known = [segment for segment in segments if segment.record]
        if not known or sum(lengths) < 1:
            raise InputError(f"{self.file_name}: no samples")
        recorded = [segment for segment in known if segment.length]
        whole = replace(
            known[0],
            length=sum(lengths),
            rate=known[0].rate if header.fs is None else float(header.fs),
            units=_units(known[0], [*recorded, known[0]]),
        )
        for segment in recorded:
            _check_alike(whole, segment, header.layout == "fixed")
        return whole, [segment for segment in segments if segment.length]

    def _segment(self, path: Path, header: Any, at: str, samples: bool = True) -> Segment:
        """What the header of one segment, called `at`, says; `InputError` where `samples` are not there."""
        files, formats = header.file_name or [], header.fmt or []
        if not files or header.n_sig != len(files):
            raise InputError(f"{at}: {len(files)} signals described, {header.n_sig} promised; fix the header")
        frames = [int(each or 1) for each in header.samps_per_frame]
        if min(frames) < 1 or any(abs(skew or 0) > 10**6 for skew in header.skew):
            raise InputError(f"{at}: a signal without samples in a frame; fix the header")
        names = [name or "" for name in header.sig_name]
        units = [unit or "" for unit in header.units]
        rate = RATE if header.fs is None else float(header.fs)
        if not samples:
            return Segment(0, str(path.resolve().with_suffix("")), names, units, frames, rate)
        counts = {
            file: sum(n for n, each in zip(frames, files, strict=True) if each == file) for file in files
        }
        for name in counts:
            check_file(path.with_name(name))
        if header.sig_len is None:
            file, bits = files[0], BITS.get(formats[0])
            if bits is None:
                raise InputError(f"{at}: says no number of samples; fix the header")
            size = path.with_name(file).stat().st_size - int(header.byte_offset[0] or 0)
            header.sig_len = int(size * 8 / bits / counts[file])
        length = int(header.sig_len)
        if length < 1:
            raise InputError(f"{at}: no samples")
        for file, form, offset in zip(files, formats, header.byte_offset, strict=True):
            size = path.with_name(file).stat().st_size
            needed = math.floor(length * counts[file] * BITS.get(form, 0) / 8) + int(offset or 0)
            if needed > size:
                raise InputError(
                    f"{path.with_name(file)}: truncated: the header promises {needed:,} bytes, there are "
                    f"{size:,}; copy it again"
                )
        check_limit("memory", 3 * 8 * length * max(counts.values()), f"{at}: {length} samples")
        return Segment(length, str(path.resolve().with_suffix("")), names, units, frames, rate)

    def load(self, column: int) -> Array:
        """All samples of a signal in its unit, (samples,) float64, NaN where missing and in gaps."""
        parts = [self._samples(segment, column) for segment in self._segments]
        return parts[0] if len(parts) == 1 else np.concatenate(parts)

    def _samples(self, segment: Segment, column: int) -> Array:
        """Those of one segment."""
        place = segment.places(self._names)[column]
        if place is None:
            return np.full(segment.length * self._frames[column], np.nan)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            read = self._package.rdrecord(
                segment.record, channels=[place], smooth_frames=False, physical=False
            )
            digital, said = read.e_d_signal[0], read.checksum[0]
            # Where a signal is said to lag, the library has left samples out; 0 is written for none, too.
            if said and not read.skew[0] and (int(digital.sum()) - int(said)) % CHECKSUMS:
                raise InputError(
                    f"{segment.record}.hea: signal {self._names[column]!r}: its samples do not have the "
                    f"checksum {said} of the header; copy or record it again"
                )
            return np.asarray(read.dac(expanded=True)[0], dtype=np.float64)

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


def _units(whole: Segment, segments: Sequence[Segment]) -> list[str]:
    """Units of a record's signals, each that of the first of some segments that has it."""
    places = [segment.places(whole.names) for segment in segments]
    return [
        next(
            segment.units[number]
            for segment, own in zip(segments, places, strict=True)
            if (number := own[place]) is not None
        )
        for place in range(len(whole.names))
    ]


def _check_alike(whole: Segment, segment: Segment, all_signals: bool) -> None:
    """Raise `InputError` where a segment has another rate or unit than the record, or other signals."""
    at, own = f"{segment.record}.hea", ", ".join(segment.names)
    if segment.rate != whole.rate:
        raise InputError(f"{at}: {segment.rate:g} samples a second, the record {whole.rate:g}; fix one")
    alike = [*segment.names] == [*whole.names] if all_signals else {*segment.names} <= {*whole.names}
    if not alike:
        raise InputError(f"{at}: signals {own}, the record has {', '.join(whole.names)}; fix one")
    for place, among in enumerate(segment.places(whole.names)):
        if among is None:
            continue
        expected, found = (
            f"{each.frames[number]} a frame in {each.units[number]}"
            for each, number in ((whole, place), (segment, among))
        )
        if found != expected:
            raise InputError(
                f"{at}: signal {whole.names[place]!r} has {found}, in the record {expected}; name the header "
                "of one segment"
            )
