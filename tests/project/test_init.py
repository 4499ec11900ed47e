"""A new project before its first recording."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from support.documents import REPOSITORY


def test_a_project_without_a_dataset_says_what_to_do_next(project: Path) -> None:
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    done = subprocess.run(
        ["dvc", "repro"], capture_output=True, text=True,
        env=os.environ | {"PATH": path, "PYTHONPATH": str(REPOSITORY / "src")},
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    assert "no dataset yet: `tidemark add FILE` makes a recording one" in done.stdout
    assert "no dataset yet: tidemark add FILE" in Path("plots/report.html").read_text()
    assert "WARNING" not in done.stdout + done.stderr


def test_a_new_project_prints_nothing_of_dvc(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    from tidemark.project.init import init

    init(tmp_path / "x")
    assert capsys.readouterr().out == ""
