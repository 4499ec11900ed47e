"""Two processes under torchrun train what one process trains."""

import csv
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from support.changed_params import REPOSITORY, default_tree, write_params


def test_two_processes_learn_what_one_learns(tmp_path: Path) -> None:
    for name in ("src", "stages"):
        shutil.copytree(
            REPOSITORY / name, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__", "*.egg-info")
        )
    write_params(tmp_path, {"": default_tree() | {"scale": "smoke", "seeds": 2}})

    def run(*command: str) -> None:
        environment = os.environ | {"OMP_NUM_THREADS": "1"}
        subprocess.run(
            [sys.executable, "-m", *command], cwd=tmp_path, env=environment, check=True, timeout=300
        )

    run("stages.generate", "denoise", "sine")
    launcher = ("torch.distributed.run", "--standalone", "--nproc-per-node", "2", "-m")
    losses = []
    for launched in ((), launcher):
        run(*launched, "stages.train", "denoise", "sine-rnn")
        model = tmp_path / "models/sine/sine-rnn"
        assert (model / "weights.safetensors").exists()
        assert (model / "seeds/1/weights.safetensors").exists()
        with (model / "curve.csv").open() as file:
            losses.append(float(list(csv.DictReader(file))[-1]["validation"]))
        shutil.rmtree(model)
    # Gradients of two halves are averaged: the same up to rounding.
    assert losses[1] == pytest.approx(losses[0], rel=1e-3)
