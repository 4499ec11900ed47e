"""WAV files in blocks of frames; samples of whole-number formats are scaled to [−1, 1).

Layout of the file: Microsoft and IBM, Multimedia Programming Interface 1.0 (1991), RIFF/WAVE;
EBU Tech 3306 (RF64).
"""

from __future__ import annotations

import struct
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import soundfile

from tidemark.core.errors import InputError
from tidemark.core.store import Array
from tidemark.recordings.source import BATCH_VALUES, ColumnKind

UNKNOWN = 0xFFFFFFFF
"""Size of a chunk whose writer could not go back to fill it in."""


@dataclass(frozen=True)
class WavBatch:
    """Successive frames of a WAV file."""

    values: Array
    """(frames, channels) float64"""
    start: int
    """Number of the first of these frames."""

    def __len__(self) -> int:
        """Number of frames."""
        return len(self.values)

    def place(self, row: int) -> str:
        """Which frame this is, counted from 0."""
        return f"frame {self.start + row}"

    def numbers(self, column: int) -> Array:
        """Samples of a channel, (frames,) float64, missing ones NaN."""
        return self.values[:, column]

    def times(self, column: int) -> Array:
        """Not to be asked for: a WAV file has no time column."""
        raise NotImplementedError


class WavSource:
    """A WAV file open for reading."""

    has_table = False

    def __init__(self, path: Path, label: str) -> None:
        """Open the file; raises `InputError` if it is no WAV file, cut short, or empty."""
        self.label = label
        check_sizes(path, label)
        try:
            self.file = soundfile.SoundFile(path)
        except soundfile.LibsndfileError as error:
            raise InputError(f"{label}: not a WAV file that can be read ({error.error_string})") from None
        if self.file.frames == 0:
            self.close()
            raise InputError(f"{label}: no samples")
        self.names: Sequence[str] = [str(channel) for channel in range(self.file.channels)]
        self.kinds: Sequence[ColumnKind] = ["float"] * self.file.channels
        self.frequency = float(self.file.samplerate)

    def batches(self, columns: Sequence[int]) -> Iterator[WavBatch]:
        """All frames, in order, in pieces."""
        self.file.seek(0)
        frames = max(1, BATCH_VALUES // self.file.channels)
        start = 0
        while len(values := self.file.read(frames, dtype="float64", always_2d=True)):
            yield WavBatch(values, start)
            start += len(values)
        if start < self.file.frames:
            raise InputError(f"{self.label}: damaged: only {start} of {self.file.frames} frames can be read")

    def close(self) -> None:
        """Close the file."""
        self.file.close()


def check_sizes(path: Path, label: str) -> None:
    """Raise `InputError` unless the file is RIFF/WAVE and as long as its header says.

    libsndfile reads what there is of a truncated file and says nothing.
    """
    size = path.stat().st_size
    with path.open("rb") as file:
        start = file.read(12)
        if len(start) < 12 or start[:4] not in (b"RIFF", b"RIFX", b"RF64") or start[8:] != b"WAVE":
            raise InputError(f"{label}: not a WAV file: it does not begin as RIFF WAVE; convert it")
        order = ">" if start[:4] == b"RIFX" else "<"
        long_size = frame = 0
        while len(header := file.read(8)) == 8:
            name, length = header[:4], struct.unpack(f"{order}I", header[4:])[0]
            if name == b"data":
                break
            body = file.read(min(length, 64))
            if name == b"ds64" and len(body) >= 16:
                long_size = struct.unpack("<Q", body[8:16])[0]
            if name == b"fmt " and len(body) >= 14:
                frame = struct.unpack(f"{order}H", body[12:14])[0]
            file.seek(length + length % 2 - len(body), 1)
        else:
            raise InputError(f"{label}: truncated: the file ends before its samples; copy or record it again")
        if length == UNKNOWN:
            length = long_size  # 0 where it is unknown, of a recording that was piped
        held = size - file.tell()
        if length > held:
            unit = max(frame, 1)
            raise InputError(
                f"{label}: truncated: the header promises {length // unit} frames, there are {held // unit}; "
                "copy or record it again"
            )
