"""Training killed for real, at several moments, ends with the bytes of an undisturbed run."""

from __future__ import annotations

import hashlib
import os
import signal
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest
from safetensors import safe_open

pytestmark = pytest.mark.pipeline

STEPS = 400


def digests(folder: Path) -> dict[str, str]:
    places = [folder / "models/small", folder / "plots/learning/small", folder / "plots/curves/small.csv"]
    files = [file for place in places for file in ([place] if place.is_file() else sorted(place.rglob("*")))]
    return {str(f.relative_to(folder)): hashlib.sha256(f.read_bytes()).hexdigest() for f in files}


def longer(tree: dict[str, Any]) -> None:
    tree["models"]["small"]["training"]["steps"] = STEPS


def step_on_disk(folder: Path) -> int:
    """The step of the resume point there is, or -1."""
    for path in (folder / ".ckpt/small").glob("*/state.safetensors"):
        try:
            with safe_open(path, "pt") as file:
                return int(file.metadata()["values"].partition('"step": ')[2].partition("}")[0].split(",")[0])
        except OSError:
            continue
    return -1


def training_processes(folder: Path) -> list[psutil.Process]:
    found = []
    for process in psutil.process_iter(["cmdline", "cwd"]):
        if "stages.train" in (process.info["cmdline"] or []) and process.info["cwd"] == str(folder):
            found.append(process)
    return found


def wait_for(condition: Callable[[], bool], seconds: float = 120) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "waited too long"
        time.sleep(0.02)


@pytest.fixture
def no_orphans(pipeline: Any) -> Iterator[None]:
    yield
    for process in training_processes(pipeline.folder):
        process.kill()


@pytest.fixture(scope="module")
def undisturbed() -> dict[str, dict[str, str]]:
    return {}


@pytest.mark.parametrize("at", [1, STEPS // 2])
@pytest.mark.parametrize("victim", ["dvc", "stage", "both"])
def test_a_killed_run_goes_on_to_the_same_bytes(
    pipeline: Any, no_orphans: None, undisturbed: dict[str, dict[str, str]], victim: str, at: int
) -> None:
    pipeline.params(longer)
    if not undisturbed:
        pipeline.repro("train@small")
        undisturbed.update({"files": digests(pipeline.folder)})
        for file in undisturbed["files"]:
            (pipeline.folder / file).unlink()
    dvc = pipeline.start("repro", "--force", "--no-run-cache", "train@small")
    wait_for(lambda: step_on_disk(pipeline.folder) >= at)
    stages = training_processes(pipeline.folder)
    assert len(stages) == 1
    if victim in ("dvc", "both"):
        os.kill(dvc.pid, signal.SIGKILL)
    if victim in ("stage", "both"):
        stages[0].kill()
    second = pipeline.start("repro", "--force", "--no-run-cache", "train@small") if victim == "dvc" else None
    dvc.communicate(timeout=120)
    assert dvc.returncode != 0
    if second is None:
        reached = step_on_disk(pipeline.folder)
        assert at <= reached < STEPS
        second = pipeline.start("repro", "--force", "--no-run-cache", "train@small")
    most = 0
    while second.poll() is None:
        most = max(most, sum(p.status() != psutil.STATUS_ZOMBIE for p in training_processes(pipeline.folder)))
        time.sleep(0.05)
        if step_on_disk(pipeline.folder) > at + 50:
            break
    output, _ = second.communicate(timeout=300)
    assert second.returncode == 0, output
    assert "going on from step" in output
    assert digests(pipeline.folder) == undisturbed["files"]
    assert not list((pipeline.folder / ".ckpt/small").glob("*/state.safetensors"))


def test_two_processes_never_train_one_model_at_once(pipeline: Any, no_orphans: None) -> None:
    """The orphan of a killed DVC stops at its next step, and its successor waits for it."""
    pipeline.params(longer)
    first = pipeline.start("repro", "train@small")
    wait_for(lambda: step_on_disk(pipeline.folder) >= 1)
    (stage,) = training_processes(pipeline.folder)
    stage.suspend()
    os.kill(first.pid, signal.SIGKILL)
    first.wait()
    second = pipeline.start("repro", "train@small")
    wait_for(lambda: len(training_processes(pipeline.folder)) == 2)
    held = step_on_disk(pipeline.folder)
    time.sleep(8)
    assert second.poll() is None
    assert step_on_disk(pipeline.folder) == held
    stage.resume()
    output, _ = second.communicate(timeout=300)
    assert second.returncode == 0, output
    assert "another process is training" in output
    assert "going on from step" in output


def test_interrupting_saves_where_training_stands(pipeline: Any, no_orphans: None) -> None:
    pipeline.params(longer)
    pipeline.params(lambda tree: tree["training"].update(checkpoint_seconds=0.5))
    process = pipeline.start("repro", "train@small")
    wait_for(lambda: step_on_disk(pipeline.folder) >= 1)
    os.killpg(process.pid, signal.SIGINT)
    process.communicate(timeout=120)
    assert process.returncode != 0
    assert 1 <= step_on_disk(pipeline.folder) < STEPS
    assert not training_processes(pipeline.folder)
