"""What `tidemark add` needs of a task: from a recording to entries of params.yaml; in a file of `setups`."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tidemark.core import registry
from tidemark.core.errors import InputError
from tidemark.core.frozen import SCALES
from tidemark.project import template
from tidemark.project.readable import Timing
from tidemark.project.survey import Survey

ROOM = "project/setups"
NONE: Mapping[str, Any] = {}


@dataclass(frozen=True)
class Choices:
    """What the user said beyond file and task; none of what is to be found out."""

    column: Sequence[str] = ()
    pair: Sequence[str] = ()
    """Two columns, one of which is known in full …"""
    clean: str | None = None
    """… or one without noise."""
    lookback: int | None = None
    horizon: int | None = None
    season: int | None = None
    window: int | None = None
    snr_db: float | None = None
    label: str | None = None
    """Column of classes, in a file for each participant."""
    all_series: bool | None = None
    """Whether every column of numbers is a series."""

    def given(self) -> set[str]:
        """Names of those that were said."""
        return {name for name, value in vars(self).items() if value not in (None, (), [])}


@dataclass(frozen=True)
class Proposal:
    """Entries for a task's params.yaml."""

    entry: Mapping[str, Any]
    recipes: Mapping[str, Any]
    models: Mapping[str, Mapping[str, Any]]
    """By what follows the dataset in a model's name, without dataset and scales' blocks left empty."""
    baselines: Mapping[str, Any]
    said: Sequence[str] = field(default_factory=list)
    """How the dataset is cut, for the user."""
    fewer: str = ""
    """What the user may choose so that more test windows remain."""
    group: str = "recordings"
    """Group of params.yaml that the entry is in."""

    def model(self, dataset: str, name: str) -> dict[str, Any]:
        """A model's whole entry."""
        written = self.models[name]
        scales = {scale: written.get(scale, {}) for scale in SCALES}
        return {"dataset": dataset, **{k: v for k, v in written.items() if k not in SCALES}, **scales}


@dataclass(frozen=True)
class Folder:
    """A folder that is written of several files, and the entries for it."""

    texts: Mapping[str, str]
    """Files of the folder by name."""
    proposal: Proposal


@dataclass(frozen=True)
class Setup:
    """What the file of a task provides."""

    options: Sequence[str]
    """Which of `Choices` there are for the task."""
    marks: Sequence[str] = ()
    """Those among them that say that this is the task."""
    columns: Callable[[Choices], Sequence[str]] | None = None
    """Columns to look at, from the choices; none chosen leaves it to the file. Raises `InputError`."""
    propose: Callable[[Survey, Choices], Proposal] | None = None
    study: Callable[[Path, str], Proposal] | None = None
    """The same for a folder, and the dataset's name; where the task takes folders."""
    people: Callable[[Sequence[Path], Choices, Timing], Folder] | None = None
    """The same for a file of each participant, where the task takes them: what the folder is to hold."""
    usual: bool = False
    """Whether a file without a word is for this task."""


def of(task: str) -> Setup:
    """The setup of a task; raises `InputError` where there is none."""
    return registry.load(ROOM, task, f"task {task!r}", Setup)


def chosen(task: str | None, choices: Choices, folder: bool) -> str:
    """The task: the one said, or that which what else was said belongs to.

    Raises `InputError` for an unknown task, or one that does not take what was said.
    """
    known = template.tasks()
    if task is not None and task not in known:
        raise InputError(f"--task {task}: unknown; expected one of {', '.join(known)}")
    setups = {name: of(name) for name in ([task] if task else known)}
    if task is None and choices.label is not None:
        task = next(name for name, setup in setups.items() if setup.people is not None)
    if task is None:
        wanted = [
            name
            for name, setup in setups.items()
            if (setup.study is not None) == folder and (not folder) * len(choices.given() & {*setup.marks})
        ] or [name for name, setup in setups.items() if (setup.study if folder else setup.usual)]
        task = wanted[0]
    setup = setups[task]
    if folder and setup.study is None:
        raise InputError(f"--task {task}: takes a file, not a folder; name one")
    if not folder and setup.propose is None and choices.label is None:
        raise InputError(
            f"--task {task}: takes a folder of participants' recordings, or a file of each of them and "
            "--label COLUMN, the column of classes"
        )
    if extra := sorted(choices.given() - {*setup.options}):
        raise InputError(
            f"--{extra[0].replace('_', '-')}: not for the task {task}, which takes "
            f"{', '.join('--' + option.replace('_', '-') for option in setup.options) or 'none of these'}"
        )
    return task
