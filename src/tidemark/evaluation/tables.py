"""Details behind a score, as functions that a task's metrics fill in."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

import numpy as np

from tidemark.core.scoring import Predictions, Table
from tidemark.core.store import Array, Split
from tidemark.evaluation.bootstrap import interval
from tidemark.evaluation.entry import EvaluationEntry

TableOf = Callable[[Predictions, EvaluationEntry], Table]


def position(headline: str, error: Callable[[Array, Split], Array]) -> TableOf:
    """The headline error at each position of the set `test`: `error` gives it, (positions,)."""

    def table(predictions: Predictions, entry: EvaluationEntry) -> Table:
        errors = error(predictions.values["test"], predictions.splits["test"])
        return Table(["position", headline], list(enumerate(errors.tolist())))

    return table


def examples(
    columns: Sequence[str], rows: Callable[[Array, Split, int], Iterable[Sequence[float]]]
) -> TableOf:
    """Some signals of the set `test`, and the first of them of each other set, sample by sample.

    Which ones is said by the entry; what is said of them is called `columns`.
    """

    def table(predictions: Predictions, entry: EvaluationEntry) -> Table:
        return Table(
            ["test", "signal", *columns],
            [
                (test, signal, *values)
                for test, split in predictions.splits.items()
                for signal in entry.shown(predictions.info.name, len(predictions.values[test]))[
                    : None if test == "test" else 1
                ]
                for values in rows(predictions.values[test], split, signal)
            ],
        )

    return table


def reliability(bins: Callable[[Array, Split], Iterable[tuple[float, Array, Array]]]) -> TableOf:
    """How often something is so that a predictor holds for so probable, by test set, with intervals.

    `bins` gives nominal shares, each with the cases that are so and all cases, by unit of resampling.
    """

    def share(within: Array, of_all: Array) -> Array:
        nothing = np.full(np.shape(of_all), np.nan)  # a resample may have none of these cases
        return np.asarray(np.divide(within, of_all, out=nothing, where=of_all > 0))

    def table(predictions: Predictions, entry: EvaluationEntry) -> Table:
        return Table(
            ["test", "nominal", "observed", "low", "high"],
            [
                (test, level, *interval((inside, count), share, **entry.resampling))
                for test, split in predictions.splits.items()
                for level, inside, count in bins(predictions.values[test], split)
            ],
        )

    return table
