"""What params.yaml may say of a projection."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, model_validator

from tidemark.core.frozen import Count, Frozen, Positive


class ProjectionEntry(Frozen):
    """A layer of a model, whose outputs for points of test signals are laid out in the plane by t-SNE."""

    beside_blocks = ("model", "dataset")

    model: str
    dataset: str
    """That of the model, after which the stage's dependencies are named."""
    layer: str | Annotated[list[str], Field(min_length=1)]
    """Name of a submodule, or of several whose features stand side by side."""
    points: Count = 600
    perplexity: Positive = 30
    """How many neighbours a point has, so to speak; smaller than `points`."""
    seed: Annotated[int, Field(ge=0, lt=2**32)] = 0

    @model_validator(mode="after")
    def _enough(self) -> ProjectionEntry:
        if self.perplexity >= self.points:
            raise ValueError(f"perplexity {self.perplexity:g} is not smaller than points {self.points}")
        return self
