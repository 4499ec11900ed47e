"""Periods and drifting amplitudes of sums of sines, for baselines and limits."""

from __future__ import annotations

from typing import Self

import numpy as np
from pydantic import model_validator

from tidemark.core.frozen import Count, Frozen
from tidemark.core.store import Array


class Periods(Frozen):
    """A range of periods."""

    lowest: Count = 2
    """Shortest period, in samples …"""
    highest: Count = 99
    """… and longest."""

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if not 2 <= self.lowest <= self.highest:
            raise ValueError(
                f"lowest {self.lowest} and highest {self.highest} are no range of periods; give whole "
                "numbers from 2 on, the smaller one first"
            )
        return self


def mean_square(value: float | tuple[float, float]) -> float:
    """Mean square of a number, or of numbers drawn uniformly from a range."""
    low, high = np.broadcast_to(value, 2)
    return float(low * low + low * high + high * high) / 3


def envelope(drift: tuple[float, float], samples: int) -> Array:
    """E[e(t) e(t′)] of e = 1 + (r − 1) w: w rises from 0 to 1 at a random sample and falls back to 0."""
    time, turn = np.arange(samples), np.arange(1, samples - 1)[:, None]
    way = np.minimum(time / turn, (samples - 1 - time) / (samples - 1 - turn))
    low, high = (end - 1 for end in drift)
    mean, square = way.mean(0), mean_square((low, high))
    return np.asarray(1 + (low + high) / 2 * (mean[:, None] + mean) + square * way.T @ way / len(turn))
