"""Training killed for real, at several moments, ends with the bytes of an undisturbed run."""

from __future__ import annotations

import hashlib
import json
import os
import signal
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import psutil
import pytest

pytestmark = pytest.mark.pipeline

STEPS = 120
STAGE = "pipelines/denoise/train/dvc.yaml:train@small"


def digests(folder: Path) -> dict[str, str]:
    files = [path for path in sorted((folder / "models/sine/small").rglob("*")) if path.is_file()]
    return {str(f.relative_to(folder)): hashlib.sha256(f.read_bytes()).hexdigest() for f in files}


def longer(tree: dict[str, Any]) -> None:
    tree["models"]["small"]["smoke"]["steps"] = STEPS


def step_on_disk(folder: Path) -> int:
    """The step of the resume point there is, or -1."""
    for path in (folder / ".ckpt/small").glob("*/state.safetensors"):
        try:
            content = path.read_bytes()  # at once, since a newer one may take its place
        except OSError:
            continue
        length = int.from_bytes(content[:8], "little")
        return int(json.loads(json.loads(content[8 : 8 + length])["__metadata__"]["values"])["step"])
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


WAITS = '#!/bin/sh\n/bin/sh "$@"\nexit $?\n'
GIVES_WAY = '#!/bin/sh\neval "exec $2"\n'
"""A shell may stay between DVC and the stage, or become the stage."""


def with_shell(pipeline: Any, script: str) -> Any:
    path = pipeline.folder.parent / "shell"
    path.write_text(script)
    path.chmod(0o755)
    return replace(pipeline, shell=str(path))


@pytest.mark.parametrize(
    ("victim", "shell", "at"),
    [
        ("dvc", WAITS, STEPS // 2),
        ("dvc", GIVES_WAY, 1),
        ("stage", WAITS, STEPS // 2),
        ("both", GIVES_WAY, 1),
    ],
    ids=["dvc-waits", "dvc-gives-way", "stage", "both"],
)
def test_a_killed_run_goes_on_to_the_same_bytes(
    pipeline: Any, no_orphans: None, undisturbed: dict[str, dict[str, str]], victim: str, shell: str, at: int
) -> None:
    pipeline = with_shell(pipeline, shell)
    pipeline.params(longer, "denoise")
    if not undisturbed:
        pipeline.repro(STAGE)
        undisturbed.update({"files": digests(pipeline.folder)})
        for file in undisturbed["files"]:
            (pipeline.folder / file).unlink()
    again = ("repro", "--force", "--no-run-cache", STAGE)
    first = pipeline.start(*again)
    wait_for(lambda: step_on_disk(pipeline.folder) >= at)
    (stage,) = training_processes(pipeline.folder)
    if victim in ("dvc", "both"):
        os.kill(first.process.pid, signal.SIGKILL)
    if victim in ("stage", "both"):
        stage.kill()
    assert first.process.wait(timeout=120) != 0
    second = pipeline.start(*again)
    assert second.process.wait(timeout=300) == 0, second.output()
    assert "going on from step" in second.output()
    assert digests(pipeline.folder) == undisturbed["files"]
    assert not list((pipeline.folder / ".ckpt/small").glob("*/state.safetensors"))


def test_two_processes_never_train_one_model_at_once(pipeline: Any, no_orphans: None) -> None:
    """The orphan of a killed DVC stops at its next step, and its successor waits for it."""
    pipeline.params(longer, "denoise")
    first = pipeline.start("repro", STAGE)
    wait_for(lambda: step_on_disk(pipeline.folder) >= 1)
    (stage,) = training_processes(pipeline.folder)
    stage.suspend()
    first.process.kill()
    first.process.wait()
    second = pipeline.start("repro", STAGE)
    wait_for(lambda: "another process is training small" in second.output())
    held = step_on_disk(pipeline.folder)
    time.sleep(2)
    assert second.process.poll() is None
    assert step_on_disk(pipeline.folder) == held
    stage.resume()
    assert second.process.wait(timeout=300) == 0, second.output()
    assert "going on from step" in second.output()


def test_interrupting_saves_where_training_stands(pipeline: Any, no_orphans: None) -> None:
    pipeline.params(longer, "denoise")
    pipeline.params(lambda tree: tree["training"].update(checkpoint_seconds=0.5))
    running = pipeline.start("repro", STAGE)
    wait_for(lambda: step_on_disk(pipeline.folder) >= 1)
    os.killpg(running.process.pid, signal.SIGINT)
    assert running.process.wait(timeout=120) != 0
    assert 1 <= step_on_disk(pipeline.folder) < STEPS
    assert not training_processes(pipeline.folder)
