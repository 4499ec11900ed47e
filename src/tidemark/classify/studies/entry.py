"""What params.yaml may say of studies: folders of participants' recordings, and how they are windowed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import Field, model_validator

from tidemark.core.frozen import Count, Frozen, Positive

MADE_UP = "MADE-UP.txt"
"""A file in a folder of recordings that were simulated; whatever is shown of them says so."""


class SimulationEntry(Frozen):
    """A folder of recordings made by a generator, in a study's format; `law` belongs to the generator."""

    beside_blocks = ("generator", "seed", "law")

    generator: str
    seed: Annotated[int, Field(ge=0)]
    law: Mapping[str, Any]


class ParticipantSplit(Frozen):
    """Which participants are for testing, and which for validation; all others are for training."""

    test: tuple[str, ...] = ()
    """Names, or ranges of names such as P101-P151 …"""
    folds: Annotated[int, Field(ge=2)] | None = None
    """… or the number of groups that all participants are dealt into, by the seed; one is for testing."""
    fold: Annotated[int, Field(ge=0)] = 0
    """That one; the next one is for validation."""
    validation: tuple[str, ...] | Count = 1
    """Names, or how many of those not for testing, drawn by the seed; not with `folds`."""
    seed: Annotated[int, Field(ge=0)] = 0

    @model_validator(mode="after")
    def _consistent(self) -> ParticipantSplit:
        if bool(self.test) == (self.folds is not None):
            raise ValueError("give either test (participants held out) or folds (groups of participants)")
        if self.folds is not None:
            if self.fold >= self.folds:
                raise ValueError(f"fold {self.fold} is none of {self.folds}; the first one is 0")
            if "validation" in self.model_fields_set:
                raise ValueError("validation: with folds the next fold is for validation; leave it out")
        return self


class SpectrogramEntry(Frozen):
    """Short-time Fourier transform of a window, and how its log-magnitudes are stored."""

    window: Literal["hann", "hamming", "blackman", "boxcar"] = "hann"
    length: Annotated[int, Field(ge=2)] = 120
    """Samples of a segment."""
    hop: Count = 48
    """Samples between segments."""
    precision: Literal["float16", "float32"] = "float32"


class StudyEntry(Frozen):
    """A folder of participants' accelerometer recordings with annotated activity, as CAPTURE-24 has it."""

    beside_blocks = ("folder",)

    folder: str
    """`P001.csv.gz`, …: columns time, x, y, z, annotation; or X.npy, Y.npy, T.npy, pid.npy: windows."""
    dictionary: str = "annotation-label-dictionary.csv"
    """File in that folder: the column annotation, and one called label:<scheme> for each scheme."""
    labels: str
    """The scheme: what follows `label:` in the name of its column."""
    sampling_rate: Positive = 100
    """Samples a second of a window; recordings at another rate are resampled."""
    units: Literal["g", "m/s2"] = "g"
    """Of the files; windows are in g."""
    window: Positive = 30
    """Seconds."""
    overlap: Annotated[float, Field(ge=0, lt=1)] = 0
    """Share of a window that the next one repeats; test windows never overlap."""
    split: ParticipantSplit
    on_error: Literal["stop", "skip"] = "stop"
    """What a participant whose file is broken does to the rest; the report names those skipped."""
    scheduler: str | None = None
    """Address of a Dask scheduler, such as tcp://10.0.0.1:8786; none starts processes on this machine."""
    spectrogram: SpectrogramEntry = SpectrogramEntry()

    @model_validator(mode="after")
    def _consistent(self) -> StudyEntry:
        if self.samples < self.spectrogram.length:
            raise ValueError(
                f"a window of {self.samples} samples is shorter than spectrogram.length "
                f"{self.spectrogram.length}; fix one"
            )
        return self

    @property
    def samples(self) -> int:
        """Samples in a window."""
        return round(self.window * self.sampling_rate)
