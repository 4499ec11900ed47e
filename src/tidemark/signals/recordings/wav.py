"""WAV files in blocks of frames; samples of whole-number formats are scaled to [−1, 1).

Layout: Microsoft and IBM, Multimedia Programming Interface 1.0 (1991), RIFF/WAVE; EBU Tech 3306 (RF64).
"""

from __future__ import annotations

import struct
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import soundfile

from tidemark.core.errors import InputError
from tidemark.core.limits import check_limit
from tidemark.core.store import Array
from tidemark.signals.recordings.source import BATCH_VALUES, Batch, NewRows, Source, Writer

PLAIN = (1, 3, 0xFFFE)
"""Codes of formats whose samples are numbers one after another."""
BITS = {"PCM_U8": 8, "PCM_16": 16, "PCM_24": 24, "PCM_32": 32}
"""Of a sample, by libsndfile's name of the format."""
SHORT, LONG = np.dtype(np.int16), np.dtype(np.int32)
UNKNOWN = 0xFFFFFFFF
"""Size of a chunk whose writer could not go back to fill it in."""
FRONT = 128
"""Bytes at the start of a file that libsndfile writes before the samples' peak at most."""
PEAK_TIME = 12
"""Place of the time of day in a PEAK chunk."""


@dataclass(frozen=True)
class WavBatch(Batch):
    """Successive frames of a WAV file."""

    values: Array
    """(frames, channels) float64, or float32 where the file's numbers have up to 16 bits"""
    start: int
    """Number of the first of these frames."""

    def __len__(self) -> int:
        return len(self.values)

    def place(self, row: int) -> str:
        """Which frame this is, counted from 0."""
        return f"frame {self.start + row}"

    def numbers(self, column: int) -> Array:
        """Samples of a channel, (frames,) float64, missing ones NaN."""
        return np.asarray(self.values[:, column], dtype=np.float64)

    def samples_of(self, columns: Sequence[int]) -> Array:
        """Samples of some channels, (channels, frames), in the type in which they were read."""
        if self.values.shape[1] == 1:
            return self.values.T
        return np.stack([self.values[:, column] for column in columns])


class WavWriter(Writer[WavBatch]):
    """WAV: same sample format, rate and byte order; whole numbers are rounded and clipped."""

    def __init__(self, path: Path, like: soundfile.SoundFile, channels: int) -> None:
        """Start a file like another, of so many channels."""
        self._path = path
        self._bits = BITS.get(like.subtype)
        self.file = soundfile.SoundFile(
            path, "w", like.samplerate, channels, like.subtype, like.endian, like.format
        )
        for name, text in like.copy_metadata().items():
            setattr(self.file, name, text)

    def write(self, batch: WavBatch, columns: Mapping[int, Array]) -> None:
        """Write frames, with the samples of `columns` in place of those that were there."""
        frames = [columns.get(column, batch.values[:, column]) for column in range(batch.values.shape[1])]
        # Whole numbers of 16 bits, and the ends that they are clipped at, are exact in float32.
        wide = self._bits != SHORT.itemsize * 8 or any(each.dtype == np.float64 for each in frames)
        values = np.empty((len(batch), len(frames)), np.float64 if wide else np.float32)
        if not self._bits:
            for column, samples in enumerate(frames):
                values[:, column] = samples
            self.file.write(values)
            return
        # libsndfile scales whole numbers up by less than it scales them down: do it here.
        largest = 2 ** (self._bits - 1)
        with np.errstate(over="ignore"):  # infinity is clipped too
            for column, samples in enumerate(frames):
                np.multiply(samples, largest, out=values[:, column], dtype=values.dtype)
        np.clip(np.rint(values, out=values), -largest, largest - 1, out=values)
        kind = SHORT if self._bits == SHORT.itemsize * 8 else LONG
        if self._bits < kind.itemsize * 8:
            values *= 2 ** (kind.itemsize * 8 - self._bits)
        self.file.write(values.astype(kind))

    def close(self) -> None:
        """Finish the file, without the time of day, so that the same input gives the same bytes."""
        super().close()
        with self._path.open("r+b") as file:
            # In front of samples of floating point libsndfile puts their peak, and when it was written.
            place = file.read(FRONT).find(b"PEAK")
            if place >= 0:
                file.seek(place + PEAK_TIME)
                file.write(bytes(4))


class WavSource(Source[WavBatch]):
    """A WAV file open for reading."""

    def __init__(self, path: Path, file_name: str) -> None:
        """Open the file; raises `InputError` if it is no WAV file, cut short, or empty."""
        self.file_name = file_name
        check_sizes(path, file_name)
        try:
            self.file = soundfile.SoundFile(path)
        except soundfile.LibsndfileError as error:
            raise InputError(f"{file_name}: not a WAV file that can be read ({error.error_string})") from None
        fault = "no samples" if self.file.frames == 0 else ""
        if not self.file.seekable():  # of G.721, whose samples libsndfile gives once, from first to last
            fault = f"not a WAV file that can be read (samples as {self.file.subtype}); convert it to PCM"
        try:
            if fault:
                raise InputError(f"{file_name}: {fault}")
            check_limit("rows", self.file.frames, file_name)
        except BaseException:
            self.close()
            raise
        self.names = [str(channel) for channel in range(self.file.channels)]
        self.kinds = ["float"] * self.file.channels
        self.frequency = float(self.file.samplerate)

    def batches(self, columns: Sequence[int]) -> Iterator[WavBatch]:
        """All frames, in order, in pieces."""
        self.file.seek(0)
        frames = max(1, BATCH_VALUES // self.file.channels)
        start = 0
        # Whole numbers of 16 bits are scaled faster here than by libsndfile, to the same bits.
        short = self.file.subtype == "PCM_16"
        kind = SHORT.name if short else "float64"
        while len(values := self.file.read(frames, dtype=kind, always_2d=True)):
            yield WavBatch(values * np.float32(2.0**-15) if short else values, start)
            start += len(values)
        if start < self.file.frames:
            raise InputError(
                f"{self.file_name}: damaged: only {start} of {self.file.frames} frames can be read"
            )

    def writer(
        self, path: Path, columns: Sequence[int], scale: float, zipped: bool, further: Sequence[str] = ()
    ) -> WavWriter:
        """A writer of a file of as many channels."""
        self._check_further(further)
        return WavWriter(path, self.file, self.file.channels)

    def _check_further(self, names: Collection[str]) -> None:
        """Raise `InputError` where there is more to write than samples of the channels."""
        if names:
            raise InputError(
                f"{self.file_name}: a WAV file holds no columns such as {min(names)!r}; give the samples as "
                "CSV, NPY or Parquet"
            )

    def write_rows(self, path: Path, before: WavBatch, rows: NewRows, zipped: bool) -> None:
        """Write the frames to come of the series' channels."""
        self._check_further(rows.further)
        with closing(WavWriter(path, self.file, len(rows.series))) as writer:
            writer.write(WavBatch(np.stack([rows.of(column) for column in rows.columns], axis=1), 0), {})


def check_sizes(path: Path, file_name: str) -> None:
    """Raise `InputError` unless the file is RIFF/WAVE and as long as its header says.

    libsndfile reads what there is of a truncated file and says nothing.
    """
    size = path.stat().st_size
    with path.open("rb") as file:
        start = file.read(12)
        if len(start) < 12 or start[:4] not in (b"RIFF", b"RIFX", b"RF64") or start[8:] != b"WAVE":
            raise InputError(f"{file_name}: not a WAV file: it does not begin as RIFF WAVE; convert it")
        order = ">" if start[:4] == b"RIFX" else "<"
        long_size = frame = formats = 0
        plain = False
        while len(header := file.read(8)) == 8:
            name, length = header[:4], struct.unpack(f"{order}I", header[4:])[0]
            if name == b"data":
                break
            formats += name == b"fmt "
            body = file.read(min(length, 64))
            if name == b"ds64" and len(body) >= 16:
                long_size = struct.unpack("<Q", body[8:16])[0]
            if name == b"fmt " and len(body) >= 16:
                kind, channels, _, _, frame, bits = struct.unpack(f"{order}HHIIHH", body[:16])
                plain = kind in PLAIN
                if plain and frame != channels * -(-bits // 8):
                    raise InputError(
                        f"{file_name}: the header says {bits} bits in each of {channels} channels, and "
                        f"{frame} bytes for all; convert or record it again"
                    )
                check_limit("columns", channels, file_name)
            file.seek(length + length % 2 - len(body), 1)
        else:
            raise InputError(
                f"{file_name}: truncated: the file ends before its samples; copy or record it again"
            )
        if length == UNKNOWN:
            length = long_size  # 0 where it is unknown, of a recording that was piped
        rest = length % frame if frame and plain else 0
        if rest and not (rest == 1 and length % 2 == 0):  # a byte of padding that was counted too
            raise InputError(
                f"{file_name}: truncated: {length} bytes of samples, {rest} more than whole frames "
                f"of {frame} take; copy or record it again"
            )
        held = size - file.tell()
        if length > held:
            unit = max(frame, 1)
            raise InputError(
                f"{file_name}: truncated: the header promises {length // unit} frames, there are "
                f"{held // unit}; copy or record it again"
            )
        file.seek(length + length % 2, 1)
        while length and len(header := file.read(8)) == 8:
            if header[:4] == b"data":  # libsndfile mixes up the two
                raise InputError(f"{file_name}: samples in two places; convert or record it again")
            formats += header[:4] == b"fmt "
            further = struct.unpack(f"{order}I", header[4:])[0]
            file.seek(further + further % 2, 1)
        if formats > 1:  # of which one reader takes the first, and another one the last
            raise InputError(
                f"{file_name}: says {formats} times what its samples are; convert or record it again"
            )
