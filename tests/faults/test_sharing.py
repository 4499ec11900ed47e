"""Results pushed from one clone and pulled into another, where nothing runs; what a stranger's remote may hold."""

from __future__ import annotations

import getpass
import importlib.util
import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from faults.faults import flip
from faults.projects import Project

pytestmark = pytest.mark.pipeline
SETTINGS = """
Port {port}
ListenAddress 127.0.0.1
HostKey {folder}/host
AuthorizedKeysFile {folder}/user.pub
PidFile none
StrictModes no
UsePAM no
PasswordAuthentication no
Subsystem sftp internal-sftp
"""


def commit(project: Project) -> None:
    who = ["-c", "user.name=t", "-c", "user.email=t@example.org", "-c", "commit.gpgsign=false"]
    project.other("git", "add", "--all")
    project.other("git", *who, "commit", "--quiet", "--message", "all")


@pytest.fixture
def project(small: Project, tmp_path: Path) -> Project:
    """A project that has run once, and is committed."""
    project = Project(shutil.copytree(small.folder, tmp_path / "mine", symlinks=True))
    commit(project)
    return project


@pytest.fixture
def ssh(tmp_path: Path) -> Iterator[list[list[str]]]:
    """A remote behind an `sshd` on loopback, as arguments of `dvc remote`; skips where there can be none."""
    sshd = shutil.which("sshd", path=f"{os.environ['PATH']}:/usr/sbin:/usr/local/sbin")
    if sshd is None or shutil.which("ssh-keygen") is None:
        pytest.skip("there is no sshd, or no ssh-keygen")
    if importlib.util.find_spec("dvc_ssh") is None:
        pytest.skip("dvc-ssh is not installed: pip install 'tidemark-signals[ssh]'")
    folder = tmp_path / "sshd"
    folder.mkdir()
    for name in ("host", "user"):
        subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", folder / name], check=True)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    (folder / "config").write_text(SETTINGS.format(port=port, folder=folder))
    log = folder / "log"
    server = subprocess.Popen([sshd, "-D", "-f", folder / "config", "-E", log])
    try:
        for _ in range(100):
            with suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
                break
            if server.poll() is not None:
                pytest.skip(f"sshd does not run here: {log.read_text().strip()}")
            time.sleep(0.1)
        url = f"ssh://{getpass.getuser()}@127.0.0.1:{port}{tmp_path}/store"
        yield [
            ["add", "--default", "store", url],
            ["modify", "store", "keyfile", str(folder / "user")],
            ["modify", "--local", "store", "allow_agent", "false"],
        ]
    finally:
        server.terminate()
        server.wait()


def clone(project: Project, to: Path) -> Project:
    project.other("git", "clone", "--quiet", str(project.folder), str(to))
    local = project.folder / ".dvc/config.local"
    if local.exists():
        shutil.copy(local, to / ".dvc/config.local")
    return Project(to)


def share(project: Project, remote: list[list[str]], folder: Path) -> Project:
    """Push all results to the remote; another clone."""
    for arguments in remote:
        project.dvc("remote", *arguments)
    commit(project)
    project.dvc("push", "--run-cache")
    return clone(project, folder / "theirs")


def test_another_clone_pulls_through_ssh_and_runs_nothing(
    project: Project, ssh: list[list[str]], tmp_path: Path
) -> None:
    other = share(project, ssh, tmp_path)
    other.dvc("pull")
    assert other.snapshot() == project.snapshot()
    assert "Running stage" not in other.dvc("repro")


def test_another_clone_pulls_from_a_folder_and_runs_nothing_and_what_is_wrong_there_is_noticed(
    project: Project, tmp_path: Path
) -> None:
    store = tmp_path / "store"
    other = share(project, [["add", "--default", "store", str(store)]], tmp_path)
    other.dvc("pull")
    assert other.snapshot() == project.snapshot()
    assert "Running stage" not in other.dvc("repro")

    # A stranger's remote, or a failing disk: DVC takes what is there for what it is named.
    import random

    before = project.snapshot()
    weights = project.folder / "models/wave/one/weights.safetensors"
    (same,) = [
        path for path in store.rglob("*") if path.is_file() and path.read_bytes() == weights.read_bytes()
    ]
    flip(same, random.Random(0))
    third = clone(project, tmp_path / "third")
    third.dvc("pull")
    assert third.snapshot() != before
    assert "its bytes do not have the hash" in third.run("doctor")
    assert third.snapshot() == before
