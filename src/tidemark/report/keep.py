"""Scores measured at scale paper, committed beside those of the default run."""

from __future__ import annotations

import platform
import subprocess
from collections.abc import Sequence
from dataclasses import asdict
from importlib.metadata import version
from pathlib import Path

from tidemark.core import paths
from tidemark.core.errors import InputError
from tidemark.core.store import write_json
from tidemark.report.page import paper, results


def keep(root: Path, predictors: Sequence[str], device: str | None = None) -> list[Path]:
    """Write `metrics/paper/<predictor>.json`: the predictor's scores, and where they come from.

    `device` is by default the GPU that torch finds, otherwise the processor. Raises `InputError` for
    predictors that are not scored, or at another scale.
    """
    written = []
    everyone = {
        each.name: result for result in results.read_all(root) for each in result.comparison.predictors
    }
    for name in predictors:
        if name not in everyone:
            raise InputError(f"{name!r}: not scored; `tidemark table` lists all predictors that are")
        compared = everyone[name].comparison
        path = paths.metrics(compared.task, compared.dataset)
        if compared.scale != paper.SCALE:
            raise InputError(
                f"{path}: measured at scale {compared.scale!r}, not {paper.SCALE!r}; run the pipeline with "
                f"scale: {paper.SCALE} first"
            )
        each = compared[name]
        target = root / paths.METRICS / paper.FOLDER / f"{name}.json"
        scores = {
            test: {metric: asdict(score) for metric, score in of_test.items()}
            for test, of_test in each.scores.items()
        }
        about = {"task": compared.task, "dataset": compared.dataset, "scale": compared.scale}
        origin = {"device": device or _device(), "commit": _commit(root), "versions": _versions()}
        write_json(target, about | {"parameters": each.parameters, "test": scores} | origin)
        written.append(target)
    return written


def _device() -> str:
    import torch

    if torch.cuda.is_available():
        return torch.cuda.get_device_name()
    return f"CPU, {platform.machine()}"


def _commit(root: Path) -> str:
    """The commit that is checked out, `-dirty` where something differs from it; empty without Git."""
    command = ["git", "describe", "--always", "--dirty", "--abbrev=40", "--exclude=*"]
    try:
        done = subprocess.run(command, cwd=root, capture_output=True, text=True, check=True)
    except (OSError, subprocess.CalledProcessError):
        return ""
    return done.stdout.strip()


def _versions() -> dict[str, str]:
    return {name: version(name) for name in ("numpy", "scipy", "torch")} | {
        "python": platform.python_version()
    }
