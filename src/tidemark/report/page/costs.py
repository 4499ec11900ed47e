"""What trainings cost, as `tidemark keep-costs` kept it: metrics/cost/<dataset>.json."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from tidemark.core.errors import InputError
from tidemark.core.store import read_json

FOLDER = "cost"


@dataclass(frozen=True)
class Cost:
    """Of one training."""

    cpu_seconds: float
    settings: str
    """A hash of what was trained, with what and on what."""


def read(folder: Path) -> dict[str, Cost]:
    """The cost of each model's training, from `folder/<dataset>.json`; empty where there is no folder.

    Raises `InputError` naming a file that does not hold them.
    """
    result: dict[str, Cost] = {}
    for path in sorted(folder.glob("*.json")):
        try:
            models = read_json(path)["models"].items()
            result |= {name: Cost(float(each["cpu_seconds"]), str(each["settings"])) for name, each in models}
        except (AttributeError, KeyError, TypeError, ValueError):
            raise InputError(f"{path}: no CPU seconds by model; run `tidemark keep-costs` again") from None
    return result
