"""Dates of a calendar's steps: months, quarters, years and working days are no constant time."""

from __future__ import annotations

import numpy as np

from tidemark.core.store import Array

CALENDAR = {"month": (28, 31), "quarter": (90, 92), "year": (365, 366)}
"""Days from one date to the next that are no constant step."""
WEEKEND = (5, 6)


def calendar(times: Array) -> str:
    """Why rows at `times`, (rows,) int64 microseconds since 1970, are counted; empty where they are not."""
    if times.dtype.kind != "i" or len(times) < 3:
        return ""
    days = np.diff(times) / 86_400e6
    for step, (low, high) in CALENDAR.items():
        if low <= days.min() and days.max() <= high and days.min() < days.max():
            return f"one row a {step}, which is no constant time: rows are counted"
    weekday = (times // 86_400_000_000 + 3) % 7  # 1970-01-01 was a Thursday
    if days.min() == 1 < days.max() and not np.isin(weekday, WEEKEND).any() and len(times) > 10:
        return "working days, which are no constant time: rows are counted"
    return ""
