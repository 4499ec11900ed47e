"""Spreads over seeds, from a run that trained every model several times, kept for runs that train once."""

from __future__ import annotations

from pathlib import Path

from tidemark.core import paths
from tidemark.core.errors import InputError
from tidemark.core.store import read_json
from tidemark.core.training_settings import settings
from tidemark.evaluation import comparison
from tidemark.report import provenance
from tidemark.report.page import results


def keep_seeds(root: Path) -> list[Path]:
    """Write `metrics/seeds/<dataset>.json` for each dataset in the pipeline in `root`.

    Each score is [[value by seed], [low, high]]. Raises `InputError` where models were trained but once.
    """
    written = []
    for result in results.read_all(root):
        compared = result.comparison
        path = root / paths.details(compared.task, compared.dataset) / "models" / "seeds.json"
        if not path.exists():
            continue
        models = {
            name: {
                "training": settings(root / paths.model(compared.dataset, name)),
                "seeds": compared[name].seeds,
                "scores": {
                    test: {metric: [each["values"], each["interval"]] for metric, each in metrics.items()}
                    for test, metrics in scores.items()
                },
            }
            for name, scores in read_json(path).items()
        }
        target = root / paths.seeds(compared.dataset)
        about = {"task": compared.task, "dataset": compared.dataset, "scale": compared.scale}
        trained = range(max(compared[name].seeds for name in models))
        again = f"dvc exp run -S seeds={len(trained)} && tidemark keep-seeds"
        origin = provenance.of(root, compared.task, compared.dataset, list(models), trained, again)
        comparison.write_compact(target, about | {"models": models, "provenance": origin})
        written.append(target)
    if not written:
        raise InputError("params.yaml: seeds = 1: every model was trained once; run with seeds: 5 first")
    return written
