"""A new project: Git, DVC, what all tasks share. A task's folder comes with its first recording."""

from __future__ import annotations

import logging
import os
import subprocess
from pathlib import Path

from tidemark.core import params
from tidemark.core.errors import InputError
from tidemark.core.replacing import END, START, replacing
from tidemark.project import template

KEPT = Path("metrics/seeds/.gitkeep")
"""Keeps a folder that stages depend on, and that is empty at first."""
LAST = Path("dvc.yaml")
"""The file that is written last: without it there is no project yet."""
BEGUN = Path(f"{START}init{END}")
"""There from the beginning of `init` to its end: one that was killed is gone on with."""
OWN_GIT = "Git, too"
"""What it holds where the project was in no working tree of Git's before."""
IGNORED = "# Left where a process was killed; `tidemark doctor` removes them.\n.tidemark-*.tmp\n"
SETTINGS = "[core]\n    analytics = false\n"
README = """# {name}

A tidemark project (the package is `tidemark-signals`): recordings, models of them, and what they are worth.

```sh
tidemark add FILE           # make a recording a dataset, with models and baselines
dvc repro                   # train, score and draw what changed
tidemark table              # every predictor's scores, best first; plots/report.html shows all
tidemark remove NAME        # take a dataset out again
dvc repro pipelines/TASK/dvc.yaml:figures@NAME   # bring one dataset up to date
```

`params.yaml` and `pipelines/<task>/params.yaml` hold every number; `tidemark check` says what is wrong with
one.
"""


def init(folder: Path) -> None:
    """Begin a project in `folder`, which is made if it is not there.

    Raises `InputError` where there is a pipeline already, or where Git or the folder cannot be used.
    """
    begun = (folder / BEGUN).is_file() and not (folder / LAST).exists()  # and killed
    for file in (params.TOP, LAST, Path(".dvc")):
        if (folder / file).exists() and not begun:
            (folder / BEGUN).unlink(missing_ok=True)
            raise InputError(
                f"{folder / file}: there already; go on with `tidemark add`, or choose another folder"
            )
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InputError(f"{folder}: cannot be made ({error.strerror}); choose another folder") from None
    own = begun and (folder / BEGUN).read_text() == OWN_GIT
    within = not own and bool(_git(folder, "rev-parse", "--is-inside-work-tree"))
    with replacing(folder / BEGUN) as temporary:
        temporary.write_text("" if within else OWN_GIT)
    if not within:
        _git(folder, "init", "--quiet", needed=True)
        for lock in (folder / ".git").rglob("*.lock") if own else ():  # of what was killed
            lock.unlink()
    if not (folder / params.TOP).exists():  # the first one: DVC's are there
        _dvc(folder, within, begun)
    files = _files(folder)
    for name in sorted(files, key=lambda name: name == str(LAST)):
        text = files[name]
        with replacing(folder / name) as temporary:
            temporary.write_text(text, encoding="utf-8")
    (folder / BEGUN).unlink()
    if not within:
        _git(folder, "add", "--all")
        _git(
            folder, "commit", "--quiet", "--message", "A tidemark project"
        )  # as far as Git knows who commits


def shared() -> dict[str, str]:
    """Files of every project that come with a version of the package, by path."""
    read = {
        file: (template.FOLDER / file).read_text(encoding="utf-8") for file in ("params.yaml", "gitignore")
    }
    result = {
        "params.yaml": read["params.yaml"],
        "dvc.yaml": template.top(),
        ".gitignore": read["gitignore"],
        ".dvcignore": IGNORED,
        str(KEPT): "",
    }
    for path in sorted((template.FOLDER / "plots").glob("*.json")):
        result[f".dvc/plots/{path.name}"] = path.read_text(encoding="utf-8")
    return result


def _files(folder: Path) -> dict[str, str]:
    result = {**shared(), ".dvc/config": SETTINGS}
    if not (folder / "README.md").exists():
        result["README.md"] = README.format(name=folder.resolve().name)
    for name in (".gitignore", ".dvcignore"):
        own = folder / name
        if own.exists() and not (text := own.read_text(encoding="utf-8")).endswith(result[name]):
            result[name] = f"{text.rstrip()}\n{result[name]}"
        elif own.exists():
            result[name] = text
    return result


def _dvc(folder: Path, subdirectory: bool, again: bool) -> None:
    from dulwich.file import FileLocked
    from dvc.exceptions import DvcException
    from dvc.repo import Repo

    logging.getLogger("dvc.repo.init").setLevel(logging.WARNING)  # what it says is not what comes next
    inner = subdirectory and not (folder / ".git").exists()
    try:
        Repo.init(str(folder), subdir=inner, force=again).close()
    except DvcException as error:
        raise InputError(f"{folder}: {' '.join(str(error).split())}") from None
    except FileLocked as error:
        lock = os.fsdecode(error.lockfilename)
        raise InputError(
            f"{lock}: Git is at work there; wait for its end, or, if it was killed, delete this"
        ) from None


def _git(folder: Path, *arguments: str, needed: bool = False) -> str:
    """What Git prints in `folder`; empty where it fails, an `InputError` where that is `needed`."""
    try:
        done = subprocess.run(["git", *arguments], cwd=folder, capture_output=True, text=True)
    except FileNotFoundError:
        raise InputError("git: no such command; a project needs Git: install it") from None
    if done.returncode and needed:
        raise InputError(f"{folder}: git {arguments[0]} failed: {' '.join(done.stderr.split())}")
    return "" if done.returncode else done.stdout.strip()
