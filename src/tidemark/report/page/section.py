"""What the page says of a dataset besides its scores, as its figures' stage wrote it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from pydantic import BaseModel, ConfigDict

from tidemark.core import params, paths
from tidemark.core.store import read_json
from tidemark.evaluation.comparison import Comparison
from tidemark.report.figures.published import Published
from tidemark.report.figures.view import Drawn, Metric, PageTable, View

FILE = "section.json"


class Section(BaseModel):
    """All that is known of a dataset besides its scores; what else is in the file is not its concern."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    view: View
    made_up: bool = False
    """Whether the data are made up in place of real ones."""
    length: int | None = None
    """Samples a signal."""
    notes: Sequence[str] = ()
    units: Mapping[str, str | float] = {}
    """Labels of axes."""
    colours: Mapping[str, str] = {}
    """Of models by name, #rrggbb."""
    tested: Mapping[str, int] = {}
    """How much there is in the set `test`: windows, and of a study participants."""
    test_sets: Mapping[str, Mapping[str, float]] = {}
    """Of each test set the numbers of its law that set it apart, by the key of a sweep of the view."""
    published: Published | None = None
    figures: Sequence[Drawn] = ()
    tables: Sequence[PageTable] = ()

    def law(self, test: str) -> str:
        """What sets a test set apart, in words; empty where that is not one number."""
        known = self.test_sets.get(test, {})
        words = [f"{sweep.name} {known[sweep.key]:g}" for sweep in self.view.sweeps if sweep.key in known]
        return ", ".join(words)


def read(root: Path, comparison: Comparison) -> Section:
    """The dataset's section below `root`; where its figures are not drawn yet, one of plain metric names.

    Raises `InputError` for a file that is no section.
    """
    path = root / paths.figures(comparison.task, comparison.dataset) / FILE
    if path.exists():
        return params.validate(Section, read_json(path), str(path))
    headline, higher = comparison.headline, comparison.better[comparison.headline] == "higher"
    names = sorted(comparison.better, key=lambda name: name != headline)
    view = View(
        title=comparison.task.capitalize(),
        lead="",
        metrics=tuple(Metric(name, name) for name in names),
        error=headline,
        by_set=headline,
        unlike="",
        answer="a prediction",
        plain=("", ""),
        better="higher" if higher else "lower",
    )
    return Section(view=view)
