"""Names in params.yaml that become paths: DVC empties what lies at an output's before its stage runs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tidemark.core import params, paths
from tidemark.core.errors import InputError
from tidemark.core.task import names

PARTS = {"dataset": 1, "init_from": 2}
"""Of how many names, between slashes, a key's value is a path."""


def check_names() -> None:
    """Raise `InputError` at an entry that would have outputs elsewhere than where its task's lie."""
    for task in names():
        if not paths.params(task).exists():
            continue
        for group, entries in params.read(paths.params(task)).items():
            if not isinstance(entries, Mapping):
                continue
            for name, entry in params.section(task, group).items():
                if isinstance(entry, Mapping):
                    _check(entry, params.where(task, group, name))


def _check(entry: Mapping[str, Any], where: str) -> None:
    for key, count in PARTS.items():
        if (value := entry.get(key)) is None:
            continue
        parts = value.split("/") if isinstance(value, str) else []
        if len(parts) != count or not all(map(params.NAME.fullmatch, parts)):
            raise InputError(f"{where}.{key} = {value!r}: a name is letters, digits, '-' and '_' only")
