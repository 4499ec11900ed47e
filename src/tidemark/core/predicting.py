"""What giving a trained model a file needs of a task."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
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
    """Which of horizon, std, paths, steps, columns, time_column, kind and units the task takes."""
    file: Callable[..., Written]
    """(trained model, path or `-`, destination or none, and those options that were chosen by name)."""
