"""A recording cut into contiguous blocks of time, so that no split has seen another's samples."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from tidemark.core.store import Array

NAMES = ("train", "validation", "test")


def blocks(recording: Array, shares: Sequence[float]) -> dict[str, Array]:
    """Views of (channels, samples) in time order: `shares` of it for train, validation and test."""
    ends = np.round(np.cumsum([0.0, *shares]) * recording.shape[-1]).astype(int)
    return {
        name: recording[:, start:end] for name, start, end in zip(NAMES, ends[:-1], ends[1:], strict=True)
    }


def moments(training: Array) -> tuple[Array, Array]:
    """Mean and standard deviation by channel, (channels, 1) each, of a block's present values."""
    mean = np.nanmean(training, axis=-1, keepdims=True)
    std = np.nanstd(training, axis=-1, keepdims=True)
    return mean, np.where(std > 0, std, 1.0)
