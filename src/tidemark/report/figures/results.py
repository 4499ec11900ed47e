"""What is known of one dataset: its predictors' scores, and what lies on disk behind them."""

from __future__ import annotations

from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import pandas as pd

from tidemark.core.store import DatasetInfo
from tidemark.evaluation.comparison import Comparison, Predictor, Score
from tidemark.report.figures import reading
from tidemark.report.figures.colours import Colours
from tidemark.report.figures.published import Published
from tidemark.report.figures.units import Units, units
from tidemark.report.figures.view import View

TEST = "test"
"""The test set that follows the dataset's own law."""
MANY = 8
"""A dataset with more models shows but the best of them where a figure has a line or a panel for each."""
BEST = 5
"""That many in lines …"""
BEST_BASELINES = 3
"""… and so many baselines."""


@dataclass(frozen=True)
class Shown:
    """A predictor that is shown, and why: `best model`, `limit`, …"""

    predictor: Predictor
    role: str


@dataclass(frozen=True)
class Few:
    """What a figure with a line for each predictor shows of them."""

    predictors: Sequence[Predictor]
    colours: Colours
    shown: str
    """A sentence on which are shown, and one on which are in colour; empty if all are."""
    coloured: str


@dataclass(frozen=True)
class Results:
    """One dataset."""

    view: View
    comparison: Comparison
    info: DatasetInfo
    folder: Path
    """Details: `models`, `references`, and what the task adds."""
    models_folder: Path
    """The dataset's trained models."""
    published: Published | None = None
    examples: tuple[int, ...] = ()
    """Test signals that were asked for by their indices."""

    @property
    def predictors(self) -> Sequence[Predictor]:
        """All of them, best first."""
        return self.comparison.predictors

    @property
    def models(self) -> list[Predictor]:
        """The trained ones, best first."""
        return self.comparison.of_kind("model")

    def score(self, predictor: Predictor, test: str = TEST) -> Score:
        """The score that ranks."""
        return predictor.score(self.comparison.headline, test)

    @cached_property
    def units(self) -> Units:
        """Labels of axes."""
        return units(self.view, self.info)

    @cached_property
    def colours(self) -> Colours:
        """A colour for each predictor."""
        return Colours((each.label for each in self.models), self.view.colours)

    def details_of(self, predictor: Predictor) -> Path:
        """The folder of what stands behind a predictor's scores."""
        return self.folder / ("models" if predictor.kind == "model" else "references") / predictor.name

    def details(self, file: str, columns: Mapping[str, type]) -> dict[str, pd.DataFrame]:
        """A table of every predictor that has it, by name, best first."""
        paths = {each.name: self.details_of(each) / file for each in self.predictors}
        return {name: reading.table(path, columns) for name, path in paths.items() if path.exists()}

    def learning(self, model: Predictor) -> Path:
        """The folder of snapshots of a model's training."""
        return self.models_folder / model.name / "learning"

    def chosen(self, among: Container[str]) -> list[Shown]:
        """The best model, a plain one, the best baseline, the limit; those there are of the names `among`.

        Plain is the best model of which something is published, or the plain network of the task.
        """
        beginning, role = self.view.plain
        everyone = [each for each in self.predictors if each.name in among]
        models = [each for each in everyone if each.kind == "model"]
        printed = self.published.scores if self.published and self.published.source == "authors" else ()
        known = [each for each in models[1:] if each.label in printed]
        plain = [
            each for each in models[1:] if each.label == beginning or each.label.startswith(f"{beginning}-")
        ]
        shown = [Shown(each, "best model") for each in models[:1]]
        shown += [Shown(each, "best published") for each in known[:1]] or [
            Shown(each, role) for each in plain[:1]
        ]
        for kind, of_kind in (("baseline", "best baseline"), ("limit", "limit")):
            shown += [Shown(each, of_kind) for each in everyone if each.kind == kind][:1]
        return shown

    @cached_property
    def few(self) -> Few:
        """The predictors for a figure with a line for each: the best where there are many models."""
        if len(self.models) <= MANY:
            return Few(self.predictors, self.colours, "", "")
        best = self.models[:BEST]
        told = self.comparison.of_kind("oracle", "limit")
        lines = best + self.comparison.of_kind("baseline")[:BEST_BASELINES] + told
        text = f" Of {len(self.models)} models the best {BEST} are"
        return Few(
            [each for each in self.predictors if each in lines],
            self.colours.only(best),
            f"{text} shown, and of the baselines {BEST_BASELINES}.",
            f"{text} in colour.",
        )

    def law_number(self, key: str, test: str = TEST) -> float | None:
        """A number of a test set's law, if it is all that sets this test set apart from the dataset's law."""
        law, own = self.info.tests.get(test, self.info.law), self.info.law
        value, changed = law.get(key), {name for name in law if law[name] != own.get(name)}
        alone = isinstance(value, int | float) and not isinstance(value, bool) and changed <= {key}
        return float(value) if alone and value is not None else None


def named(shown: Sequence[Shown]) -> str:
    """Who is shown, as in `best model (gru), limit (posterior)`."""
    return ", ".join(f"{each.role} ({each.predictor.label})" for each in shown)
