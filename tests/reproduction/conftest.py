"""A small copy of the pipeline, two tasks at scale smoke, that tests may change and run."""

from __future__ import annotations

import contextlib
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import warnings
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from dvc.repo import Repo
from filelock import FileLock
from ruamel.yaml import YAML

REPOSITORY = Path(__file__).parents[2]
TASKS = ("denoise", "forecast")
CODE = [
    "src",
    "stages",
    "dvc.yaml",
    ".dvcignore",
    ".gitignore",
    ".dvc/config",
    ".dvc/plots",
    "pyproject.toml",
    *(f"pipelines/{task}/dvc.yaml" for task in TASKS),
    *(f"pipelines/{task}/train/dvc.yaml" for task in TASKS),
]
RUNNING = re.compile(r"^Running stage '([^']*)'", re.MULTILINE)
FINISHED = re.compile(r"^finished +(\S+)", re.MULTILINE)

TRAINING = {"loss": "l1", "batch": 16, "learning_rate": 0.01, "validate_every": 4}
SCALES: dict[str, Any] = {"smoke": {}, "laptop": {}, "paper": {}}
TOP: dict[str, Any] = {
    "scale": "smoke",
    "seeds": 1,
    "training": {"threads": 1, "checkpoint_seconds": 0, "snapshots": 4},
    "evaluation": {"resamples": 50, "confidence": 0.95, "seed": 0, "examples": 2},
}
SMALL: dict[str, Any] = {
    "dataset": "sine",
    "arch": "recurrent",
    "source": "training/stored",
    "recipe": "short",
    "hyperparameters": {"hidden": 4},
    **SCALES,
}
DENOISE: dict[str, Any] = {
    "datasets": {
        "sine": {
            "generator": "sine",
            "seed": 0,
            "law": {"length": 100},
            "tests": {},
            "smoke": {"train": 64, "validation": 16, "test": 16},
            "laptop": {"train": 64, "validation": 16, "test": 24},
            "paper": {"train": 128, "validation": 32, "test": 32},
        }
    },
    "recordings": {},
    "recipes": {
        "short": {
            "training": TRAINING,
            "smoke": {"steps": 12},
            "laptop": {"steps": 15},
            "paper": {"steps": 99},
        }
    },
    "models": {
        "small": SMALL,
        "other": {**SMALL, "arch": "copied", "hyperparameters": {"hidden": 5}},
        "fresh": {**SMALL, "source": "denoise/laws/sine"},
    },
    "baselines": {"sine": ["raw"]},
    "oracles": {"sine": []},
    "limits": {"sine": {"posterior": {"method": "phase_posterior", "options": {"causal": True}}}},
}
FORECAST: dict[str, Any] = {
    "datasets": {},
    "recordings": {
        "wave": {
            "file": "wave.csv",
            "columns": ["value"],
            "sampling_rate": 1,
            "lookback": 24,
            "horizon": 4,
            "hop": 2,
        }
    },
    "recipes": {
        "short": {
            "training": TRAINING | {"loss": "mse"},
            "smoke": {"steps": 8},
            "laptop": {"steps": 10},
            "paper": {"steps": 99},
        }
    },
    "models": {"ahead": {**SMALL, "dataset": "wave", "arch": "long_short_term_memory"}},
    "finetuned": {},
    "baselines": {"wave": ["last-value"]},
    "oracles": {"wave": []},
    "limits": {"wave": []},
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
        ours = {key: value for key, value in os.environ.items() if key not in ("PYTHONPATH", "CI")}
        return ours | {
            "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
            "SHELL": self.shell,
            "OMP_NUM_THREADS": "1",
            "DVC_NO_ANALYTICS": "1",
        }

    def start(self, *arguments: str, inside: str = "") -> Running:
        """Start `dvc …` in the folder `inside` of the pipeline, in a process group of its own."""
        log = tempfile.NamedTemporaryFile("w", dir=self.folder.parent, suffix=".log", delete=False)  # noqa: SIM115
        with log:
            process = subprocess.Popen(
                [sys.executable, "-m", "dvc", *arguments],
                cwd=self.folder / inside,
                env=self.environment(),
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        return Running(process, Path(log.name))

    def dvc(self, *arguments: str, inside: str = "") -> str:
        """Run `dvc …` and return what it printed; fails the test if it fails."""
        running = self.start(*arguments, inside=inside)
        assert running.process.wait(timeout=600) == 0, running.output()
        return running.output()

    def tidemark(self, *arguments: str) -> str:
        """Run `tidemark …`, with this pipeline's code, and return what it printed; fails the test if it fails."""
        done = subprocess.run(
            [sys.executable, "-m", "tidemark.cli", *arguments],
            cwd=self.folder,
            env=self.environment() | {"PYTHONPATH": str(self.folder / "src")},
            capture_output=True,
            text=True,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def repro(self, *arguments: str, inside: str = "") -> set[str]:
        """Run `dvc repro` and return the stages that ran, as `denoise/train@small` or `report`."""
        return self.ran(self.dvc("repro", *arguments, inside=inside), inside)

    def quick(self) -> set[str]:
        """Run `tidemark repro`, a fraction of the cost with the same result, and return the stages that ran."""
        return {
            self._name(address, "") for address in FINISHED.findall(self.tidemark("repro", "--jobs", "1"))
        }

    def ran(self, output: str, inside: str = "") -> set[str]:
        """The stages that ran, by what DVC printed in the folder `inside`."""
        return {self._name(address, inside) for address in RUNNING.findall(output)}

    def changed(self) -> set[str]:
        """What `dvc status` says is to run for a change of its own, not for what may become of others.

        In this process, since importing DVC costs more than the status.
        """
        with contextlib.chdir(self.folder), warnings.catch_warnings(action="ignore"), Repo() as repo:
            return {self._name(address, "") for address in repo.status()}

    def _name(self, address: str, inside: str) -> str:
        file, _, stage = address.rpartition(":")
        folder = (self.folder / inside / file).parent if file else self.folder / inside
        parts = Path(os.path.normpath(folder)).relative_to(self.folder).parts
        return f"{parts[1]}/{stage}" if parts else stage

    def params(self, change: Callable[[dict[str, Any]], None], task: str = "") -> None:
        """Change the params.yaml of a task, or the top one; one that is not there is empty."""
        path = self.folder / (f"pipelines/{task}/params.yaml" if task else "params.yaml")
        tree = YAML(typ="safe").load(path) if path.exists() else {}
        change(tree)
        write_yaml(path, tree)

    def copy(self, *names: str) -> None:
        """Copy files and folders of the repository to the same places in the pipeline."""
        copy_code(self.folder, names)

    def append(self, file: str, text: str = "\n# a remark\n") -> None:
        """Add text at the end of a file."""
        with (self.folder / file).open("a") as opened:
            opened.write(text)

    def scores(self, task: str, dataset: str, commit: str = "") -> dict[str, dict[str, Any]]:
        """What metrics/ says of the dataset's predictors by name, in the folder or in a commit."""
        file = f"metrics/{task}/{dataset}.json"
        text = self.git("show", f"{commit}:{file}") if commit else (self.folder / file).read_text()
        return {each["name"]: each for each in json.loads(text)["predictors"]}

    def git(self, *arguments: str) -> str:
        """Run git and return what it printed."""
        identity = ["-c", "user.name=test", "-c", "user.email=test@example.com"]
        return subprocess.run(
            ["git", *identity, *arguments], cwd=self.folder, check=True, capture_output=True, text=True
        ).stdout


def write_yaml(path: Path, tree: dict[str, Any]) -> None:
    """Write a params.yaml, nothing in it as an alias, which `dvc exp run -S` would follow."""
    yaml = YAML(typ="safe")
    yaml.representer.ignore_aliases = lambda data: True
    yaml.dump(tree, path)


def copy_code(folder: Path, names: Iterable[str]) -> None:
    """Copy files and folders of the repository to the same places below `folder`."""
    for name in names:
        source, target = REPOSITORY / name, folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        if source.is_dir():
            unwanted = shutil.ignore_patterns("__pycache__", "*.egg-info")
            shutil.copytree(source, target, symlinks=True, ignore=unwanted)
        else:
            shutil.copy(source, target)


def write_wave(path: Path) -> None:
    """A recording: two sines under noise, one value a row."""
    time = np.arange(300)
    noise = 0.1 * np.random.default_rng(0).standard_normal(len(time))
    values = np.sin(2 * np.pi * time / 12) + 0.5 * np.sin(2 * np.pi * time / 7) + noise
    path.write_text("value\n" + "".join(f"{value:.4f}\n" for value in values))


def build(folder: Path) -> None:
    """Copy the code, write small parameters, run everything once and commit it.

    By `tidemark repro`, quicker than DVC and with the same locks (tests/pipeline/test_parallel.py).
    """
    folder.mkdir()
    copy_code(folder, CODE)
    architectures = folder / "src/tidemark/denoise/models"
    shutil.copy(architectures / "recurrent.py", architectures / "copied.py")
    write_wave(folder / "wave.csv")
    write_yaml(folder / "params.yaml", TOP)
    (folder / "metrics/seeds").mkdir(parents=True)
    (folder / "metrics/seeds/.gitkeep").touch()
    for task, tree in (("denoise", DENOISE), ("forecast", FORECAST)):
        write_yaml(folder / f"pipelines/{task}/params.yaml", tree)
        (folder / f"pipelines/{task}/published.yaml").write_text("{}\n")
    pipeline = Pipeline(folder)
    pipeline.git("init", "--quiet")
    pipeline.tidemark("repro", "--jobs", "1")
    pipeline.git("add", "--all")
    pipeline.git("commit", "--quiet", "--message", "all")


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A pipeline that has run once; made by one test process for all, never changed."""
    own = tmp_path_factory.getbasetemp()
    shared = (own.parent if "PYTEST_XDIST_WORKER" in os.environ else own) / "pipeline"
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
