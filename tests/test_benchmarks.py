"""Every benchmark runs at its smallest size and prints how two things compare."""

import importlib
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
RATIO = re.compile(r"\d times\b")


@pytest.mark.parametrize("path", sorted((ROOT / "benchmarks").glob("*.py")), ids=lambda path: path.stem)
def test_it_ends_well_and_prints_its_ratios(path: Path) -> None:
    done = subprocess.run(
        [sys.executable, path, "--smoke"], cwd=ROOT, capture_output=True, text=True, timeout=600
    )
    assert done.returncode == 0, done.stderr
    assert RATIO.search(done.stdout), done.stdout


def test_training_steps_are_timed_of_what_scale_paper_says(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every network of published figures, at the size that is too large to run here."""
    monkeypatch.syspath_prepend(ROOT / "benchmarks")
    paper_steps = importlib.import_module("paper_steps")
    steps = {name: paper_steps.model(name, "paper").training.steps for name in paper_steps.MODELS}
    assert steps["harmonics-lstm"] > 1000 and min(steps.values()) >= 30
