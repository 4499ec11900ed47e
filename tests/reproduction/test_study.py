"""A study's folder, fetched as a zip, from its files to scores; then one more participant."""

from __future__ import annotations

import json
import shutil
import threading
import zipfile
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from tidemark.simulations import wrist

pytestmark = pytest.mark.pipeline

SUMMARY = {"compare@classify", "report"}
FOLDER = "data/recorded/capture24"


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, format: str, *arguments: object) -> None:
        pass


def use_study(tree: dict[str, Any]) -> None:
    tree["tasks"] = {"classify": {}}
    for group in ("datasets", "models", "baselines", "limits"):
        tree[group] = {}
    tree["studies"] = {
        "capture24": {
            "folder": FOLDER,
            "labels": "Willetts2018",
            "window": 30,
            "split": {"test": ["P004"], "validation": ["P003"]},
            "on_error": "skip",
        }
    }
    training = {"loss": "balanced_cross_entropy", "steps": 6, "batch": 8, "learning_rate": 0.003}
    training["validate_every"] = 3
    model = {"task": "classify", "dataset": "capture24", "hyperparameters": {"filters": 2}}
    tree["models"] = {
        "stored": {**model, "arch": "spectrogram_cnn", "training": training},
        "raw": {
            **model,
            "arch": "residual_spectrogram",
            "hyperparameters": {"width": 4},
            "training": {**training, "source": "raw", "augmentation": {"rotation": 30}},
        },
    }
    tree["baselines"] = {"most": {"task": "classify", "dataset": "capture24", "method": "majority"}}


@pytest.fixture(scope="module")
def recordings(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("study") / "capture24"
    wrist.write(folder, wrist.Law(participants=5, hours=0.7), 3)
    return folder


def test_from_a_zip_to_scores_and_one_more_participant(
    pipeline: Any, recordings: Path, tmp_path: Path
) -> None:
    served = tmp_path / "served"
    served.mkdir()
    with zipfile.ZipFile(served / "capture24.zip", "w") as archive:
        for path in sorted(recordings.iterdir()):
            if path.name != "P005.csv.gz":
                archive.write(path, f"capture24/{path.name}")
    (pipeline.folder / "data/recorded").mkdir(exist_ok=True)
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(served))) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        address = f"http://127.0.0.1:{server.server_port}/capture24.zip"
        pipeline.dvc("import-url", address, "capture24.zip")
        server.shutdown()
    with zipfile.ZipFile(pipeline.folder / "capture24.zip") as archive:
        archive.extractall(pipeline.folder / "data/recorded")
    pipeline.params(use_study)
    ran = pipeline.repro()
    assert {"participants@capture24", "spectrogram@capture24", "train@raw", "baseline@most"} | SUMMARY <= ran
    for name in ("stored", "raw", "most"):
        scores = json.loads((pipeline.folder / f"metrics/{name}.json").read_text())["test"]["test"]
        assert -1 <= scores["kappa"]["low"] <= scores["kappa"]["value"] <= scores["kappa"]["high"] <= 1
    header = (pipeline.folder / "plots/curves/raw.csv").read_text().splitlines()[0]
    assert header == "step,train,validation,kappa"
    page = (pipeline.folder / "plots/report.html").read_text()
    assert 'id="task-classify"' in page and "× limit" not in page

    windows = pipeline.folder / "data/windows/capture24"
    before = {path: path.stat().st_mtime_ns for path in windows.glob("P*/signal.npy")}
    assert len(before) == 4
    shutil.copy(recordings / "P005.csv.gz", pipeline.folder / FOLDER)
    (pipeline.folder / FOLDER / "P006.csv.gz").write_bytes(b"no gzip file")
    assert {"participants@capture24", "spectrogram@capture24", "train@raw"} <= pipeline.repro()
    assert {path: path.stat().st_mtime_ns for path in before} == before
    study = json.loads((windows / "study.json").read_text())
    assert list(study["participants"]) == ["P001", "P002", "P003", "P004", "P005"]
    assert "P006.csv.gz" in study["skipped"]["P006"]
    assert "P006" in (pipeline.folder / "plots/report.html").read_text()
    assert pipeline.repro() == set()
