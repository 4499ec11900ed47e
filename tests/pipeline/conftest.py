"""Small DVC projects to run things in."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest

Dvc = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture(scope="session")
def dvc() -> Dvc:
    """Run `dvc` in a folder, this interpreter first on the path; a failure is an error unless `check` is false."""
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"

    def run(folder: Path, *arguments: str, check: bool = True) -> subprocess.CompletedProcess[str]:
        done = subprocess.run(
            [sys.executable, "-m", "dvc", *arguments],
            cwd=folder,
            env={**os.environ, "PATH": path},
            capture_output=True,
            text=True,
        )
        assert not check or done.returncode == 0, done.stdout + done.stderr
        return done

    return run


def write_project(folder: Path, pipeline: str) -> Path:
    """A DVC project without Git from the text of a dvc.yaml."""
    (folder / ".dvc").mkdir(parents=True)
    (folder / ".dvc" / "config").write_text("[core]\n    no_scm = true\n    analytics = false\n")
    (folder / "dvc.yaml").write_text(pipeline)
    return folder


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], Path]:
    """Make a DVC project without Git from the text of a dvc.yaml."""
    monkeypatch.setenv("SHELL", "/bin/sh")
    monkeypatch.setenv("DVC_NO_ANALYTICS", "1")
    return lambda pipeline, name="project": write_project(tmp_path / name, pipeline)


@pytest.fixture(scope="session")
def run_once(tmp_path_factory: pytest.TempPathFactory, dvc: Dvc) -> Callable[[str], Path]:
    """Such a project in which everything ran, one for all tests of a pipeline: it is not to be changed."""

    @cache
    def make(pipeline: str) -> Path:
        folder = write_project(tmp_path_factory.mktemp("once") / "project", pipeline)
        dvc(folder, "repro")
        return folder

    return make


@pytest.fixture
def up_to_date(
    run_once: Callable[[str], Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Callable[[str], Path]:
    """Make a project in which everything ran the working directory."""
    monkeypatch.setenv("SHELL", "/bin/sh")
    monkeypatch.setenv("DVC_NO_ANALYTICS", "1")

    def make(pipeline: str) -> Path:
        folder = Path(shutil.copytree(run_once(pipeline), tmp_path / "project", symlinks=True))
        monkeypatch.chdir(folder)
        return folder

    return make
