"""Models with known results that also know what they were trained on, and how far off they are."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from support.models import signals, trained
from tidemark.core.calibration import Calibration
from tidemark.core.conformal import half_widths
from tidemark.core.likeness import describe
from tidemark.core.store import Array
from tidemark.core.trained import Trained


def calibrated(function: Callable[[Array], Array], inputs: Array, residuals: Array, **info: Any) -> Trained:
    """A model that predicts by a function of arrays, trained on scaled `inputs` (signals, channels, length).

    Its validation residuals are (signals, channels, steps), scaled.
    """
    known = Calibration(describe(inputs), half_widths(residuals))
    return replace(trained(function, signals(**info)), calibration=known)
