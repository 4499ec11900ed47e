"""The learning rate as a function of the step."""

from __future__ import annotations

import math

from tidemark.core.entries import TrainingEntry


def learning_rate(entry: TrainingEntry, step: int) -> float:
    """Learning rate of `step` (from 0): linear warm-up, then constant or half a cosine to zero.

    Cosine: Loshchilov and Hutter, "SGDR", 2017, equation 5 with one period.
    """
    if step < entry.warmup:
        return entry.learning_rate * (step + 1) / entry.warmup
    if entry.schedule == "constant":
        return entry.learning_rate
    share = (step - entry.warmup) / max(1, entry.steps - entry.warmup)
    return entry.learning_rate * 0.5 * (1 + math.cos(math.pi * share))
