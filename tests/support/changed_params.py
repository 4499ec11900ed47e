"""The committed params.yaml files, to be changed by tests."""

from __future__ import annotations

import copy
import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

REPOSITORY = Path(__file__).parents[2]
FILES = {"": Path("params.yaml")} | {
    path.parent.name: path.relative_to(REPOSITORY) for path in REPOSITORY.glob("pipelines/*/params.yaml")
}
"""Of each task; the top one has no name."""


@cache
def _committed(task: str) -> dict[str, Any]:
    tree: dict[str, Any] = YAML(typ="safe").load(REPOSITORY / FILES[task])
    return tree


def default_tree(task: str = "") -> dict[str, Any]:
    """A copy of a task's content, or of the top one's."""
    return copy.deepcopy(_committed(task))


def write_params(folder: Path, changed: Mapping[str, dict[str, Any]] | None = None) -> Path:
    """Write all of them below `folder`, those in `changed`, by task, with that content.

    JSON is YAML, and written much faster.
    """
    for task, file in FILES.items():
        path = folder / file
        path.parent.mkdir(parents=True, exist_ok=True)
        tree = (changed or {}).get(task) or _committed(task)
        path.write_text(json.dumps(tree, indent=1).replace(": NaN", ": .nan"))
    return folder


def put(tree: dict[str, Any], key: str, value: object) -> None:
    """Change the value at a dotted key; the value `...` removes it."""
    *path, last = key.split(".")
    for part in path:
        tree = tree.setdefault(part, {})
    if value is ...:
        del tree[last]
    else:
        tree[last] = value
