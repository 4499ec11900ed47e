"""The committed params.yaml, to be changed by tests."""

from __future__ import annotations

import copy
import json
from functools import cache
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

REPOSITORY = Path(__file__).parents[2]


@cache
def _committed() -> dict[str, Any]:
    tree: dict[str, Any] = YAML(typ="safe").load(REPOSITORY / "params.yaml")
    return tree


def default_tree() -> dict[str, Any]:
    """A copy of its content."""
    return copy.deepcopy(_committed())


def write_params(folder: Path, tree: dict[str, Any]) -> Path:
    """Write `tree` as the params.yaml of a folder; JSON is YAML, and written much faster."""
    path = folder / "params.yaml"
    path.write_text(json.dumps(tree, indent=1).replace(": NaN", ": .nan"))
    return path
