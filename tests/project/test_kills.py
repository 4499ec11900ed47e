"""`tidemark init`, `add` and `remove`, killed at any of the moments at which they write: given again, they do it."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

REPOSITORY = Path(__file__).parents[2]
KILLING = """
import os, signal, sys
moment, *sys.argv[1:] = sys.argv[1:]
from tidemark import cli
count = 0
def hook(event, arguments):
    global count
    if event in ("os.rename", "os.mkdir", "os.remove", "os.rmdir", "subprocess.Popen") or (
        event == "open" and isinstance(arguments[1], str) and not arguments[1].startswith("r")
    ):
        count += 1
        if count == int(moment):
            os.kill(os.getpid(), signal.SIGKILL)
sys.addaudithook(hook)
cli.main()
"""


def tidemark(folder: Path, *arguments: str, killed_at: int = 0) -> int:
    """Run `tidemark …`, killed at that write; its exit status."""
    done = subprocess.run(
        [sys.executable, "-c", KILLING, str(killed_at), *arguments],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(REPOSITORY / "src")},
        capture_output=True,
        text=True,
    )
    assert "Traceback" not in done.stderr, done.stderr
    return done.returncode


def files(folder: Path) -> dict[str, str]:
    """Hashes of what is in a project, but for what Git and DVC keep for themselves, and temporary files."""
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and not {".git", "tmp", "cache"} & {*path.parts[len(folder.parts) :]}
        if not path.name.startswith(".tidemark-")
    }


def git(folder: Path, *arguments: str) -> str:
    return subprocess.run(["git", *arguments], cwd=folder, capture_output=True, text=True, check=True).stdout


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project that nothing happened to, with a recording."""
    folder = tmp_path_factory.mktemp("kills")
    (folder / "wave.csv").write_text("v\n" + "".join(f"{np.sin(place / 4):.4f}\n" for place in range(1000)))
    assert tidemark(folder, "init", "empty") == 0
    shutil.copytree(folder / "empty", folder / "added", symlinks=True)
    assert tidemark(folder / "added", "add", "../wave.csv", "--horizon", "5") == 0
    return folder


@pytest.mark.parametrize("moment", [3, 20, 70])
def test_init(whole: Path, tmp_path: Path, moment: int, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("AUTHOR", "COMMITTER"):
        monkeypatch.setenv(f"GIT_{name}_NAME", "a")
        monkeypatch.setenv(f"GIT_{name}_EMAIL", "a@b")
    assert tidemark(tmp_path, "init", "empty", killed_at=moment) == -9
    assert tidemark(tmp_path, "init", "empty") == 0
    assert files(tmp_path / "empty") == files(whole / "empty")
    assert git(tmp_path / "empty", "log", "--format=%s") == "A tidemark project\n"
    assert git(tmp_path / "empty", "status", "--porcelain") == ""
    assert tidemark(tmp_path, "init", "empty") == 2  # there is a project


@pytest.mark.parametrize("moment", [15, 55])
def test_add(whole: Path, tmp_path: Path, moment: int) -> None:
    shutil.copy(whole / "wave.csv", tmp_path)
    project = Path(shutil.copytree(whole / "empty", tmp_path / "project", symlinks=True))
    command = ("add", "../wave.csv", "--horizon", "5")
    assert tidemark(project, *command, killed_at=moment) == -9
    assert tidemark(project, *command) == 0
    assert files(project) == files(whole / "added")


def test_remove(whole: Path, tmp_path: Path) -> None:
    def made(name: str) -> Path:
        (tmp_path / name).mkdir()
        shutil.copy(whole / "wave.csv", tmp_path / name)
        project = tmp_path / name / "project"
        shutil.copytree(whole / "added", project, symlinks=True)
        (project / "models/wave/wave-encoder-gru").mkdir(parents=True)
        (project / "models/wave/wave-encoder-gru/model.json").touch()
        return project

    gone, project = made("gone"), made("killed")
    assert tidemark(gone, "remove", "wave") == 0
    assert tidemark(project, "remove", "wave", killed_at=30) == -9
    assert tidemark(project, "remove", "wave") == 0
    assert files(project) == files(gone)
    assert not (project / "data/recorded/wave.csv").exists()
