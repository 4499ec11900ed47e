"""The page and the notebook on models from Python run as they stand, in a process of their own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from support.documents import REPOSITORY, blocks, read
from support.models import signals
from tidemark.core import trained
from tidemark.core.calibration import Calibration
from tidemark.core.conformal import half_widths
from tidemark.core.likeness import describe

NOTEBOOK = REPOSITORY / "docs/from-python.ipynb"
GRU = {"hidden": 4, "cell": "gru", "initialisation": "identity", "output": "linear"}
GIVEN = """
import numpy as np
signals = np.random.default_rng(0).normal(size=(20, 100))
targets = signals[:, 0]
"""
"""What the page takes for granted; parts with models that the test lacks are not run."""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """With a model called as in the documents: one that gives back what it is given."""
    info = signals(name="sine", length=100)
    network = trained.build("recurrent", GRU, info, "test")
    known = trained.TrainedInfo("sine-gru", "recurrent", GRU, True, 1, info)
    random = np.random.default_rng(0)
    noisy = np.sin(np.arange(100) / 10) + random.uniform(-0.35, 0.35, (100, 1, 100))
    inputs = np.concatenate([noisy, random.normal(size=(100, 1, 100))])  # such as the page takes
    calibration = Calibration(describe(inputs), half_widths(random.normal(size=(99, 1, 100))))
    trained.save(tmp_path / "models/sine/sine-gru", known, network.state_dict(), calibration=calibration)
    return tmp_path


def run(folder: Path, pieces: list[str]) -> str:
    """Execute pieces of code in order, in one namespace of a fresh process."""
    program = f"space = {{'__name__': '__main__'}}\nfor piece in {pieces!r}:\n    exec(piece, space)\n"
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", program],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(REPOSITORY / "src")},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_the_notebook_runs(folder: Path) -> None:
    content = json.loads(NOTEBOOK.read_text(encoding="utf-8"))
    assert content["nbformat"] == 4 and len({cell["id"] for cell in content["cells"]}) == len(
        content["cells"]
    )
    code = ["".join(cell["source"]) for cell in content["cells"] if cell["cell_type"] == "code"]
    printed = run(folder, code).splitlines()
    assert printed[0].startswith("noisy: mean absolute error 0.1")
    assert printed[-1].startswith(
        "array: sample 1, channel '0': 1e+20 is too large for the model; leave it empty"
    )
    outputs = [output for cell in content["cells"] for output in cell.get("outputs", [])]
    assert {output["output_type"] for output in outputs} == {"stream", "execute_result"}  # and no error
    assert len(content["cells"]) < 20 and NOTEBOOK.stat().st_size < 20_000


def test_the_page_runs(folder: Path) -> None:
    code = [block.text for block in blocks(read("docs/from-python.md")) if block.language == "python"]
    runnable = [text for text in code if "weekly" not in text]
    assert len(runnable) == len(code) - 1
    run(folder, [GIVEN, *(text.rpartition("probabilities =")[0] or text for text in runnable)])
