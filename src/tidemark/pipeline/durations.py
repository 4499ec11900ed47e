"""How long stages take: as earlier runs measured it, corrected by what this run measures."""

from __future__ import annotations

import json
from collections import defaultdict
from contextlib import suppress
from pathlib import Path

from tidemark.pipeline.plan import kind

USUAL = {"train": 15.0, "finetune": 15.0}
"""Seconds of a stage of some kinds before any has been measured."""
OTHER = 3.0
"""Seconds of any other stage."""
LONGEST = 1e9
"""Seconds that no stage takes."""


class Durations:
    """Expected and measured seconds of stages, kept in a file from run to run."""

    def __init__(self, path: Path) -> None:
        """Read what earlier runs measured, if there is anything."""
        self._path = path
        self._earlier = _read(path)
        self._measured: dict[str, float] = {}
        self._took: defaultdict[str, float] = defaultdict(float)
        self._predicted: defaultdict[str, float] = defaultdict(float)

    def expected(self, stage: str) -> float:
        """Seconds that a stage will take.

        If those of its kind took twice as long in this run as was expected of them (another scale,
        a busy machine), so will this one.
        """
        like = kind(stage)
        pace = self._took[like] / self._predicted[like] if like in self._took else 1.0
        return pace * self._before(stage)

    def note(self, stage: str, seconds: float) -> None:
        """Remember how long a stage took."""
        self._measured[stage] = max(seconds, 0.01)
        self._took[kind(stage)] += self._measured[stage]
        self._predicted[kind(stage)] += self._before(stage)

    def save(self) -> None:
        """Write all that is known, for the next run, if it can be: the run does not need it."""
        with suppress(OSError):
            self._path.write_text(json.dumps(self._earlier | self._measured, indent=1, sort_keys=True))

    def _before(self, stage: str) -> float:
        return self._earlier.get(stage, USUAL.get(kind(stage), OTHER))


def _read(path: Path) -> dict[str, float]:
    """Seconds by stage; none of what is no such number, as after a fault."""
    try:
        content = json.loads(path.read_text())
        items = content.items()
    except (OSError, ValueError, AttributeError, RecursionError):
        return {}
    return {stage: value for stage, value in items if isinstance(value, float | int) and 0 < value < LONGEST}


def exact(seconds: float) -> str:
    """Seconds as text: `4.2 s`, `3 min 07 s`, `2 h 05 min`."""
    if seconds < 59.95:
        return f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), 60)
    if minutes < 60:
        return f"{minutes} min {rest:02d} s"
    return f"{minutes // 60} h {minutes % 60:02d} min"


def about(seconds: float) -> str:
    """Seconds that are only estimated as text: `20 s`, `7 min`, `2 h 05 min`."""
    if seconds < 95:
        return f"{max(10, round(seconds, -1)):.0f} s"
    minutes = round(seconds / 60)
    return f"{minutes} min" if minutes < 60 else exact(seconds)
