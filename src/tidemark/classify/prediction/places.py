"""Rows that come one by one in their places on the grid of a model's rate."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np

from tidemark.classify.studies.checks import LONGER, shown, usual_step
from tidemark.classify.studies.grid import CLOSE, STRAY
from tidemark.classify.studies.resampling import ratio_of
from tidemark.core.errors import InputError
from tidemark.core.store import Array


class Places:
    """Gives each row a place, as `studies.grid.on_grid` does where a recording has the model's rate.

    In a stretch without a gap rows follow one another, so that jitter does no harm. Where times have moved
    by a whole sample, as by a clock that is a little slow or fast, a place is left free, or a row has none.
    """

    def __init__(self, path: Path, first: Array, rate: float) -> None:
        """Of a recording whose `first` rows have these rising times, (rows,) ns since 1970, at least two.

        Raises `InputError` where they are not `rate` a second: what is resampled is not known at once.
        """
        self._usual = usual_step(path, first, rate)
        steps = np.diff(first)
        steps = steps[steps <= LONGER * self._usual]
        measured = 1e9 / float(steps.mean())
        if ratio_of(rate, measured, len(steps) + 1) != 1:
            raise InputError(
                f"{path}: {measured:.6g} rows a second, but the model takes {rate:g}, and with --follow "
                "nothing is resampled; give that rate, or name a file"
            )
        self._path, self._rate = path, rate / 1e9
        self._origin = self._start = self._last = int(first[0])
        self._first = self._count = 0
        self._place = -1

    def of(self, time: int, row: int) -> int | None:
        """Place of the next row, which errors call `row`; none where it is one too many.

        Raises `InputError` where its time does not rise.
        """
        if self._place >= 0 and time <= self._last:
            raise InputError(
                f"{self._path}: row {row}: {shown(time)} is no later than {shown(self._last)} of the row "
                "before; send rows in order of time"
            )
        gap = time - self._last > LONGER * self._usual
        self._last = time
        stray = (time - self._start) * self._rate - self._count
        if gap or stray >= STRAY:
            self._begin(time, math.floor((time - self._origin) * self._rate + CLOSE))
        elif stray <= -STRAY:
            self._begin(time, self._place + 1)
            self._start += round(1 / self._rate)  # the next row is to come a step later
            return None
        self._place = self._first + self._count
        self._count += 1
        return self._place

    def _begin(self, time: int, place: int) -> None:
        """A stretch that starts at a time, at a place that is not yet taken."""
        self._start, self._count, self._first = time, 0, max(place, self._place + 1)
