"""A project of one's own, by the wheel alone: no checkout is on the path."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

import numpy as np
import pytest

REPOSITORY = Path(__file__).parents[2]
NEEDED = (
    "src", "stages", "pipelines", "pyproject.toml", "README.md", "LICENSE", "dvc.yaml", "params.yaml", ".gitignore",
    ".dvc/plots",
)  # fmt: skip
SETUPTOOLS = 77
"""The oldest that knows the keys of pyproject.toml; an older one is left to pip, which fetches its own."""
pytestmark = pytest.mark.pipeline


def run(folder: Path, variables: dict[str, str], *command: str) -> str:
    done = subprocess.run(command, cwd=folder, env=variables, capture_output=True, text=True)
    assert done.returncode == 0, f"{command}\n{done.stdout}{done.stderr}"
    return done.stdout


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel's contents, installed into a folder of their own."""
    source, target = tmp_path_factory.mktemp("source"), tmp_path_factory.mktemp("target")
    for name in NEEDED:
        ignored = shutil.ignore_patterns("__pycache__", "*.egg-info")
        if (REPOSITORY / name).is_dir():
            shutil.copytree(REPOSITORY / name, source / name, symlinks=True, ignore=ignored)
        else:
            shutil.copy(REPOSITORY / name, source / name)
    isolated = [] if int(version("setuptools").split(".")[0]) < SETUPTOOLS else ["--no-build-isolation"]
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", *isolated, "--target", str(target)]
    run(source, dict(os.environ), *pip, str(source))
    shutil.rmtree(source)
    return target


def environment(installed: Path) -> dict[str, str]:
    folders = [str(Path(sys.executable).parent), os.environ["PATH"]]
    return os.environ | {
        "PYTHONPATH": str(installed),
        "PATH": os.pathsep.join(folders),
        "OMP_NUM_THREADS": "1",
    }


def test_from_a_file_to_a_report_without_a_checkout(installed: Path, tmp_path: Path) -> None:
    variables, project = environment(installed), tmp_path / "pumps"
    tidemark = [sys.executable, "-m", "tidemark.cli"]
    dvc = [sys.executable, "-m", "dvc"]
    where = run(tmp_path, variables, sys.executable, "-c", "import tidemark; print(tidemark.__file__)")
    assert Path(where.strip()).is_relative_to(installed)
    random = np.random.default_rng(0)
    values = np.sin(2 * np.pi * np.arange(1500) / 24) + 0.3 * random.normal(size=1500)
    rows = "".join(f"{row},{value:.4f}\n" for row, value in enumerate(values))
    (tmp_path / "pump.csv").write_text(f"time,acceleration [m/s²]\n{rows}")

    run(tmp_path, variables, *tidemark, "init", "pumps")
    said = run(project, variables, *tidemark, "add", "../pump.csv")
    assert "season of 24 samples" in said
    top = project / "params.yaml"
    top.write_text(top.read_text().replace("scale: laptop", "scale: smoke"))
    first = run(project, variables, *dvc, "repro")
    assert first.count("Running stage") == 7
    assert (project / "plots/report.html").read_text().count("pump-nlinear") > 0
    table = run(project, variables, *tidemark, "table", "pump")
    assert "pump-encoder-gru" in table and "pump-empirical-bayes" in table
    assert run(project, variables, *tidemark, "report", "pump").strip() == "plots/report-pump.html"
    assert "2 models at scale smoke" in run(project, variables, *tidemark, "check")

    # Nothing changed but what says so: nothing runs. Another dataset: only its own stages, and the report.
    assert [line for line in run(project, variables, *dvc, "repro").splitlines() if "Running" in line] == [
        "Running stage 'installed':"
    ]
    run(project, variables, *tidemark, "add", "../pump.csv", "--name", "again", "--horizon", "8")
    second = run(project, variables, *tidemark, "repro", "pipelines/forecast/dvc.yaml:figures@again")
    assert second.count("finished") == 6 and "pump" not in second
    assert "again-nlinear" in run(project, variables, *tidemark, "table", "again")
    run(project, variables, *tidemark, "remove", "again")
    run(project, variables, *tidemark, "repro")
    assert "again-nlinear" not in (project / "plots/report.html").read_text()

    # Another version of the code: everything.
    (installed / "tidemark/newer.py").write_text('"""A change."""\n')
    run(project, variables, *dvc, "repro", "installed")
    assert len(json.loads(run(project, variables, *dvc, "status", "--json"))) == 7
    (installed / "tidemark/newer.py").unlink()
