"""Torch's products and functions, computed elsewhere, in a process of its own, as they stay registered."""

import subprocess
import sys
from pathlib import Path


def test_in_a_process_of_its_own() -> None:
    checks = Path(__file__).with_name("arithmetic_checks.py")
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:xdist", "-p", "no:cacheprovider", str(checks)]
    done = subprocess.run(command, cwd=Path(__file__).parents[2], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout[-3000:]
    assert "passed" in done.stdout
