"""Scores measured at scale paper, kept beside those of the default run."""

from __future__ import annotations

import platform
from collections.abc import Sequence
from pathlib import Path

from tidemark.core.errors import InputError
from tidemark.core.store import read_json, write_json


def keep(folder: Path, predictors: Sequence[str], device: str | None = None) -> list[Path]:
    """Write `metrics/paper/<predictor>.json`: the predictor's metrics and the device's name.

    `device` is by default the GPU that torch finds, otherwise the processor. Raises `InputError` for
    metrics that are missing or of another scale.
    """
    written = []
    for name in predictors:
        path = folder / "metrics" / f"{name}.json"
        record = read_json(path)
        if record["scale"] != "paper":
            raise InputError(
                f"{path}: measured at scale {record['scale']!r}, not 'paper'; run "
                f"`dvc repro evaluate@{name}` with scale: paper first"
            )
        target = folder / "metrics" / "paper" / path.name
        write_json(target, record | {"device": device or _device()})
        written.append(target)
    return written


def _device() -> str:
    import torch

    if torch.cuda.is_available():
        return torch.cuda.get_device_name()
    return f"CPU, {platform.machine()}"
