"""Results pushed from one clone and pulled into another, where nothing runs; what a stranger's remote may hold."""

from __future__ import annotations

import getpass
import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import asyncssh
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
SERVER = """
import asyncio, sys, asyncssh

async def serve(port, host, user):
    server = await asyncssh.listen(
        "127.0.0.1", int(port), server_host_keys=[host], authorized_client_keys=user, sftp_factory=True
    )
    await server.wait_closed()

asyncio.run(serve(*sys.argv[1:]))
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


@pytest.fixture(params=["sshd", "asyncssh"])
def ssh(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[list[list[str]]]:
    """A remote behind an SSH server on loopback, as arguments of `dvc remote`: OpenSSH's where there is one."""
    folder = tmp_path / "server"
    folder.mkdir()
    for name in ("host", "user"):
        key = asyncssh.generate_private_key("ssh-ed25519")
        key.write_private_key(folder / name)
        key.write_public_key(folder / f"{name}.pub")
        (folder / name).chmod(0o600)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    log = folder / "log"
    command = [sys.executable, "-c", SERVER, str(port), str(folder / "host"), str(folder / "user.pub")]
    if request.param == "sshd":
        sshd = shutil.which("sshd", path=f"{os.environ['PATH']}:/usr/sbin:/usr/local/sbin")
        if sshd is None:
            pytest.skip("there is no sshd")
        (folder / "config").write_text(SETTINGS.format(port=port, folder=folder))
        command = [sshd, "-D", "-e", "-f", str(folder / "config")]
    with log.open("wb") as said:
        server = subprocess.Popen(command, stderr=said)
    try:
        for _ in range(300):
            with suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
                break
            if server.poll() is not None:
                reason = log.read_text().strip()
                assert request.param == "sshd", reason
                pytest.skip(f"sshd does not run here: {reason}")
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
