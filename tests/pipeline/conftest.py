"""Small DVC projects to run things in."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

Dvc = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
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


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], Path]:
    """Make a DVC project without Git from the text of a dvc.yaml."""
    monkeypatch.setenv("SHELL", "/bin/sh")
    monkeypatch.setenv("DVC_NO_ANALYTICS", "1")

    def make(pipeline: str, name: str = "project") -> Path:
        folder = tmp_path / name
        (folder / ".dvc").mkdir(parents=True)
        (folder / ".dvc" / "config").write_text("[core]\n    no_scm = true\n    analytics = false\n")
        (folder / "dvc.yaml").write_text(pipeline)
        return folder

    return make
