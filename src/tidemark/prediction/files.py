"""A trained model on a file, whatever its task."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from tidemark.core import paths, registry
from tidemark.core.errors import InputError
from tidemark.core.files import is_folder
from tidemark.core.predicting import Written
from tidemark.core.task import Task, names
from tidemark.prediction.missing import with_missing
from tidemark.prediction.solvable import solvable

if TYPE_CHECKING:
    from tidemark.core.trained import Trained

OPTIONS = {
    "horizon": "--horizon",
    "std": "--std",
    "paths": "--paths",
    "steps": "--steps",
    "columns": "--column",
    "time_column": "--time-column",
    "kind": "--format",
    "units": "--units",
    "interval": "--interval",
    "rescale": "--rescale",
    "unchecked": "--unchecked",
    "plot": "--plot",
    "missing": "--missing",
}
"""What the command calls what a task may take."""


def find_model(name: str) -> Path:
    """The folder of the model called `name`, or at that path; raises `InputError` listing those there are."""
    if is_folder(Path(name)):
        return Path(name)
    folders = sorted(path.parent for path in paths.MODELS.glob("*/*/model.json"))
    matches = [folder for folder in folders if folder.name == name]
    if len(matches) == 1:
        return matches[0]
    if matches:
        raise InputError(f"{name}: several models are called so; name one of {', '.join(map(str, matches))}")
    trained = ", ".join(folder.name for folder in folders)
    expected = f"expected a folder, or one of {trained}" if trained else "run `dvc repro` to train models"
    raise InputError(f"{name}: no trained model of that name; {expected}")


def predict_file(
    model: Trained, source: str, destination: str | None = None, **options: object | None
) -> Written:
    """Do with a file what the model's task is; `options` are those of `OPTIONS`, None where not chosen.

    `source` and `destination` are paths, or `-` for standard input and output; without a destination, the
    new file lies beside the source. Raises `InputError` for an option that the task does not take.
    """
    chosen = {option: value for option, value in options.items() if value is not None}
    check_options(model.info.task, chosen)
    with_missing(model, chosen)
    with solvable(model):
        return Task(model.info.task).prediction.file(model, source, destination, **chosen)


def check_options(
    task: str, chosen: Mapping[str, object], written: Callable[[str], str] = OPTIONS.__getitem__
) -> None:
    """Raise `InputError` at an option, called as it is `written`, that a task does not take."""
    for option, value in chosen.items():
        if option not in Task(task).prediction.options:
            able = [name for name in names() if "command" in registry.names(f"{name}/prediction")]
            takers = [name for name in able if option in Task(name).prediction.options]
            shown = ", ".join(map(str, value)) if isinstance(value, (list, tuple)) else value
            called = f"{written(option)}{'' if value is True else f' = {shown}'}"
            if (why := Task(task).prediction.instead.get(option)) is not None:
                raise InputError(f"{called}: {why}")
            raise InputError(
                f"{called}: the model's task is {task}; "
                f"leave it out, or name a model of task {' or '.join(takers)}"
            )
