"""The worked example of a project of one's own does what it says, command by command, at scale smoke."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from support.documents import REPOSITORY, blocks


def test_the_worked_example_runs_as_it_is_written(tmp_path: Path) -> None:
    page = (REPOSITORY / "docs/your-own-project.md").read_text(encoding="utf-8")
    text = next(block.text for block in blocks(page) if "pywt.data.ecg" in block.text)
    smaller = "sed -i 's/^scale: .*/scale: smoke/' params.yaml"
    script = text.replace("&& cd heart\n", f"&& cd heart\n{smaller}\n")
    assert smaller in script
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", script], cwd=tmp_path, capture_output=True, text=True, check=False,
        env=os.environ | {"PATH": path, "PYTHONPATH": str(REPOSITORY / "src")},
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    assert "6 test windows are few" in done.stdout
    said = " ".join(done.stdout.split())
    assert "Which to use: " in said and "Too few to be sure: 6 test windows" in said
    assert (tmp_path / "heart/plots/report.html").stat().st_size > 10_000
