"""The repository's own pipeline, as DVC reads it."""

from __future__ import annotations

import os
from functools import cache
from pathlib import Path
from typing import Any

from dvc.repo import Repo

REPOSITORY = Path(__file__).parents[2]


@cache
def stages() -> list[Any]:
    """All stages with a command."""
    before = Path.cwd()
    os.chdir(REPOSITORY)
    try:
        return [stage for stage in Repo(str(REPOSITORY)).index.stages if stage.cmd]
    finally:
        os.chdir(before)
