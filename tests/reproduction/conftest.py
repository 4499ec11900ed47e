"""A small copy of the pipeline, at smoke scale, that tests may change and run."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from filelock import FileLock
from ruamel.yaml import YAML

REPOSITORY = Path(__file__).parents[2]
CODE = [
    "src",
    "stages",
    "dvc.yaml",
    ".dvcignore",
    ".gitignore",
    ".dvc/config",
    ".dvc/plots",
    "pyproject.toml",
]
RUNNING = re.compile(r"^Running stage '([^']*)'", re.MULTILINE)

TRAINING = {"loss": "l1", "steps": 12, "batch": 16, "learning_rate": 0.01, "validate_every": 4}
PARAMS: dict[str, Any] = {
    "scale": "smoke",
    "training": {"threads": 1, "checkpoint_seconds": 0, "snapshots": 4},
    "evaluation": {"resamples": 50, "confidence": 0.95, "seed": 0, "examples": 2},
    "tasks": {"denoise": {}},
    "datasets": {
        "sine": {
            "generator": "sine",
            "seed": 0,
            "splits": {"train": 64, "validation": 16, "test": 16},
            "law": {"length": 100},
        }
    },
    "recordings": {},
    "models": {
        "small": {
            "task": "denoise",
            "dataset": "sine",
            "arch": "recurrent",
            "hyperparameters": {"hidden": 4},
            "training": dict(TRAINING),
        },
        "other": {
            "task": "denoise",
            "dataset": "sine",
            "arch": "copied",
            "hyperparameters": {"hidden": 5},
            "training": dict(TRAINING),
        },
    },
    "finetuned": {},
    "projections": {},
    "simulations": {},
    "studies": {},
    "published": {},
    "baselines": {"raw": {"task": "denoise", "dataset": "sine", "method": "raw"}},
    "limits": {
        "posterior": {
            "task": "denoise",
            "dataset": "sine",
            "method": "phase_posterior",
            "options": {"causal": True},
        }
    },
}


@dataclass(frozen=True)
class Running:
    """A command that runs, and what it has printed so far."""

    process: subprocess.Popen[bytes]
    log: Path

    def output(self) -> str:
        """Everything printed so far, by children too."""
        return self.log.read_text()


@dataclass(frozen=True)
class Pipeline:
    """A pipeline in a folder of its own."""

    folder: Path
    shell: str = "/bin/sh"
    """What DVC starts a stage with."""

    def environment(self) -> dict[str, str]:
        """This interpreter first on the path, and nothing that names another checkout."""
        kept = {key: value for key, value in os.environ.items() if key not in ("PYTHONPATH", "CI")}
        return kept | {
            "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
            "SHELL": self.shell,
            "OMP_NUM_THREADS": "1",
            "DVC_NO_ANALYTICS": "1",
        }

    def start(self, *arguments: str) -> Running:
        """Start `dvc …` in a process group of its own."""
        log = tempfile.NamedTemporaryFile("w", dir=self.folder.parent, suffix=".log", delete=False)  # noqa: SIM115
        with log:
            process = subprocess.Popen(
                [sys.executable, "-m", "dvc", *arguments],
                cwd=self.folder,
                env=self.environment(),
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        return Running(process, Path(log.name))

    def dvc(self, *arguments: str) -> str:
        """Run `dvc …` and return what it printed; fails the test if it fails."""
        running = self.start(*arguments)
        assert running.process.wait(timeout=600) == 0, running.output()
        return running.output()

    def repro(self, *arguments: str) -> set[str]:
        """Run `dvc repro` and return the names of the stages that ran."""
        return set(RUNNING.findall(self.dvc("repro", *arguments)))

    def params(self, change: Callable[[dict[str, Any]], None]) -> None:
        """Change params.yaml."""
        path = self.folder / "params.yaml"
        tree = YAML(typ="safe").load(path)
        change(tree)
        YAML().dump(tree, path)

    def append(self, file: str, text: str) -> None:
        """Add text at the end of a file."""
        with (self.folder / file).open("a") as opened:
            opened.write(text)

    def git(self, *arguments: str) -> str:
        """Run git and return what it printed."""
        identity = ["-c", "user.name=test", "-c", "user.email=test@example.com"]
        return subprocess.run(
            ["git", *identity, *arguments], cwd=self.folder, check=True, capture_output=True, text=True
        ).stdout


def build(folder: Path) -> None:
    """Copy the code, write small parameters, run everything once and commit it."""
    folder.mkdir()
    for name in CODE:
        source, target = REPOSITORY / name, folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        if source.is_dir():
            shutil.copytree(source, target, ignore=shutil.ignore_patterns("__pycache__", "*.egg-info"))
        elif source.exists():
            shutil.copy(source, target)
    architectures = folder / "src/tidemark/models/denoise"
    shutil.copy(architectures / "recurrent.py", architectures / "copied.py")
    YAML().dump(PARAMS, folder / "params.yaml")
    pipeline = Pipeline(folder)
    pipeline.git("init", "--quiet")
    pipeline.dvc("repro")
    pipeline.git("add", "--all")
    pipeline.git("commit", "--quiet", "--message", "all")


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A pipeline that has run once; made by one test process for all, never changed."""
    shared = tmp_path_factory.getbasetemp().parent / "pipeline"
    with FileLock(f"{shared}.lock"):
        if not shared.exists():
            building = shared.with_suffix(".building")
            shutil.rmtree(building, ignore_errors=True)
            build(building)
            building.rename(shared)
    return shared


@pytest.fixture
def pipeline(built: Path, tmp_path: Path) -> Pipeline:
    """A copy of the pipeline that has run once, to change and run again."""
    folder = tmp_path / "copy"
    shutil.copytree(built, folder, symlinks=True)
    return Pipeline(folder)
