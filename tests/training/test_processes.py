"""Two processes under torchrun train what one process trains."""

import csv
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).parents[2]


def test_two_processes_learn_what_one_learns(tmp_path: Path) -> None:
    for name in ("src", "stages"):
        shutil.copytree(
            REPOSITORY / name, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__", "*.egg-info")
        )
    text = (REPOSITORY / "params.yaml").read_text().replace("scale: laptop", "scale: smoke", 1)
    (tmp_path / "params.yaml").write_text(text)

    def run(*command: str) -> None:
        environment = os.environ | {"OMP_NUM_THREADS": "1"}
        subprocess.run(
            [sys.executable, "-m", *command], cwd=tmp_path, env=environment, check=True, timeout=300
        )

    def training(place: str) -> list[str]:
        return [
            "stages.train",
            "sine-rnn",
            "data",
            f"{place}/model",
            f"{place}/curve.csv",
            f"{place}/seen",
            place,
        ]

    run("stages.generate", "sine", "data")
    run(*training("one"))
    run("torch.distributed.run", "--standalone", "--nproc-per-node", "2", "-m", *training("two"))
    losses = []
    for place in ("one", "two"):
        assert (tmp_path / place / "model/weights.safetensors").exists()
        with (tmp_path / place / "curve.csv").open() as file:
            losses.append(float(list(csv.DictReader(file))[-1]["validation"]))
    # Gradients of two halves are averaged: the same up to rounding.
    assert losses[1] == pytest.approx(losses[0], rel=1e-3)
