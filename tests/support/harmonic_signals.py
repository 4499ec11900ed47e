"""Signals of the harmonics law as baselines and limits are given them."""

from __future__ import annotations

import torch

from tidemark.core.store import Array, DatasetInfo
from tidemark.signals import harmonics


def info(law: harmonics.Law) -> DatasetInfo:
    """What a dataset of this law says of itself."""
    return DatasetInfo(
        "some", "harmonics", seed=0, splits={"test": 1}, law=law.model_dump(), **harmonics.describe(law)
    )


def draw(law: harmonics.Law, count: int, seed: int = 0) -> dict[str, Array]:
    """A split of `count` signals."""
    drawn = harmonics.generate(law, count, torch.Generator().manual_seed(seed))
    return {key: value.numpy() for key, value in drawn.items()}
