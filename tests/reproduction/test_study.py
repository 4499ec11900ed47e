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

from tidemark.classify.laws import wrist

pytestmark = pytest.mark.pipeline

FOLDER = "data/recorded/capture24"
TRAINING = {"loss": "balanced_cross_entropy", "batch": 8, "learning_rate": 0.003, "validate_every": 3}
MODEL = {"dataset": "capture24", "hyperparameters": {}, "smoke": {}}
PARAMS: dict[str, Any] = {
    "simulations": {},
    "studies": {
        "capture24": {
            "folder": FOLDER,
            "common": {"labels": "Willetts2018", "window": 30, "on_error": "skip"},
            "smoke": {"split": {"test": ["P004"], "validation": ["P003"]}},
        }
    },
    "recipes": {
        "plain": {"training": TRAINING, "smoke": {"steps": 6, "hyperparameters": {"filters": 2}}},
        "rotated": {
            "training": TRAINING | {"augmentation": {"rotation": 30}},
            "smoke": {"steps": 6, "hyperparameters": {"width": 4}},
        },
    },
    "models": {
        "stored": MODEL | {"arch": "spectrogram_cnn", "source": "training/stored", "recipe": "plain"},
        "raw": MODEL | {"arch": "residual_spectrogram", "source": "classify/augmented", "recipe": "rotated"},
    },
    "baselines": {"capture24": ["majority"]},
    "oracles": {"capture24": []},
    "limits": {"capture24": []},
}
CUT = {"classify/participants@capture24", "classify/spectrogram@capture24"}
TRAIN = {"classify/train@stored", "classify/train@raw"}
RESULTS = {"classify/evaluate@capture24", "classify/figures@capture24", "report"}


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, format: str, *arguments: object) -> None:
        pass


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
    files = ("dvc.yaml", "train/dvc.yaml", "published.yaml")
    pipeline.copy(*(f"pipelines/classify/{file}" for file in files))
    pipeline.params(lambda tree: tree.update(PARAMS), "classify")
    assert pipeline.quick() == CUT | TRAIN | RESULTS
    scores = pipeline.scores("classify", "capture24")
    assert set(scores) == {"stored", "raw", "capture24-majority"}
    for each in scores.values():
        value, low, high = each["scores"]["test"]["kappa"]
        assert -1 <= low <= value <= high <= 1
    header = (pipeline.folder / "models/capture24/raw/curve.csv").read_text().splitlines()[0]
    assert header == "step,train,validation,kappa"
    page = (pipeline.folder / "plots/report.html").read_text()
    assert 'id="classify-capture24"' in page
    assert "× limit" not in page.partition('id="classify-capture24"')[2].partition("</section>")[0]

    windows = pipeline.folder / "data/windows/capture24"
    before = {path: path.stat().st_mtime_ns for path in windows.glob("P*/signal.npy")}
    assert len(before) == 4
    shutil.copy(recordings / "P005.csv.gz", pipeline.folder / FOLDER)
    (pipeline.folder / FOLDER / "P006.csv.gz").write_bytes(b"no gzip file")
    assert CUT | {"classify/train@raw"} <= pipeline.quick()
    assert {path: path.stat().st_mtime_ns for path in before} == before
    study = json.loads((windows / "study.json").read_text())
    assert list(study["participants"]) == ["P001", "P002", "P003", "P004", "P005"]
    assert "P006.csv.gz" in study["skipped"]["P006"]
    assert "P006" in (pipeline.folder / "plots/report.html").read_text()
    assert pipeline.repro() == set()
