"""What was committed of the default run."""

from __future__ import annotations

from support.documents import REPOSITORY
from tidemark.core.task import names
from tidemark.evaluation import comparison
from tidemark.evaluation.comparison import Comparison


def committed() -> list[Comparison]:
    """The scores of every dataset, by task."""
    files = sorted(path for name in names() for path in (REPOSITORY / "metrics" / name).glob("*.json"))
    return [comparison.read(path) for path in files]
