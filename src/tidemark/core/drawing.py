"""What the page needs of a task."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tidemark.core.store import DatasetInfo

if TYPE_CHECKING:
    from tidemark.report.figures.view import PageTable, View


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
