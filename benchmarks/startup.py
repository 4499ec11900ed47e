"""What starting costs: `dvc repro` with nothing to do against `dvc status`, stages against `import torch`.

Run in a checkout whose pipeline is up to date: python benchmarks/startup.py
"""

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median

ROUNDS = 5
PYTHON = sys.executable


def seconds(*command: str) -> float:
    """Wall seconds of one run of a command."""
    path = f"{Path(PYTHON).parent}{os.pathsep}{os.environ['PATH']}"
    start = time.perf_counter()
    subprocess.run(command, check=True, capture_output=True, env=os.environ | {"PATH": path})
    return time.perf_counter() - start


def compare(name: str, one: list[str], other: list[str]) -> None:
    """Run two commands in turn and print their medians and the median ratio."""
    pairs = [(seconds(*one), seconds(*other)) for _ in range(ROUNDS)]
    first, second = (median(column) for column in zip(*pairs, strict=True))
    print(
        f"{name}: {first:.2f} s against {second:.2f} s, ratio {median(a / b for a, b in pairs):.2f}",
        flush=True,
    )


def main() -> None:
    """Print every ratio."""
    compare("dvc repro, nothing to do, against dvc status",
            [PYTHON, "-m", "dvc", "repro"], [PYTHON, "-m", "dvc", "status"])  # fmt: skip
    torch = [PYTHON, "-c", "import torch"]
    with tempfile.TemporaryDirectory() as folder:
        out = [f"{folder}/{name}" for name in ("metrics.json", "position.csv", "examples.csv")]
        compare("evaluate@sine-rnn against import torch",
                [PYTHON, "-m", "stages.evaluate", "sine-rnn", "data/sine", "models/sine-rnn", *out], torch)  # fmt: skip
        compare("generate@sine against import torch",
                [PYTHON, "-m", "stages.generate", "sine", f"{folder}/sine"], torch)  # fmt: skip
        compare("baseline@sine-raw (needs no torch) against import torch",
                [PYTHON, "-m", "stages.reference", "baselines", "sine-raw", "data/sine", *out], torch)  # fmt: skip
    help_command = [str(Path(PYTHON).parent / "tidemark"), "--help"]
    compare("tidemark --help against python -c pass", help_command, [PYTHON, "-c", "pass"])


if __name__ == "__main__":
    main()
