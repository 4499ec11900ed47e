"""A recording cut into contiguous blocks of time, so that no split has seen another's samples."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from tidemark.core.errors import InputError
from tidemark.core.store import Array, DatasetInfo, Split
from tidemark.signals.recordings.entry import RecordingEntry

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


def check_length(block: Array, split: str, window: int, where: str) -> None:
    """Raise `InputError`, naming the key below `where`, unless a window fits into the block of a split."""
    if block.shape[-1] < window:
        raise InputError(
            f"{where}.window = {window}: longer than the {split} block of "
            f"{block.shape[-1]} samples; choose a shorter window or other blocks"
        )


def described(
    name: str, task: str, entry: RecordingEntry, sampling_rate: float, mean: Array, std: Array,
    splits: Mapping[str, Split], **others: Any,
) -> DatasetInfo:  # fmt: skip
    """What a dataset of a recording is; `mean` and `std` as `moments` gives them, `others` of the task."""
    return DatasetInfo(
        name=name,
        task=task,
        generator="recorded",
        channels=len(mean),
        sampling_rate=sampling_rate,
        rate_unit=entry.rate_unit,
        units=entry.units,
        seed=entry.seed,
        splits={split: len(next(iter(arrays.values()))) for split, arrays in splits.items()},
        mean=mean[:, 0].tolist(),
        std=std[:, 0].tolist(),
        **others,
    )
