"""Comparing a task that has no limits, no positions and whose better scores are the higher ones."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest

from stages.compare import compare
from tidemark.tasks import classify

PARAMS = """
scale: smoke
training: {threads: 1, checkpoint_seconds: 10, snapshots: 4}
evaluation: {resamples: 10, confidence: 0.95, seed: 0, examples: 2}
tasks: {classify: {}}
datasets: {}
recordings: {}
studies:
  wrist: {folder: data/recorded/wrist, labels: Walmsley2020, split: {test: [P001]}}
models:
  net:
    task: classify
    dataset: wrist
    arch: spectrogram_cnn
    training: {loss: cross_entropy, steps: 2, batch: 2, learning_rate: 0.1}
baselines:
  share: {task: classify, dataset: wrist, method: majority}
limits: {}
"""


def table(path: Path) -> list[dict[str, str]]:
    with path.open(newline="") as file:
        return list(csv.DictReader(file))


def test_a_classification_is_compared(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("params.yaml").write_text(PARAMS)
    for folder in ("metrics", "curves", "models/net"):
        Path(folder).mkdir(parents=True)
    for name, kappa in (("net", 0.7), ("share", 0.0)):
        score = {"value": kappa, "low": kappa - 0.1, "high": kappa + 0.1}
        record = {"parameters": 5, "test": {"test": dict.fromkeys(classify.BETTER, score)}}
        Path(f"metrics/{name}.json").write_text(json.dumps(record))
    Path("models/net/model.json").write_text('{"causal": false}')
    Path("curves/net.csv").write_text("step,train,validation,kappa\n2,0.4,0.5,0.6\n")
    compare("classify", *(Path(each) for each in ("metrics", "models", "curves", "details", "found")))
    rows = table(Path("found/leaderboard.csv"))
    assert [(row["rank"], row["predictor"], row["limit"]) for row in rows] == [
        ("1", "net", ""),
        ("2", "share", ""),
    ]
    assert {"kappa_low", "smoothed_kappa", "calibration_error_high"} < set(rows[0])
    assert table(Path("found/curves.csv"))[1]["kappa"] == "0.6"
    for empty in ("tests", "position", "stages"):
        assert table(Path(f"found/{empty}.csv")) == []
