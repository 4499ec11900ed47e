"""A new project: Git, DVC, what all tasks share. A task's folder comes with its first recording."""

from __future__ import annotations

import logging
import subprocess
from pathlib import Path

from tidemark.core import params
from tidemark.core.errors import InputError
from tidemark.core.replacing import replacing
from tidemark.project import template

KEPT = Path("metrics/seeds/.gitkeep")
"""Keeps a folder that stages depend on, and that is empty at first."""
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
    for file in (params.TOP, Path("dvc.yaml"), Path(".dvc")):
        if (folder / file).exists():
            raise InputError(
                f"{folder / file}: there already; go on with `tidemark add`, or choose another folder"
            )
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InputError(f"{folder}: cannot be made ({error.strerror}); choose another folder") from None
    within = bool(_git(folder, "rev-parse", "--is-inside-work-tree"))
    if not within:
        _git(folder, "init", "--quiet", needed=True)
    _dvc(folder, within)
    for name, text in _files(folder).items():
        with replacing(folder / name) as temporary:
            temporary.write_text(text, encoding="utf-8")
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
        if (own := folder / name).exists():
            result[name] = f"{own.read_text(encoding='utf-8').rstrip()}\n{result[name]}"
    return result


def _dvc(folder: Path, subdirectory: bool) -> None:
    from dvc.exceptions import DvcException
    from dvc.repo import Repo

    logging.getLogger("dvc.repo.init").setLevel(logging.WARNING)  # what it says is not what comes next
    inner = subdirectory and not (folder / ".git").exists()
    try:
        Repo.init(str(folder), subdir=inner).close()
    except DvcException as error:
        raise InputError(f"{folder}: {' '.join(str(error).split())}") from None


def _git(folder: Path, *arguments: str, needed: bool = False) -> str:
    """What Git prints in `folder`; empty where it fails, an `InputError` where that is `needed`."""
    try:
        done = subprocess.run(["git", *arguments], cwd=folder, capture_output=True, text=True)
    except FileNotFoundError:
        raise InputError("git: no such command; a project needs Git: install it") from None
    if done.returncode and needed:
        raise InputError(f"{folder}: git {arguments[0]} failed: {' '.join(done.stderr.split())}")
    return "" if done.returncode else done.stdout.strip()
