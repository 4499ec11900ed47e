"""How long each predictor takes, as a benchmark measured it: metrics/speed/<dataset>.json."""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path

from tidemark.core.errors import InputError
from tidemark.core.store import read_json

FOLDER = "speed"


@dataclass(frozen=True)
class Speed:
    """Microseconds of one thread."""

    batched: float
    """For each of many at once."""
    alone: float = math.nan
    """For one and no other, the predictor being loaded; NaN where it was not measured."""


def read(folder: Path) -> dict[str, Speed]:
    """The speed of each predictor, from `folder/<dataset>.json`; empty where there is no folder.

    Raises `InputError` naming a file that does not hold them.
    """
    result: dict[str, Speed] = {}
    for path in sorted(folder.glob("*.json")):
        content = read_json(path)
        try:
            alone = content.get("microseconds_alone", {})
            speeds = {
                str(name): Speed(float(value), float(alone.get(name, math.nan)))
                for name, value in content["microseconds"].items()
            }
        except (AttributeError, KeyError, TypeError, ValueError):
            raise InputError(
                f"{path}: no microseconds by predictor; run benchmarks/forecast_speed.py --keep again"
            ) from None
        for name, speed in speeds.items():
            if min(speed.batched, speed.alone) <= 0:
                raise InputError(f"{path}: {name} took no time; expected microseconds above zero")
        result |= speeds
    return result
