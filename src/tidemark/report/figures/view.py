"""How a task is shown to readers: words and labels, filled in by each task in `figures/view.py`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

Place = Literal["examples", "lines", "wide", "animation"]
"""Where a picture stands on the page."""


@dataclass(frozen=True)
class Metric:
    """A metric as readers see it."""

    name: str
    """In the tables that the pipeline writes."""
    label: str
    digits: int | None = None
    """After the point; none writes significant digits instead."""
    unit: str = ""
    above_limit: bool = False
    """Whether a difference from the limit's value, in this unit, says something: of a logarithm, it does."""


@dataclass(frozen=True)
class Sweep:
    """A number of the law that test sets differ in."""

    key: str
    """Its name in the law."""
    name: str
    """As in `by noise level`."""
    label: str
    """Of its axis."""
    trained: str
    """What is marked on that axis: `the noise of the training signals`."""


NOISE = Sweep(
    "noise_std", "noise level", "standard deviation of the noise", "the noise of the training signals"
)


@dataclass(frozen=True)
class View:
    """How one task is shown."""

    title: str
    lead: str
    """What is the input, what the target, what the metrics mean."""
    metrics: tuple[Metric, ...]
    """In the order of the page's columns; the first ranks: an error, unless `better` says otherwise."""
    error: str
    """Label of the axis of that metric."""
    by_set: str
    """The metric of the table of all predictors on all test sets, and of the figures over them."""
    unlike: str
    """Why scores at a smaller size are not those of the published size."""
    answer: str
    """What a predictor is timed on."""
    plain: tuple[str, str]
    """A plain network to show beside the best: the beginning of its label, and its role."""
    others: tuple[Metric, ...] = ()
    """Metrics that the pipeline writes and that have no column of their own."""
    better: Literal["lower", "higher"] = "lower"
    """Which values of the first metric are better: a lower one is an error, and has a logarithmic axis; a
    higher one is a score of at most 1, and has a linear axis."""
    negligible: float = 1e-6
    """Share of the largest error below which an error is rounding, and is drawn as zero."""
    smoothed: str = ""
    """The metric that the first one becomes after smoothing over time; empty if nothing is smoothed."""
    key: str = ""
    """What is seen in the examples …"""
    moving: str = ""
    """… and in the animation of training."""
    arrays: tuple[str, str] = ("", "")
    """Names of input and target in tables and files."""
    labels: tuple[str, str, str] = ("", "", "")
    """Of input, target and prediction in a figure's key."""
    squared: bool = False
    """Whether the first metric is the mean of squared differences from the target, not of absolute ones."""
    position: str = ""
    """What the position of an error counts where there is no unit of time …"""
    time: str = "time"
    """… and where there is one."""
    first_position: int = 0
    """The number that the first position has in figures."""
    by_position: tuple[str, str] = ("", "")
    """Title of the figure of errors by position, and where such an error is taken."""
    sweeps: tuple[Sweep, ...] = ()
    colours: Mapping[str, str] = field(default_factory=dict)
    """Of models by label; those of others are chosen."""

    @property
    def headline(self) -> Metric:
        """The metric that ranks."""
        return self.metrics[0]

    def metric(self, name: str) -> Metric:
        """The metric of that name; one that nobody described goes by it."""
        known = {metric.name: metric for metric in (*self.metrics, *self.others)}
        return known.get(name) or Metric(name, name)


@dataclass(frozen=True)
class Group:
    """Columns of a table that belong to one predictor."""

    label: str
    kind: str
    predictor: str
    """Its full name."""
    columns: int
    role: str = ""
    """Why it is shown."""


@dataclass(frozen=True)
class PageTable:
    """A table of a dataset's own, beside that of its scores."""

    title: str
    caption: str
    header: Sequence[str]
    rows: Sequence[Sequence[str | int | float | None]]
    groups: Sequence[Group] = ()
    """Over the last columns, in their order."""

    @property
    def owners(self) -> list[str]:
        """Of each column the label of the predictor that it belongs to; empty where it is nobody's."""
        owned = [group.label for group in self.groups for _ in range(group.columns)]
        return [""] * (len(self.header) - len(owned)) + owned


@dataclass(frozen=True)
class Drawn:
    """A picture of the page and what is said of it."""

    title: str
    caption: str
    alt: str
    file: str
    place: Place
    width: int
    height: int
    """In points, as drawn."""
