"""What a task, a folder of the package, provides in parts: a stage depends on only those that it uses.

Each part is an instance of a class that has a file of its own here, in the file of the task that `Task` says,
imported when it is first asked for. Shared code knows tasks by this contract alone.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from tidemark.core import registry
from tidemark.core.drawing import Drawing
from tidemark.core.errors import InputError
from tidemark.core.frozen import Frozen
from tidemark.core.learning import Learning
from tidemark.core.predicting import Predicting
from tidemark.core.scoring import Scoring
from tidemark.core.sections import Sections
from tidemark.core.windowing import Windowing


@dataclass(frozen=True)
class Task:
    """A task by the name of its folder."""

    name: str

    def __post_init__(self) -> None:
        """Raise `InputError` unless there is such a task."""
        if self.name not in names():
            raise InputError(f"task {self.name!r}: unknown; expected one of {', '.join(names())}")

    @property
    def learning(self) -> Learning:
        """What training needs."""
        return registry.load(self.name, "learning", self.name, Learning)

    @property
    def scoring(self) -> Scoring:
        """What evaluation needs."""
        return registry.load(self.name, "metrics", self.name, Scoring)

    @property
    def windowing(self) -> Windowing:
        """What cutting recordings needs; raises `InputError` for a task without recordings."""
        return registry.load(self.name, "windows", self.name, Windowing)

    @property
    def prediction(self) -> Predicting:
        """What giving a model a file needs."""
        return registry.load(f"{self.name}/prediction", "command", self.name, Predicting)

    @property
    def drawing(self) -> Drawing:
        """What is shown of its datasets."""
        return registry.load(f"{self.name}/figures", "section", self.name, Drawing)

    @property
    def sections(self) -> Mapping[str, type[Frozen]]:
        """Further groups of entries in params.yaml, and what one of each may say."""
        return self._sections().entries

    @property
    def datasets(self) -> Sequence[str]:
        """Those of them whose entries become datasets."""
        return self._sections().datasets

    def _sections(self) -> Sections:
        if "sections" not in registry.names(self.name):
            return Sections({})
        return registry.load(self.name, "sections", self.name, Sections)


def names() -> list[str]:
    """Names of all tasks: the folders of the package that have metrics and laws."""
    return sorted(path.parent.name for path in registry.PACKAGE.glob("*/metrics.py"))
