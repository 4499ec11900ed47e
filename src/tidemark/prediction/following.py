"""A trained model on lines as they come: what a task does with them, where it can."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tidemark.core import registry
from tidemark.core.errors import InputError
from tidemark.core.task import names
from tidemark.prediction.endpoints import destination_of
from tidemark.prediction.files import OPTIONS, check_options
from tidemark.prediction.missing import with_missing
from tidemark.prediction.output import STANDARD
from tidemark.prediction.solvable import solvable

if TYPE_CHECKING:
    from tidemark.core.trained import Trained


@dataclass(frozen=True)
class Following:
    """What a task whose models can follow a recording provides; in `prediction/follow.py`."""

    options: Sequence[str]
    """Options of the command that it takes."""
    follow: Callable[..., None]
    """(trained model, those options that were chosen by name): standard input to standard output."""


def follow(model: Trained, source: str, destination: str | None = None, **options: object | None) -> None:
    """Read CSV lines from standard input as they come, and write to standard output what is known.

    Options are those of `predict_file`. Raises `InputError` where the model's task cannot, and at the first
    line that is wrong; what was written before it stays.
    """
    chosen = {option: value for option, value in options.items() if value is not None}
    task = model.info.task
    able = [name for name in names() if "follow" in registry.names(f"{name}/prediction")]
    if task not in able:
        raise InputError(
            f"--follow: the model's task is {task}, which needs the whole recording; name a file, "
            f"or a model of task {' or '.join(able)}"
        )
    if source != STANDARD:
        raise InputError(f"--follow: {source} is a file; write - for standard input")
    if destination is not None and destination_of(source, destination, "csv", "") != STANDARD:
        raise InputError(f"--follow: it is standard output that is written; redirect it to {destination}")
    if chosen.pop("kind", "csv") != "csv":
        raise InputError("--follow: lines are read, of CSV; leave out --format")
    check_options(task, chosen)
    following = registry.load(f"{task}/prediction", "follow", task, Following)
    for option in chosen:
        if option not in following.options:
            raise InputError(f"{OPTIONS[option]}: not together with --follow; leave it out")
    with_missing(model, chosen)
    with solvable(model):
        following.follow(model, **chosen)
