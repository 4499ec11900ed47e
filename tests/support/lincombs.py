"""Signals of the lincomb law as oracles and limits are given them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import torch

from tidemark.core.store import Array, DatasetInfo
from tidemark.denoise.laws import lincomb

Function = Mapping[str, Any]
FREQUENCIES = (1, 5, 10, 15, 20, 30)
POWERS = (1.3, 0.8, 1.2, 1.1, 0.7, 0.85)
PURE = [{"frequency": f} for f in FREQUENCIES]
PSEUDO = [{"frequency": f, "power": p} for f, p in zip(FREQUENCIES, POWERS, strict=True)]
ENRICHMENT = [{"form": form} for form in ("exponential_sine", "sine_cosine", "sine_of_cosine")]
SHIFTED = [function | {"frequency": 1.07 * function["frequency"] + 0.18} for function in PSEUDO]


def draw(
    functions: Sequence[Function],
    count: int,
    std: float | tuple[float, float],
    samples: int = 256,
    **keys: Any,
) -> tuple[dict[str, Array], DatasetInfo]:
    """A split of `count` signals, and what a dataset of their law says of itself."""
    law = lincomb.Law.model_validate(
        {"functions": functions, "samples_per_cycle": samples, "noise_std": std, **keys}
    )
    split = lincomb.generate(law, count, torch.Generator().manual_seed(0))
    length = law.cycles * samples
    info = DatasetInfo(
        "some", "denoise", "lincomb", 1, length, 1.0, "sample", "", 0, {"test": count}, law.model_dump()
    )
    return {key: tensor.numpy() for key, tensor in split.items()}, info
