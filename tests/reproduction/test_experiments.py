"""Experiments run the code of their own workspace, and switch every size at once."""

import json
from typing import Any

import pytest

pytestmark = pytest.mark.pipeline


def raw_score(text: str) -> float:
    return float(json.loads(text)["test"]["test"]["l1"]["value"])


def test_an_experiment_in_a_temporary_copy_runs_the_copys_code(pipeline: Any) -> None:
    """Queue an experiment with changed code, take the change back, then run the queue."""
    path = pipeline.folder / "src/tidemark/baselines/denoise/raw.py"
    before = path.read_text()
    path.write_text(before.replace("    return gaps", "    return 0 * gaps"))
    assert path.read_text() != before
    pipeline.dvc("exp", "run", "--queue", "--name", "zeroed", "baseline@raw")
    path.write_text(before)
    pipeline.dvc("exp", "run", "--run-all")
    experiment = pipeline.git("for-each-ref", "--format=%(objectname)", "refs/exps/*/*/zeroed").strip()
    changed = raw_score(pipeline.git("show", f"{experiment}:metrics/raw.json"))
    kept = raw_score((pipeline.folder / "metrics/raw.json").read_text())
    assert changed == pytest.approx(0.63, abs=0.02)  # an estimate of zero errs by mean |sin| = 2/π
    assert kept == pytest.approx(0.175, abs=0.01)


def test_one_switch_changes_every_size(pipeline: Any) -> None:
    def scaled(tree: dict[str, Any]) -> None:
        tree["datasets"]["sine"]["splits"]["test"] = {"smoke": 16, "laptop": 24}
        tree["models"]["small"]["training"]["steps"] = {"smoke": 12, "laptop": 15}

    pipeline.params(scaled)
    pipeline.dvc("exp", "run", "--set-param", "scale=laptop", "train@small")
    info = json.loads((pipeline.folder / "data/sine/dataset.json").read_text())
    assert info["splits"] == {"test": 24, "train": 64, "validation": 16}
    curve = (pipeline.folder / "plots/curves/small.csv").read_text()
    assert curve.strip().splitlines()[-1].startswith("15,")
