"""Weights with which a model's equations have no solution."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from tidemark.core.errors import InputError

if TYPE_CHECKING:
    from tidemark.core.trained import Trained


@contextmanager
def solvable(model: Trained) -> Iterator[None]:
    """Raise `InputError` where a covariance of the model's weights, finite as they are, has no factor."""
    import torch  # as whoever has a model has by then

    try:
        yield
    except torch.linalg.LinAlgError as error:  # type: ignore[attr-defined]
        reason = " ".join(str(error).split())[:120]
        raise InputError(
            f"{model.info.name}: its weights make no covariance ({reason}); train the model again with "
            "`dvc repro`, or copy its files again"
        ) from None
