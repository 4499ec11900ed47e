"""A trained model that infers on lines as they come."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from tidemark.core.errors import InputError
from tidemark.infer.prediction.columns import Inferring
from tidemark.infer.prediction.command import half_width, means_of
from tidemark.infer.prediction.filling import Filling
from tidemark.prediction.endpoints import file_name_of
from tidemark.prediction.following import Following
from tidemark.prediction.likeness import demand_of
from tidemark.prediction.output import STANDARD
from tidemark.prediction.promptly import rewrite_promptly

if TYPE_CHECKING:
    from tidemark.core.trained import Trained


def follow(model: Trained, *, std: bool = False, steps: int | None = None, **options: Any) -> None:
    """Write each row, what it lacks filled in, when all that that is inferred from has come."""
    info = model.info.dataset
    half = half_width(model, options)
    if half is not None and std:
        raise InputError("--interval: is about means; leave out --std, or it")
    inferring = Inferring(means_of(model), file_name_of(STANDARD), std, half)
    rewrite_promptly(
        info,
        partial(inferring.columns, prompt=True),
        demand=demand_of(model, options),
        interval=half is not None,
        replacement=Filling(info.length, steps),
        **options,
    )


FOLLOWING = Following(
    ("std", "steps", "columns", "time_column", "interval", "rescale", "unchecked", "missing"), follow
)
