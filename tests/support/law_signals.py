"""Signals of a law as baselines and limits are given them."""

from __future__ import annotations

import torch

from tidemark.core.store import Array, DatasetInfo
from tidemark.forecast.laws import harmonics
from tidemark.infer.laws import gaussian_process

Law = gaussian_process.Law | harmonics.Law
KNOWN = {
    gaussian_process.Law: ("infer", "gaussian_process", gaussian_process.GENERATOR),
    harmonics.Law: ("forecast", "harmonics", harmonics.GENERATOR),
}


def info(law: Law) -> DatasetInfo:
    """What a dataset of this law says of itself."""
    task, name, generator = KNOWN[type(law)]
    return DatasetInfo(
        "some", task, name, seed=0, splits={"test": 1}, law=law.model_dump(), **generator.describe(law)
    )


def draw(law: Law, count: int, seed: int = 0) -> dict[str, Array]:
    """A split of `count` signals."""
    generator = KNOWN[type(law)][2]
    drawn = generator.generate(law, count, torch.Generator().manual_seed(seed))
    return {key: value.numpy() for key, value in drawn.items()}
