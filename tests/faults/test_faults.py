"""After any fault, one plain command brings back the same bytes.

`pytest tests/faults` does a few faults to a small project. `TIDEMARK_FAULTS=30 pytest tests/faults` does 30
of them, one after the other, to a project that `tidemark init` and `tidemark add` made, at scale smoke;
TIDEMARK_FAULTS_SEED says which.
"""

from __future__ import annotations

import os
import random
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from faults.faults import FAULTS
from faults.projects import Project, smoke

pytestmark = pytest.mark.pipeline
NUMBER = int(os.environ.get("TIDEMARK_FAULTS", "0"))
SEED = int(os.environ.get("TIDEMARK_FAULTS_SEED", "0"))
FEW = [
    "run killed",
    "two at once",
    "empty lock",
    "stale list",
    "bit in the cache",
    "bit in the data",
    "no folder",
    "no file",
    "no database",
]


@pytest.fixture(scope="module")
def built(small: Project, tmp_path_factory: pytest.TempPathFactory) -> Project:
    return smoke(tmp_path_factory.mktemp("faults") / "project") if NUMBER else small


@pytest.fixture
def project(built: Project, tmp_path: Path) -> Project:
    return Project(shutil.copytree(built.folder, tmp_path / "copy", symlinks=True))


def chosen() -> list[str]:
    chance = random.Random(SEED)
    return [chance.choice(sorted(FAULTS)) for _ in range(NUMBER)] if NUMBER else FEW


def test_one_command_brings_back_the_same_bytes(project: Project) -> None:
    chance, before = random.Random(SEED), project.snapshot()
    assert before
    for number, name in enumerate(chosen()):
        command = FAULTS[name](project, chance)
        said = project.run(command)
        after = project.snapshot()
        assert after == before, f"fault {number}, {name}, then tidemark {command}:\n{said}"
        print(f"fault {number}: {name}: tidemark {command} brought everything back")
    if NUMBER:
        project.run("doctor")
    assert project.run("doctor") == "nothing is wrong\n"
    assert not [path for path in project.folder.rglob(".tidemark-*.tmp") if ".dvc" not in path.parts]


@contextmanager
def mounted(folder: Path, *options: str) -> Iterator[None]:
    """Mount at a folder; skips the test, with a word, where that is not allowed."""
    done = subprocess.run(["mount", *options, str(folder)], capture_output=True, text=True)
    if done.returncode:
        pytest.skip(f"mount {' '.join(options)} is not allowed here: {done.stderr.strip()}")
    try:
        yield
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)


def test_a_full_disk(built: Project, tmp_path: Path) -> None:
    disk, before = tmp_path / "disk", built.snapshot()
    disk.mkdir()
    with mounted(disk, "-t", "tmpfs", "-o", "size=64m", "none"):
        project = Project(shutil.copytree(built.folder, disk / "project", symlinks=True))
        project.forget()
        shutil.rmtree(project.folder / "models")
        for output in (project.folder / "metrics").iterdir():
            if output.name != "seeds":  # which no stage makes
                shutil.rmtree(output)
        free = shutil.disk_usage(disk).free
        (disk / "filler").write_bytes(b"\0" * (free - 16_384))
        run = project.start("repro", "--jobs", "1")
        status, said = run.end()
        assert status != 0
        assert "Traceback" not in said and "No space left" in said, said
        (disk / "filler").unlink()
        project.run("repro")
        assert project.snapshot() == before


def test_a_folder_that_may_not_be_written(project: Project) -> None:
    before, folder = project.snapshot(), project.folder / "models"
    project.forget()
    with mounted(folder, "--bind", str(folder)):
        subprocess.run(["mount", "-o", "remount,ro,bind", str(folder)], check=True)
        run = project.start("repro", "--jobs", "1")
        status, said = run.end()
        assert status != 0
        assert "Traceback" not in said, said
    project.run("repro")
    assert project.snapshot() == before
