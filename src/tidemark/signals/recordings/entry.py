"""What params.yaml may say of a recording: the file, what to read of it, how to cut it."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, model_validator

from tidemark.core.frozen import Count, Frozen, Positive, Share


class RecordingEntry(Frozen):
    """A recorded signal, as far as every task has it."""

    file: str
    columns: list[str] | None = None
    """Columns (or channel numbers of a WAV or NPY file) that are the signal."""
    time_column: str | None = None
    sampling_rate: Positive | None = None
    """Samples per `rate_unit`; needed where the file itself does not say."""
    rate_unit: str = "s"
    units: str = ""
    missing: tuple[float, ...] = ()
    """Numbers that stand for missing values, such as -999."""
    hop: Count
    """Samples between the starts of training windows."""
    blocks: tuple[Share, Share, Share] = (0.7, 0.15, 0.15)
    """Shares of the recording, in time order, for train, validation and test."""
    minimum_present: Share = 0.5
    """A window with a smaller share of present values is left out."""
    seed: Annotated[int, Field(ge=0)] = 0

    @model_validator(mode="after")
    def _whole(self) -> RecordingEntry:
        if abs(sum(self.blocks) - 1) > 1e-6 or min(self.blocks) <= 0:
            raise ValueError("blocks are three positive shares that sum to 1")
        return self

    @property
    def partner(self) -> list[str] | None:
        """Columns of a noisy partner, where the file holds a pair."""
        return None
