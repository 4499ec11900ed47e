"""What the axes of a dataset are called."""

from __future__ import annotations

from dataclasses import dataclass

from tidemark.core.store import DatasetInfo
from tidemark.report.figures.style import as_label
from tidemark.report.figures.view import View

RECORDED = "recorded"
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


def units(view: View, info: DatasetInfo) -> Units:
    """Labels for a recording, or for signals drawn from a law, whose units are their own."""
    if info.generator != RECORDED:
        return Units(view.error, view.position)
    as_recorded = info.normalisation == "standard" and {*info.mean} == {0} and {*info.std} == {1}
    scaled = "" if as_recorded else SCALED[info.normalisation]
    unit = as_label(", ".join(filter(None, (info.units, scaled))))
    return Units(
        error=f"{view.error} ({scaled})" if scaled else view.error,
        position=f"{view.time} ({info.rate_unit})",
        time=f"time ({info.rate_unit})",
        samples=info.sampling_rate,
        value=f"value ({unit})",
    )
