"""Other libraries' methods run on a dataset's own windows: metrics/rivals/<task>-<dataset>.json."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tidemark.core.errors import InputError
from tidemark.core.store import read_json
from tidemark.evaluation.comparison import Score

FOLDER = "rivals"


@dataclass(frozen=True)
class Rival:
    """One method of a library, its options chosen on validation signals."""

    name: str
    library: str
    version: str
    way: str
    """How it comes by its answers: fitted to each signal, or learned on many."""
    score: Score
    """In the metric that ranks."""
    cpu_seconds: float
    """Options chosen, fitted and predicted."""


@dataclass(frozen=True)
class Rivals:
    """Those of one dataset, best first."""

    windows: int
    of: int
    """Test signals predicted, of how many."""
    baseline: str
    """The best classical method here …"""
    against: Score
    """… and its score on those same signals."""
    rivals: Sequence[Rival]


def read(folder: Path) -> dict[tuple[str, str], Rivals]:
    """By task and dataset, from the files in `folder`; empty where there is no folder.

    Raises `InputError` naming a file that does not hold them.
    """
    result: dict[tuple[str, str], Rivals] = {}
    for path in sorted(folder.glob("*.json")):
        content = read_json(path)
        try:
            result[content["task"], content["dataset"]] = _rivals(content)
        except (AttributeError, KeyError, TypeError, ValueError):
            raise InputError(
                f"{path}: no scores of rivals; run benchmarks/rivals/score.py --keep again"
            ) from None
    return result


def _rivals(content: Mapping[str, Any]) -> Rivals:
    own = content["baseline"]
    rivals = [
        Rival(name, each["library"], each["version"], each["way"], Score(*each["score"]), each["cpu_seconds"])
        for name, each in content["rivals"].items()
    ]
    return Rivals(content["windows"], content["of"], own["name"], Score(*own["score"]), rivals)
