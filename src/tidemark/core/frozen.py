"""The base of every entry of params.yaml, and the kinds of number that they hold."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

SCALES = ("smoke", "laptop", "paper")
Scale = Literal["smoke", "laptop", "paper"]
Count = Annotated[int, Field(ge=1)]
Positive = Annotated[float, Field(gt=0, allow_inf_nan=False)]
NonNegative = Annotated[float, Field(ge=0, allow_inf_nan=False)]
Share = Annotated[float, Field(ge=0, le=1)]


class Frozen(BaseModel):
    """Base of everything read from params.yaml: immutable, and no unknown key."""

    model_config = ConfigDict(frozen=True, extra="forbid")
