"""A fifth task, made of files alone, runs from its law to its part of the report."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.pipeline

TOY = Path(__file__).parent / "toy"
SPREAD, LENGTH = 0.5, 4
NOISE = {"test": 2.0, "quieter": 1.0}


def test_a_task_of_files_alone_runs_to_the_report(pipeline: Any) -> None:
    shutil.copytree(TOY, pipeline.folder, dirs_exist_ok=True, ignore=shutil.ignore_patterns("__pycache__"))
    assert pipeline.git("diff", "--name-only") == ""
    assert pipeline.repro() == {
        "toy/generate@constants",
        "toy/train@constants-weighted-sum",
        "toy/evaluate@constants",
        "toy/figures@constants",
        "report",
    }
    assert pipeline.git("diff", "--name-only").split() == ["dvc.lock"]

    scores = pipeline.scores("toy", "constants")
    for test, noise in NOISE.items():
        mse = {name: each["scores"][test]["mse"][0] for name, each in scores.items()}
        best = 1 / (SPREAD**-2 + LENGTH / noise**2)
        # A mean of 2,000 squared normal errors is within 3.2 % of its expectation two times of three.
        assert mse["constants-mean"] == pytest.approx(noise**2 / LENGTH, rel=0.13)
        assert mse["constants-posterior-mean"] == pytest.approx(best, rel=0.13)
        assert mse["constants-posterior-mean"] < mse["constants-weighted-sum"] < mse["constants-mean"]
    assert scores["constants-weighted-sum"]["limit"] == "constants-posterior-mean"

    page = (pipeline.folder / "plots/report.html").read_text()
    assert 'id="toy-constants"' in page
    section = page.partition('id="toy-constants"')[2].partition("</section>")[0]
    assert "squared error" in section
    assert "A toy's law" in section or "A toy&#39;s law" in section


def test_its_entries_are_checked_like_any_others(pipeline: Any) -> None:
    shutil.copytree(TOY, pipeline.folder, dirs_exist_ok=True, ignore=shutil.ignore_patterns("__pycache__"))
    pipeline.params(lambda tree: tree["datasets"]["constants"]["law"].update(width=1), "toy")
    checked = subprocess.run(
        [sys.executable, "-c", "import stages; from tidemark.cli import main; main()", "check"],
        cwd=pipeline.folder,
        env=pipeline.environment(),
        capture_output=True,
        text=True,
    )
    assert checked.returncode == 2
    where = "pipelines/toy/params.yaml: datasets.constants.law.width"
    assert checked.stderr == f"error: {where}: unknown key; expected one of length, noise, spread\n"
