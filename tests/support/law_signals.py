"""Signals of a law as baselines and limits are given them."""

from __future__ import annotations

import sys
from types import ModuleType

import torch

from tidemark.core.store import Array, DatasetInfo
from tidemark.signals import gaussian_process, harmonics

Law = gaussian_process.Law | harmonics.Law


def generator(law: Law) -> ModuleType:
    """The module of `tidemark.signals` that the law is of."""
    return sys.modules[type(law).__module__]


def info(law: Law) -> DatasetInfo:
    """What a dataset of this law says of itself."""
    module = generator(law)
    name = module.__name__.rpartition(".")[2]
    return DatasetInfo("some", name, seed=0, splits={"test": 1}, law=law.model_dump(), **module.describe(law))


def draw(law: Law, count: int, seed: int = 0) -> dict[str, Array]:
    """A split of `count` signals."""
    drawn = generator(law).generate(law, count, torch.Generator().manual_seed(seed))
    return {key: value.numpy() for key, value in drawn.items()}
