"""What may happen to a pipeline: each fault is done to a project, and names the one command that undoes it."""

from __future__ import annotations

import os
import random
import shutil
import signal
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import psutil

from faults.projects import Project

Random = random.Random
Fault = Callable[[Project, Random], str]
LONGEST = 6.0
"""Seconds after its start at which a run is hit at the latest; one that has ended by then is hit no more."""


def killed(project: Project, chance: Random) -> str:
    """Any process of a run, at any moment, by SIGKILL; the next run starts at once."""
    project.forget()
    run = project.start("repro", "--jobs", "2")
    time.sleep(chance.uniform(0.2, LONGEST))
    with suppress(psutil.NoSuchProcess):
        parent = psutil.Process(run.process.pid)
        victims = sorted([parent, *parent.children(recursive=True)], key=lambda process: process.pid)
        chance.choice(victims).kill()
    if chance.random() < 0.5:
        run.end()
    else:  # whoever is left goes on beside the next run
        threading.Thread(target=run.process.wait, daemon=True).start()
    return "repro"


def run_killed(project: Project, chance: Random) -> str:
    """`tidemark repro` alone, while its stages run."""
    project.forget()
    run = project.start("repro", "--jobs", "2")
    time.sleep(chance.uniform(1.5, LONGEST))
    run.process.kill()
    run.end()
    return "repro"


def interrupted(project: Project, chance: Random) -> str:
    """Ctrl-C, or another signal by which a terminal or a system ends what runs."""
    project.forget()
    run = project.start("repro", "--jobs", "2")
    time.sleep(chance.uniform(0.2, LONGEST))
    with suppress(ProcessLookupError):
        os.killpg(run.process.pid, chance.choice([signal.SIGINT, signal.SIGTERM, signal.SIGHUP]))
    _, said = run.end()
    assert "Traceback" not in said or "KeyboardInterrupt" in said, said
    return "repro"


def two_at_once(project: Project, chance: Random) -> str:
    """Two runs; both end well."""
    project.forget()
    runs = [project.start("repro", "--jobs", "2")]
    time.sleep(chance.uniform(0, 3))
    runs.append(project.start("repro", "--jobs", "2"))
    for run in runs:
        status, said = run.end()
        assert status == 0, said
    return "repro"


def flip(path: Path, chance: Random) -> None:
    """One bit, with the file's times as they were, as a failing disk does it."""
    before = path.stat()
    content = bytearray(path.read_bytes())
    content[chance.randrange(len(content))] ^= 1 << chance.randrange(8)
    path.chmod(0o644)
    path.write_bytes(content)
    path.chmod(before.st_mode & 0o777)
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))


def _flipped(pattern: str, command: str) -> Fault:
    def fault(project: Project, chance: Random) -> str:
        files = [path for path in sorted(project.folder.glob(pattern)) if path.is_file()]
        files = [path for path in files if path.stat().st_size and "installed.txt" not in path.name]
        files = [path for path in files if ".dvc/tmp" not in str(path)]  # what was set aside
        flip(chance.choice(files), chance)
        return command

    return fault


def emptied_lock(project: Project, chance: Random) -> str:
    """What a full disk or a crash of the machine leaves of a file that is written in place."""
    locks = [path for path in sorted(project.folder.rglob("dvc.lock")) if ".dvc" not in path.parts]
    lock = chance.choice([locks[0], *locks])  # the top one is the first
    lock.write_bytes(lock.read_bytes()[: chance.choice([0, chance.randrange(lock.stat().st_size)])])
    return "repro"


def stale_list(project: Project, chance: Random) -> str:
    """DVC's list of who is at work names a process whose number another one has now; or it is cut short."""
    path = project.folder / ".dvc/tmp/rwlock"
    entry = f'{{"pid": {os.getppid()}, "cmd": "dvc repro"}}'
    path.write_text(
        chance.choice([f'{{"write": {{"{project.folder}/data": {entry}}}, "read": {{}}}}', '{"wri'])
    )
    project.forget()
    return "repro"


def no_folder(project: Project, chance: Random) -> str:
    """A plain file in the place of a folder that DVC and the runs have for themselves."""
    path = project.folder / chance.choice([".dvc/tmp", ".dvc/tmp/repro", ".dvc/cache/runs"])
    shutil.rmtree(path)
    path.write_text("no folder\n")
    return "repro"


def no_file(project: Project, chance: Random) -> str:
    """A FIFO, which would be read for ever, or a link that leads nowhere, in the place of an output."""
    path = chance.choice([path for path in sorted(project.folder.glob("models/**/*")) if path.is_file()])
    path.unlink()
    chance.choice([lambda: os.mkfifo(path), lambda: path.symlink_to("nowhere")])()
    return "doctor"


def no_database(project: Project, chance: Random) -> str:
    """What DVC remembers of files, outside of the project, is no database any more."""
    lines = project.dvc("doctor").splitlines()
    (folder,) = (line.rpartition(" ")[2] for line in lines if line.startswith("Repo.site_cache_dir"))
    chance.choice(sorted(Path(folder).rglob("*.db"))).write_bytes(b"garbage")
    return "repro"


FAULTS: dict[str, Fault] = {
    "killed": killed,
    "run killed": run_killed,
    "interrupted": interrupted,
    "two at once": two_at_once,
    "bit in the cache": _flipped(".dvc/cache/files/md5/*/*", "doctor"),
    "bit in the data": _flipped("data/*/**/*", "doctor"),
    "bit in the weights": _flipped("models/**/*.safetensors", "doctor"),
    "bit in the lock": _flipped("**/dvc.lock", "repro"),
    "empty lock": emptied_lock,
    "stale list": stale_list,
    "no folder": no_folder,
    "no file": no_file,
    "no database": no_database,
}
