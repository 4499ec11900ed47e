"""What giving a trained model a file needs of a task."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol


class Written(Protocol):
    """What became of a file that a model was given."""

    @property
    def destination(self) -> str:
        """Path of the new file, or `-`."""
        ...

    @property
    def summary(self) -> str:
        """What was done, in a line for the user."""
        ...


@dataclass(frozen=True)
class Predicting:
    """What giving a trained model a file needs of a task; in `prediction/command.py`."""

    options: Sequence[str]
    """Which of those that the command has the task takes, such as horizon or columns."""
    file: Callable[..., Written]
    """(trained model, path or `-`, destination or none, and those options that were chosen by name)."""
    instead: Mapping[str, str] = field(default_factory=dict)
    """Of options that the task does not take and others do: why not, and what to do instead."""
