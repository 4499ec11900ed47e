"""How long each predictor takes to answer, as a benchmark measured and kept it."""

from __future__ import annotations

from pathlib import Path

from tidemark.core.errors import InputError
from tidemark.core.store import read_json


def read(folder: Path) -> dict[str, float]:
    """Microseconds an answer by predictor, from `folder/<dataset>.json`; empty where there is no folder.

    Raises `InputError` naming a file that does not hold them.
    """
    found: dict[str, float] = {}
    for path in sorted(folder.glob("*.json")):
        content = read_json(path)
        try:
            found |= {str(name): float(value) for name, value in content["microseconds"].items()}
        except (AttributeError, KeyError, TypeError, ValueError):
            raise InputError(
                f"{path}: no microseconds by predictor; run benchmarks/forecast_speed.py --keep again"
            ) from None
    return found


def duration(microseconds: float) -> str:
    """In a unit that leaves a number to read, two digits or the whole units."""
    value, unit = microseconds, "µs"
    for larger in ("ms", "s"):
        if value >= 1000:
            value, unit = value / 1000, larger
    return f"{value:.0f} {unit}" if value >= 10 else f"{value:.2g} {unit}"
