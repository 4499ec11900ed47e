"""Options of baselines for a dataset that is only proposed yet: chosen on its validation signals."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import product
from typing import Any

from tidemark.core import params, registry
from tidemark.core.errors import InputError
from tidemark.core.method import Method
from tidemark.core.store import DatasetInfo, Split
from tidemark.core.task import Task

Options = Mapping[str, Any]
SIGNALS = 200
"""That options are tried on, at most."""


def tuned(
    info: DatasetInfo,
    validation: Split,
    baselines: Mapping[str, Options],
    grids: Mapping[str, Mapping[str, Sequence[Any]]],
) -> dict[str, Any]:
    """Those of some baselines that are fitted to each signal, each with its best options by the headline.

    What is tried is what was proposed, and every combination of what the grid of the same name varies;
    options that a method refuses are left out.
    """
    scoring = Task(info.task).scoring.of(info)
    every = -(-len(next(iter(validation.values()))) // SIGNALS)
    split = {name: array[::every] for name, array in validation.items()}
    sign = -1.0 if scoring.better[scoring.headline] == "higher" else 1.0

    def error(method: Method, options: Options) -> float:
        try:
            checked = params.validate(method.options, options, "options")
            sums = scoring.sums(method.predict(split, info, checked), split)[scoring.headline]
        except InputError:
            return float("inf")
        return sign * float(scoring.metric(scoring.headline, *(part.sum(0) for part in sums)))

    result = {}
    for name, written in baselines.items():
        label = str(written.get("method", name.replace("-", "_")))
        method = registry.load(f"{info.task}/baselines", label, name, Method)
        if method.fit is None:
            options = _tried(written.get("options", {}), grids.get(name, {}))
            best = min(options, key=lambda each: error(method, each))
            result[name] = {**written, "options": best} if best else dict(written)
    return result


def _tried(proposed: Options, grid: Mapping[str, Sequence[Any]]) -> Iterator[dict[str, Any]]:
    yield dict(proposed)
    for values in product(*grid.values()) if grid else ():
        yield {**proposed, **dict(zip(grid, values, strict=True))}
