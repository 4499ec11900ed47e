"""Where a kept score comes from, and whether parameters and code are still those that made it."""

from __future__ import annotations

import platform
import subprocess
from collections.abc import Mapping, Sequence
from datetime import date
from importlib.metadata import version
from pathlib import Path
from typing import Any

from tidemark.core import params
from tidemark.core.errors import InputError
from tidemark.report import inputs

LIBRARIES = ("numpy", "scipy", "torch")
CPU = Path("/proc/cpuinfo")
SOURCES = ("src", "stages", "params.yaml", "dvc.yaml", ":(glob)pipelines/**/*.yaml")
"""What a run reads; its metrics and locks are what it writes."""
CHOICES = "^(scale|seeds):"
"""Lines of params.yaml that a run of what is kept changes; both are recorded beside the commit."""


def of(
    root: Path,
    task: str,
    dataset: str,
    models: Sequence[str],
    seeds: Sequence[int],
    command: str,
    *,
    scale: str | None = None,
    device: str | None = None,
) -> dict[str, Any]:
    """Provenance of scores of `models` (or baselines, limits), made by the parameters and code in `root`.

    `seeds` are those of training, `command` makes the scores again; `scale` is by default the one chosen,
    `device` the GPU that torch finds, otherwise the processor. Raises `InputError` for unknown predictors.
    """
    scale = scale or str(params.read(root / params.TOP).get("scale"))
    return {
        "scores": {"task": task, "dataset": dataset, "scale": scale, "predictors": sorted(models)},
        "commit": commit(root),
        "parameters": inputs.hash_parameters(root, task, dataset, models, scale),
        "code": inputs.hash_code(root, task, dataset, models),
        "device": device or device_name(),
        "versions": {"python": platform.python_version()} | {name: version(name) for name in LIBRARIES},
        "seeds": list(seeds),
        "date": date.today().isoformat(),
        "command": command,
    }


def changed(root: Path, provenance: Mapping[str, Any]) -> list[str]:
    """Which of parameters and code in `root` are no longer those that made the scores.

    Raises `InputError` where a predictor is no longer in params.yaml, or where `provenance` is none.
    """
    try:
        scores = provenance["scores"]
        of_code = (root, scores["task"], scores["dataset"], scores["predictors"])
        kept = {"parameters": provenance["parameters"], "code": provenance["code"]}
        scale = scores["scale"]
    except (KeyError, TypeError) as error:
        raise InputError(f"no {error} in its provenance; make it again") from None
    now = {"parameters": inputs.hash_parameters(*of_code, scale), "code": inputs.hash_code(*of_code)}
    return [name for name in kept if kept[name] != now[name]]


def device_name() -> str:
    """Name of the GPU that torch finds; otherwise of the processor."""
    import torch

    return torch.cuda.get_device_name() if torch.cuda.is_available() else processor()


def processor(described: Path = CPU) -> str:
    """The processor's model, as Linux describes it; its architecture where nothing says more."""
    try:
        lines = (line.partition(":") for line in described.read_text().splitlines())
        models = [value.strip() for key, _, value in lines if key.strip() == "model name"]
    except OSError:
        models = []
    return next(iter(models), "") or f"CPU, {platform.processor() or platform.machine()}"


def commit(root: Path) -> str:
    """The commit that is checked out, `-dirty` where parameters or code differ; empty without Git."""
    head = git(root, "rev-parse", "HEAD").strip()
    changed = head and (
        git(root, "diff", f"--ignore-matching-lines={CHOICES}", "HEAD", "--", *SOURCES)
        or git(root, "ls-files", "--others", "--exclude-standard", "--", *SOURCES)
    )
    return f"{head}-dirty" if changed else head


def git(root: Path, *arguments: str) -> str:
    """What `git` prints, in `root`; empty where it fails."""
    try:
        command = ["git", *arguments]
        return subprocess.run(command, cwd=root, capture_output=True, text=True, check=True).stdout
    except (OSError, subprocess.CalledProcessError):
        return ""
