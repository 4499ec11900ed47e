"""What a trained model was learned from, as its folder says."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tidemark.core.store import DatasetInfo, read_json
from tidemark.core.training_settings import settings
from tidemark.evaluation.origin import Training

LAWS = "laws"
"""Folder of a task whose files draw fresh signals."""
FRESH = "fresh"
NOISE = "noise"
"""Keys of a law that begin so say how noisy signals are: always worth saying."""


def training_of(model: Path, info: DatasetInfo) -> Training:
    """What the model in folder `model` was trained on and how long; `info` is of its dataset."""
    entry = read_json(model / "training.json")
    training, (*_, room, source) = entry["training"], entry["source"].split("/")
    fresh, steps, batch = room == LAWS, _steps(model, entry["training"]["steps"]), entry["training"]["batch"]
    return Training(
        signals=steps * batch + (training.get("start") or 0) if fresh else info.splits["train"],
        source=FRESH if fresh else source,
        steps=steps,
        batch=batch,
        law=_law(training, info.law),
        first=(entry.get("init_from") or "").rpartition("/")[2],
        settings=settings(model),
    )


def _law(training: Mapping[str, Any], law: Mapping[str, Any]) -> dict[str, list[Any]]:
    """Values that keys of the law took in training, one after another; of noise in any case."""
    changed = training.get("law") or {}
    stages = [stage["law"] for stage in training.get("curriculum") or ()]
    keys = [key for key, value in law.items() if key.startswith(NOISE) and not isinstance(value, str)]
    keys += [key for each in (changed, *stages) for key in each if key not in keys]
    own = {**law, **changed}
    return {
        key: [{**own, **stage}.get(key) for stage in stages if key in stage] + [own.get(key)]
        for key in dict.fromkeys(keys)
    }


def _steps(model: Path, most: int) -> int:
    """Steps until training ended, by its curve: patience may have ended it early."""
    last = (model / "curve.csv").read_text().rstrip().rpartition("\n")[2].partition(",")[0]
    return min(int(last), most) if last.isdigit() else most
