"""One predictor of scale paper is scored and kept by itself."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from support.changed_params import default_tree, put, write_params
from support.figures import environment
from support.pipeline import REPOSITORY

NOISE = 0.35**2 / 3
"""Variance of the uniform noise; of it two fitted numbers keep two hundredths."""


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A repository at scale paper with the signals of sine, fewer of them, and nothing else."""
    root = tmp_path_factory.mktemp("paper")
    for name in ("src", "stages", "dvc.yaml"):
        (root / name).symlink_to(REPOSITORY / name)
    top, denoise = default_tree(), default_tree("denoise")
    put(top, "scale", "paper")
    put(denoise, "datasets.sine.paper", {"train": 8, "validation": 8, "test": 400})
    write_params(root, {"": top, "denoise": denoise})
    for path in (REPOSITORY / "pipelines").rglob("dvc.yaml"):
        own = root / path.relative_to(REPOSITORY)
        own.parent.mkdir(parents=True, exist_ok=True)
        own.symlink_to(path)
    assert stage(root, "generate", "denoise", "sine").returncode == 0
    return root


def stage(root: Path, name: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", f"stages.{name}", *arguments]
    return subprocess.run(command, cwd=root, env=environment(), capture_output=True, text=True)


@pytest.mark.parametrize(("name", "mse"), [("sine-raw", NOISE), ("sine-least-squares", 2 * NOISE / 100)])
def test_a_reference_is_kept_without_any_other_predictor(root: Path, name: str, mse: float) -> None:
    result = stage(root, "keep", "denoise", name)
    assert result.returncode == 0, result.stderr
    kept = json.loads((root / "metrics" / "paper" / f"{name}.json").read_text())
    assert kept["test"]["test"]["mse"]["value"] == pytest.approx(mse, rel=0.1)
    command = f"dvc exp run -S scale=paper pipelines/denoise/dvc.yaml:generate@sine && python -m stages.keep denoise {name}"
    assert kept["provenance"]["command"] == command
    assert kept["provenance"]["scores"]["predictors"] == [name]


def test_a_name_that_nothing_has_is_refused_in_one_line(root: Path) -> None:
    result = stage(root, "keep", "denoise", "sine-none")
    assert result.returncode != 0
    assert len(result.stderr.splitlines()) == 1
    assert "'sine-none': no predictor of pipelines/denoise/params.yaml" in result.stderr
