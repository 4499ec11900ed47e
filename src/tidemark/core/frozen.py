"""The base of every entry of params.yaml, and the kinds of number that they hold."""

from __future__ import annotations

from typing import Annotated, ClassVar, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

SCALES = ("smoke", "laptop", "paper")
Count = Annotated[int, Field(ge=1)]
Positive = Annotated[float, Field(gt=0, allow_inf_nan=False)]
NonNegative = Annotated[float, Field(ge=0, allow_inf_nan=False)]
Share = Annotated[float, Field(ge=0, le=1)]


class Frozen(BaseModel):
    """Base of everything read from params.yaml: immutable, and no unknown key."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    beside_blocks: ClassVar[tuple[str, ...]] = ()
    """Keys that an entry with blocks may have outside of them: those that its stage depends on there."""


class NoOptions(Frozen):
    """Nothing to choose."""


class Ranges(Frozen):
    """An entry whose pairs of numbers are ranges to draw from uniformly."""

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        for key, value in self:
            if isinstance(value, tuple) and value[0] > value[1]:
                raise ValueError(f"{key} range {list(value)} runs downwards; write the smaller value first")
        return self
