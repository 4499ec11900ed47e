"""Which options are tried for a baseline, or settings for a model: all combinations of listed values."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import product
from typing import Any

from tidemark.core import params, paths
from tidemark.core.errors import InputError

Options = Mapping[str, Any]
MODELS = "models"
"""The section of `sweeps.yaml` of models, by name; every other is of a dataset's baselines, by label."""


def datasets(task: str) -> list[str]:
    """Datasets that have baselines whose options are chosen by a sweep, in the file's order."""
    return [section for section in params.read(paths.sweeps(task)) if section != MODELS]


def labels(task: str, section: str) -> list[str]:
    """What is swept of a section, a dataset or `models`, in the file's order."""
    return list(_section(task, section))


def read(task: str, section: str, label: str) -> list[Options]:
    """What to try for a baseline of a dataset, or for one of the models, each a mapping of what varies.

    Written in `sweeps.yaml` as a mapping from option to its values, or as a list of such mappings, of which
    each is a grid of its own. Raises `InputError` naming file and key.
    """
    where, written = f"{paths.sweeps(task)}: {section}.{label}", _section(task, section).get(label)
    result: list[Options] = []
    for grid in written if isinstance(written, list) else [written]:
        if not isinstance(grid, Mapping) or not grid:
            raise InputError(f"{where} = {written!r}: expected a mapping from options to lists of values")
        result.extend(_combinations(grid, where))
    return result


def _section(task: str, name: str) -> Mapping[str, Any]:
    section = params.read(paths.sweeps(task)).get(name) or {}
    if not isinstance(section, Mapping):
        raise InputError(
            f"{paths.sweeps(task)}: {name} = {section!r}: expected a mapping from names to grids"
        )
    return section


def _combinations(grid: Mapping[str, Any], where: str) -> list[Options]:
    for option, values in grid.items():
        if not isinstance(values, Sequence) or isinstance(values, str) or not values:
            raise InputError(f"{where}.{option} = {values!r}: expected a list of values to try")
    return [dict(zip(grid, values, strict=True)) for values in product(*grid.values())]
