"""tidemark: a workbench for learning on one-dimensional signals."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tidemark.prediction.model import Model

__all__ = ["load"]


def load(model: str | Path) -> Model:
    """The trained model of that name, or in that folder, ready to `predict` arrays and tables."""
    from tidemark.prediction.model import load as read  # torch is imported here, not by `import tidemark`

    return read(model)
