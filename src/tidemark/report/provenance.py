"""Where a kept score comes from, and whether parameters and code are still those that made it."""

from __future__ import annotations

import hashlib
import json
import platform
import subprocess
from collections.abc import Mapping, Sequence
from datetime import date
from importlib.metadata import version
from pathlib import Path
from typing import Any

from tidemark.core import params, paths
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
        "results": results(root, task, dataset, models),
        "device": device or device_name(),
        "versions": {"python": platform.python_version()} | {name: version(name) for name in LIBRARIES},
        "seeds": list(seeds),
        "date": date.today().isoformat(),
        "command": command,
    }


def changed(root: Path, provenance: Mapping[str, Any]) -> list[str]:
    """Which of parameters and code in `root` are no longer those that made the scores.

    Other code that leaves the committed scores of the same predictors as they were does not count. Raises
    `InputError` where a predictor is no longer in params.yaml, or where `provenance` is none.
    """
    try:
        scores = provenance["scores"]
        of_code = (root, scores["task"], scores["dataset"], scores["predictors"])
        kept = {"parameters": provenance["parameters"], "code": provenance["code"]}
        scale = scores["scale"]
    except (KeyError, TypeError) as error:
        raise InputError(f"no {error} in its provenance; make it again") from None
    now = {"parameters": inputs.hash_parameters(*of_code, scale), "code": inputs.hash_code(*of_code)}
    different = [name for name in kept if kept[name] != now[name]]
    if different == ["code"] and provenance.get("results") and provenance["results"] == results(*of_code):
        return []
    return different


def results(root: Path, task: str, dataset: str, models: Sequence[str]) -> str:
    """SHA-256 of the committed scores of these predictors; empty where one of them has none.

    Runs of the default parameters give the same bytes each time, so that code which leaves all scores of a
    predictor as they were computes what it computed before.
    """
    kept = json.loads(git(root, "show", f"HEAD:./{paths.metrics(task, dataset)}") or "{}")
    found = {each["name"]: each["scores"] for each in kept.get("predictors", ()) if each["name"] in models}
    if len(found) < len(set(models)):
        return ""
    values = {
        name: {test: {metric: score[0] for metric, score in own.items()} for test, own in scores.items()}
        for name, scores in found.items()
    }
    return hashlib.sha256(json.dumps(values, sort_keys=True).encode()).hexdigest()


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
