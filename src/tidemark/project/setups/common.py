"""What setups share: blocks of time, and how far apart training windows start."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from tidemark.project.survey import Survey

SHORT = 3000
"""Samples up to which a larger share of a recording is for testing."""
WINDOWS = 4000
"""Training windows of one channel, about, at most: more cost time and say little more."""
HANDFUL = 5
"""Test windows without which there are no scores."""


def blocks(samples: int) -> list[float]:
    """Shares of a recording for training, validation and test."""
    return [0.6, 0.15, 0.25] if samples < SHORT else [0.7, 0.15, 0.15]


def test_samples(samples: int) -> int:
    """Length of the test block."""
    return samples - round((1 - blocks(samples)[2]) * samples)


def hop(samples: int, window: int, most: int = WINDOWS, channels: int = 1) -> int:
    """Samples between training windows: about `most` channels of them at most, no farther apart than long."""
    return max(1, min(window, round(blocks(samples)[0] * samples * channels / most)))


def recording(file: str, survey: Survey, columns: Sequence[str]) -> dict[str, Any]:
    """What an entry says in every task."""
    known = {survey.unit_of(column) for column in columns}
    unit = known.pop() if len(known) == 1 else ""
    entry = {"file": file, "columns": [*columns], **survey.timing} | ({"units": unit} if unit else {})
    missing = [int(each) if each.is_integer() and abs(each) < 1e15 else each for each in survey.missing]
    return entry | ({"missing": missing} if missing else {})


def clipped(value: float, low: int, high: int) -> int:
    """A number of samples within bounds."""
    return int(min(max(round(value), low), max(high, low)))
