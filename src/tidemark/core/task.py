"""What a task, a folder of the package, provides in parts: a stage depends on only those that it uses.

Each part is an instance of one of the classes here, in the file of the task named after it (`learning.py`,
`metrics.py`, …), imported when it is first asked for. Shared code knows tasks by this contract alone.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from tidemark.core import registry
from tidemark.core.errors import InputError
from tidemark.core.frozen import Frozen
from tidemark.core.store import Array, DatasetInfo, Split

if TYPE_CHECKING:
    import torch
    from torch import Tensor

    from tidemark.core.calibration import Calibrating
    from tidemark.core.network import Network
    from tidemark.report.figures.view import PageTable, View

Loss = Callable[["Tensor", "Tensor"], "Tensor"]
"""From predictions and targets of a batch to a scalar."""


@dataclass(frozen=True)
class Generator:
    """What the file of a law provides."""

    law: type[Frozen]
    generate: Callable[..., Mapping[str, Tensor]]
    """(law, count, torch.Generator, device) → arrays by name, the first axis counts signals."""
    describe: Callable[[Any], Mapping[str, Any]]
    """From a law to what `DatasetInfo` says of its signals."""


@dataclass(frozen=True)
class Recorder:
    """What the file of a law of whole recordings provides."""

    law: type[Frozen]
    write: Callable[[Path, Any, int], None]
    """(folder, law, seed): write recordings into the folder, in the format of real ones."""


@dataclass(frozen=True)
class Method:
    """What the file of a baseline or of an oracle provides; that of a limit provides a `core.limit.Limit`.

    Only an oracle is shown the law, in `DatasetInfo.law`, and arrays that the law drew (`Scoring.latent`).
    """

    options: type[Frozen]
    predict: Callable[..., Array]
    """(split, DatasetInfo, options, and what `fit` returned if there is one) → predictions."""
    fit: Callable[..., Any] | None = None
    """(training split, validation split, DatasetInfo, options) → what `predict` needs: a method that has
    this is learned on many signals, one without it is fitted to each signal by itself."""
    told: Callable[[Any], Sequence[str]] = lambda options: ()
    """Of an oracle: from options to those of these arrays that it is told of each signal."""


@dataclass(frozen=True)
class Learning:
    """What training needs of a task; in `learning.py`."""

    input: str
    target: str
    """Names of the arrays that a network is given, and that it is to predict."""
    losses: Sequence[str]
    """Names of the losses that an entry may choose."""
    loss: Callable[[str, Split, DatasetInfo], Loss]
    """From a loss's name, the training split and its description to the loss."""
    inputs: Callable[[Split], Array]
    """What a network sees of a split, float32 without NaN where the network cannot take them."""
    shape: Callable[[DatasetInfo], Sequence[object]]
    """What a network's constructor takes after its hyperparameters."""
    pictured: Callable[[Split], Mapping[str, Array]]
    """Of the first validation signal, the arrays that the animation of training shows beside predictions."""
    streams: bool = False
    """Whether stored inputs need no preparation, so that they can be read batch by batch."""
    with_history: Callable[[Split, int], Array] | None = None
    """The same for a network with a `Network.history` of so many samples, with NaN; none has no history."""
    score: Callable[[Tensor, Tensor], float] | None = None
    """Of validation predictions and targets, recorded beside the loss …"""
    score_name: str = ""
    """… under this name."""
    calibrating: Calibrating | None = None
    """How a trained model comes to say what its inputs were like, and how sure it is; none if it does not."""

    def seen(self, split: Split, history: int) -> Array:
        """What a network sees of a split, that of a `Network.history` of so many samples.

        Raises `InputError` where the task has no history to give.
        """
        if not history:
            return self.inputs(split)
        if self.with_history is None:
            raise InputError(
                f"a network with a history of {history} samples: {self.input!r} has none before it; "
                "choose hyperparameters without"
            )
        return self.with_history(split, history)

    def check_loss(self, name: str, where: str) -> None:
        """Raise `InputError`, naming the entry's place `where`, unless a loss has that name."""
        if name not in self.losses:
            raise InputError(
                f"{where}.training.loss = {name!r}: not a loss of this task; "
                f"expected {' or '.join(self.losses)}"
            )


class Predict(Protocol):
    """One predictor, ready to predict."""

    def __call__(self, split: Split, test: str, /) -> Array:
        """Predictions for a split, whose name is `test`."""
        ...


@dataclass(frozen=True)
class Table:
    """Rows to be written as CSV."""

    header: Sequence[str]
    rows: Sequence[Sequence[object]]


@dataclass(frozen=True)
class Predictions:
    """What one predictor says of every test set of a dataset."""

    info: DatasetInfo
    splits: Mapping[str, Split]
    """By test set."""
    values: Mapping[str, Array]
    """By test set, shaped as the task's metrics want it."""
    tables: Mapping[str, Table] = field(default_factory=dict)
    """Further tables by file name, on how they came about."""


@dataclass(frozen=True)
class Scoring:
    """What evaluation needs of a task; in `metrics.py`."""

    headline: str
    """The metric that ranks."""
    better: Mapping[str, str]
    """Of each metric which values are better: lower, higher, lower_log (of a logarithm), or nominal."""
    sums: Callable[[Array, Split], Mapping[str, tuple[Array, ...]]]
    """From predictions and a split to sums by unit of resampling, (units, …), for each metric."""
    metric: Callable[..., Array]
    """From a metric's name and its sums over units, with any leading axes, to the score."""
    predict: Callable[[Network, torch.device, Split], Array]
    """A trained network's predictions for a split."""
    collect: Callable[[Predict, Path, DatasetInfo], Predictions]
    """From one predictor and a dataset's folder to its checked predictions of all test sets."""
    tables: Mapping[str, Callable[[Predictions, Any], Table]] = field(default_factory=dict)
    """Details by file name: from predictions and the evaluation's settings to a table."""
    latent: Sequence[str] = ()
    """Arrays of a split that say how the law drew each signal: shown to oracles and limits alone."""
    without_truth: Scoring | None = None
    """The same for a dataset that is without truth; none in a task that has no such datasets."""

    def of(self, info: DatasetInfo) -> Scoring:
        """How predictions for a dataset are scored."""
        return self.without_truth if info.without_truth and self.without_truth else self


@dataclass(frozen=True)
class Windowing:
    """What cutting a recording needs of a task; in `windows.py`."""

    entry: type[Frozen]
    """What params.yaml says of a recording for this task: a subclass of the recordings' own entry."""
    cut: Callable[..., tuple[DatasetInfo, Mapping[str, Split]]]
    """(name, recording's arrays, entry, sampling rate) → description and splits."""


@dataclass(frozen=True)
class Sections:
    """What a task's params.yaml holds beside what every task's does; in `sections.py`, where there is any."""

    entries: Mapping[str, type[Frozen]]
    """By group of entries, what one of them may say."""
    datasets: Sequence[str] = ()
    """Groups whose entries become datasets."""


@dataclass(frozen=True)
class Drawing:
    """What the page shows of a dataset of the task; in `figures/section.py`.

    Functions take the dataset's `Results`, and return nothing where there is nothing to show.
    """

    view: View
    """Words and labels."""
    figures: Sequence[Callable[[Any], Iterable[Any]]]
    """Each from the results to pictures, in the page's order."""
    tables: Callable[[Any], Iterable[PageTable]] = lambda results: ()
    notes: Callable[[Any], Iterable[str]] = lambda results: ()
    """Sentences on the data."""
    tested: Callable[[Any], Mapping[str, int]] = lambda results: {}
    """What else than windows is counted of the set `test`, such as participants, by its name."""
    made_up: Callable[[Any], bool] = lambda results: False
    """Whether the data were made up to stand in for recordings."""
    example: Callable[..., Any] | None = None
    """(trained model, split, signal, number of sample paths, steps or none for all) → a figure."""
    details: Sequence[str] = ()
    """Tables of every predictor that `dvc plots` shows: `<name>.csv` becomes `<name>_<predictor>.csv`."""
    without_truth: View | None = None
    """Words and labels for a dataset that is without truth; none in a task that has no such datasets."""

    def view_of(self, info: DatasetInfo) -> View:
        """Words and labels for a dataset."""
        return self.without_truth if info.without_truth and self.without_truth else self.view


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
