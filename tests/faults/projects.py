"""Projects to break: a small one whose stages take part of a second, and one that `tidemark init` made."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np

REPOSITORY = Path(__file__).parents[2]
OUTPUTS = ("data", "models", "metrics", "plots")

# A recording, a dataset, two models, scores in Git; each written in pieces, as real ones are.
PIPELINE = """
stages:
  window:
    cmd: python stage.py 1 data/wave/fit data/recorded/wave.csv
    deps: [data/recorded/wave.csv, stage.py]
    outs: [data/wave/fit]
  train:
    foreach: {one: {}, two: {}}
    do:
      cmd: python stage.py 2 models/wave/${key} data/wave/fit
      deps: [data/wave/fit, stage.py]
      outs: ["models/wave/${key}"]
  evaluate:
    cmd: python stage.py 3 metrics/wave models/wave/one models/wave/two
    deps: [models/wave/one, models/wave/two, stage.py]
    outs:
      - metrics/wave: {cache: false}
"""
STAGE = """
import hashlib, time
from pathlib import Path
import numpy as np
from safetensors.numpy import save_file
from tidemark.core import command
from tidemark.core.replacing import replacing
from tidemark.core.store import write_json

def work(seed: int, out: Path, inputs: list[Path]) -> None:
    total = hashlib.sha256()
    for path in inputs:
        for file in sorted(path.rglob("*")) if path.is_dir() else [path]:
            if file.is_file():
                total.update(file.read_bytes())
    random = np.random.default_rng([seed, int(total.hexdigest()[:15], 16)])
    with replacing(out) as temporary:
        for part in range(4):
            write_json(temporary / f"{part}.json", random.random(200).tolist())
            time.sleep(0.05)
        save_file({"weight": random.random(500).astype("float32")}, temporary / "weights.safetensors")

command.run(work)
"""


@dataclass(frozen=True)
class Run:
    """A command that runs, and what it has printed so far."""

    process: subprocess.Popen[bytes]
    log: Path

    def end(self, seconds: float = 600) -> tuple[int, str]:
        """Wait for its end; exit status, and all that was printed."""
        return self.process.wait(seconds), self.log.read_text()


@dataclass(frozen=True)
class Project:
    """A pipeline in a folder of its own."""

    folder: Path

    def environment(self) -> dict[str, str]:
        """This checkout's code, this interpreter first on the path."""
        return os.environ | {
            "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
            "PYTHONPATH": os.pathsep.join(
                [str(REPOSITORY / "src"), *filter(None, [os.environ.get("PYTHONPATH")])]
            ),
            "SHELL": "/bin/sh",
            "DVC_NO_ANALYTICS": "1",
            "OMP_NUM_THREADS": "1",
        }

    def start(self, *arguments: str) -> Run:
        """Start `tidemark …`, in a process group of its own."""
        number, name = tempfile.mkstemp(".log")
        with os.fdopen(number, "wb") as log:
            process = subprocess.Popen(
                [sys.executable, "-m", "tidemark.cli", *arguments],
                cwd=self.folder,
                env=self.environment(),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        return Run(process, Path(name))

    def run(self, *arguments: str) -> str:
        """Run `tidemark …`; what it printed. Fails the test if it fails."""
        status, said = self.start(*arguments).end()
        assert status == 0, f"tidemark {' '.join(arguments)}\n{said}"
        return said

    def other(self, *command: str) -> str:
        """Run another command; what it printed."""
        done = subprocess.run(
            command, cwd=self.folder, env=self.environment(), capture_output=True, text=True
        )
        assert done.returncode == 0, f"{command}\n{done.stdout}{done.stderr}"
        return done.stdout

    def dvc(self, *arguments: str) -> str:
        """Run `dvc …`; what it printed."""
        return self.other(sys.executable, "-m", "dvc", *arguments)

    def snapshot(self) -> dict[str, str]:
        """The hash of every file that stages wrote or the user added; temporary ones are no part of it.

        DVC's own lists of what Git ignores are in the order in which stages happened to end: their lines are sorted.
        """

        def content(path: Path) -> bytes:
            text = path.read_bytes()
            return b"".join(sorted(text.splitlines(True))) if path.name == ".gitignore" else text

        return {
            str(path.relative_to(self.folder)): hashlib.sha256(content(path)).hexdigest()
            for output in OUTPUTS
            for path in sorted((self.folder / output).rglob("*"))
            if path.is_file() and ".tidemark-" not in str(path)
        }

    def forget(self) -> None:
        """Let every stage run again."""
        for lock in [*self.folder.glob("dvc.lock"), *self.folder.glob("pipelines/**/dvc.lock")]:
            lock.unlink()
        shutil.rmtree(self.folder / ".dvc/cache/runs", ignore_errors=True)


def _recording(path: Path, rows: int) -> None:
    random = np.random.default_rng(0)
    values = np.sin(2 * np.pi * np.arange(rows) / 24) + 0.3 * random.normal(size=rows)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("value\n" + "".join(f"{value:.4f}\n" for value in values))


def small(folder: Path) -> Project:
    """Four stages of 0.2 s."""
    project = Project(folder)
    folder.mkdir()
    (folder / "stage.py").write_text(STAGE)
    _recording(folder / "data/recorded/wave.csv", 300)
    project.other("git", "init", "--quiet")
    project.dvc("init", "--quiet")
    (folder / ".dvcignore").write_text((REPOSITORY / ".dvcignore").read_text())
    (folder / "dvc.yaml").write_text(PIPELINE)
    project.dvc("add", "--quiet", "data/recorded/wave.csv")
    project.run("repro")
    return project


def smoke(folder: Path) -> Project:
    """What `tidemark init` and `tidemark add` make, at scale smoke."""
    _recording(folder.parent / "pump.csv", 1500)
    Project(folder.parent).run("init", str(folder))
    project = Project(folder)
    project.run("add", "../pump.csv", "--rate", "1")
    top = folder / "params.yaml"
    top.write_text(top.read_text().replace("scale: laptop", "scale: smoke"))
    project.run("repro")
    return project
