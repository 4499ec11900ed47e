"""What the axes of a dataset are called."""

from __future__ import annotations

from dataclasses import dataclass

from tidemark.core.entries import RecordingEntry
from tidemark.figures.views import View

SCALED = {"standard": "standardised", "window": "window scaled"}
"""What was done to the values of a recording."""


@dataclass(frozen=True)
class Units:
    """Labels of a dataset's axes."""

    error: str
    """Label of the error's axis."""
    position: str
    """Label of the axis of an error's position."""
    time: str = "sample"
    """Label of the time axis."""
    samples: float = 1.0
    """Samples in one unit of the time axis."""
    value: str = "value"
    """Label of the signal's axis."""


def units(view: View, entry: RecordingEntry | None = None) -> Units:
    """Labels for a recording, or for a generated dataset (`entry` is none), whose unit is its own.

    A recording's time is counted in samples unless the entry says how many of them there are in a unit of
    time.
    """
    if entry is None:
        return Units(view.error, view.position)
    name = ", ".join(entry.columns or []) or "value"
    scaled = SCALED[entry.normalisation]
    unit = scaled if not entry.units else f"{entry.units}, {scaled}"
    rate, time = entry.sampling_rate, "time ahead" if view.ahead else "time"
    return Units(
        error=f"{view.error} ({scaled})",
        position=view.position if rate is None else f"{time} ({entry.rate_unit})",
        time="sample" if rate is None else f"time ({entry.rate_unit})",
        samples=1.0 if rate is None else rate,
        value=f"{name} ({unit})",
    )
