"""What trainings cost here, kept beside scores: no output of the pipeline, since no two runs agree."""

from __future__ import annotations

from pathlib import Path

from tidemark.core import paths
from tidemark.core.errors import InputError
from tidemark.core.store import read_json, write_json
from tidemark.core.training_settings import settings
from tidemark.report import provenance
from tidemark.report.page import costs, results


def keep_costs(root: Path) -> list[Path]:
    """Write `metrics/cost/<dataset>.json` for each dataset whose models were trained in `root`.

    A model that was taken from the cache keeps what is known of it. Raises `InputError` where none was
    trained.
    """
    written = []
    for result in results.read_all(root):
        task, dataset = result.task, result.name
        known = {
            name: cost for name, cost in result.costs.items() if _is_of(root, dataset, name, cost.settings)
        }
        models = {
            name: {"cpu_seconds": cost.cpu_seconds, "settings": cost.settings} for name, cost in known.items()
        }
        measured = {}
        for each in result.comparison.of_kind("model"):
            path = root / paths.cost(each.name)
            content = read_json(path) if path.exists() else {}
            if content and _is_of(root, dataset, each.name, content["settings"]):
                measured[each.name] = content | {"cpu_seconds": float(f"{content['cpu_seconds']:.3g}")}
        if not measured:
            continue
        models |= measured
        again = f"dvc repro --force pipelines/{task}/train/dvc.yaml && tidemark keep-costs"
        origin = provenance.of(root, task, dataset, sorted(models), [], again)
        target = root / paths.METRICS / costs.FOLDER / f"{dataset}.json"
        write_json(target, {"models": models, "provenance": origin})
        written.append(target)
    if not written:
        raise InputError(f"{root / paths.cost('*')}: no training was measured here; run `dvc repro` first")
    return written


def _is_of(root: Path, dataset: str, name: str, trained: str) -> bool:
    """Whether the model that is there now is the one that was measured."""
    folder = root / paths.model(dataset, name)
    return (folder / "training.json").exists() and settings(folder) == trained
