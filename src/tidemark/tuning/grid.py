"""Which options are tried for a baseline: all combinations of listed values."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import product
from typing import Any

from tidemark.core import params, paths
from tidemark.core.errors import InputError

Options = Mapping[str, Any]


def baselines(task: str, dataset: str) -> list[str]:
    """Labels of the baselines of a dataset whose options are chosen by a sweep, in the file's order."""
    return list(_of_dataset(task, dataset))


def read(task: str, dataset: str, label: str) -> list[Options]:
    """The options to try for one baseline, each a mapping of those that vary.

    Written in `sweeps.yaml` as a mapping from option to its values, or as a list of such mappings, of which
    each is a grid of its own. Raises `InputError` naming file and key.
    """
    where, written = f"{paths.sweeps(task)}: {dataset}.{label}", _of_dataset(task, dataset).get(label)
    result: list[Options] = []
    for grid in written if isinstance(written, list) else [written]:
        if not isinstance(grid, Mapping) or not grid:
            raise InputError(f"{where} = {written!r}: expected a mapping from options to lists of values")
        result.extend(_combinations(grid, where))
    return result


def _of_dataset(task: str, dataset: str) -> Mapping[str, Any]:
    of_dataset = params.read(paths.sweeps(task)).get(dataset) or {}
    if not isinstance(of_dataset, Mapping):
        raise InputError(f"{paths.sweeps(task)}: {dataset} = {of_dataset!r}: expected a mapping of baselines")
    return of_dataset


def _combinations(grid: Mapping[str, Any], where: str) -> list[Options]:
    for option, values in grid.items():
        if not isinstance(values, Sequence) or isinstance(values, str) or not values:
            raise InputError(f"{where}.{option} = {values!r}: expected a list of values to try")
    return [dict(zip(grid, values, strict=True)) for values in product(*grid.values())]
