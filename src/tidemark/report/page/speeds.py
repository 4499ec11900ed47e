"""How long each predictor takes to answer, as a benchmark measured it: metrics/speed/<dataset>.json."""

from __future__ import annotations

from pathlib import Path

from tidemark.core.errors import InputError
from tidemark.core.store import read_json

FOLDER = "speed"


def read(folder: Path) -> dict[str, float]:
    """Microseconds an answer by predictor, from `folder/<dataset>.json`; empty where there is no folder.

    Raises `InputError` naming a file that does not hold them.
    """
    result: dict[str, float] = {}
    for path in sorted(folder.glob("*.json")):
        content = read_json(path)
        try:
            result |= {str(name): float(value) for name, value in content["microseconds"].items()}
        except (AttributeError, KeyError, TypeError, ValueError):
            raise InputError(
                f"{path}: no microseconds by predictor; run benchmarks/forecast_speed.py --keep again"
            ) from None
    return result
