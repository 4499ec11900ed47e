"""Numbers that stand for missing values in a model's input, as in the recording that it knows."""

from __future__ import annotations

from collections.abc import Mapping, MutableMapping, Sequence
from typing import TYPE_CHECKING, Any

from tidemark.core import params, paths
from tidemark.core.errors import InputError
from tidemark.core.task import Task

if TYPE_CHECKING:
    from tidemark.core.trained import Trained

OPTION = "missing"
"""What tasks call it that take such numbers."""


def with_missing(model: Trained, options: MutableMapping[str, Any]) -> None:
    """Put the numbers of the model's recording among the options, where none were chosen.

    They stand in the params.yaml of the working directory, if that has the recording: a model's folder does
    not hold them. Raises `InputError` where it says none that can be.
    """
    task = model.info.task
    if OPTION in Task(task).prediction.options and OPTION not in options:
        options[OPTION] = of_recording(task, model.info.dataset.name)


def of_recording(task: str, name: str) -> Sequence[float]:
    """`missing` of a recording in the working directory's params.yaml; none where it is not there."""
    if not paths.params(task).is_file():
        return ()
    entry = params.section(task, "recordings").get(name)
    numbers = entry.get(OPTION, ()) if isinstance(entry, Mapping) else ()
    if not isinstance(numbers, (list, tuple)) or not all(isinstance(each, (int, float)) for each in numbers):
        where = params.where(task, "recordings", name)
        raise InputError(f"{where}.{OPTION} = {numbers!r}: expected a list of numbers, such as [-999]")
    return tuple(map(float, numbers))
