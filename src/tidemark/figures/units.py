"""What the axes of a dataset are called."""

from __future__ import annotations

from dataclasses import dataclass

from tidemark.core.params import RecordingEntry


@dataclass(frozen=True)
class Units:
    """Labels of a dataset's axes."""

    time: str = "sample"
    """Label of the time axis."""
    samples: float = 1.0
    """Samples in one unit of the time axis."""
    value: str = "value"
    """Label of the signal's axis."""
    error: str = "L1 error"
    """Label of the error's axis."""


def units(entry: RecordingEntry | None) -> Units:
    """Labels for a recording, or for a generated dataset (`entry` is none), whose unit is its own.

    Recordings are standardised. Their time is counted in samples unless the entry says how
    many of them there are in a unit of time.
    """
    if entry is None:
        return Units()
    name = ", ".join(entry.columns or []) or "value"
    unit = "standardised" if not entry.units else f"{entry.units}, standardised"
    rate = entry.sampling_rate
    return Units(
        time="sample" if rate is None else f"time ({entry.rate_unit})",
        samples=1.0 if rate is None else rate,
        value=f"{name} ({unit})",
        error="L1 error (standardised)",
    )
