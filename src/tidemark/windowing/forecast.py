"""A recording as a dataset of forecasts: each window is a lookback and the horizon after it."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from tidemark.core.entries import RecordingEntry
from tidemark.core.errors import InputError
from tidemark.core.store import Array, DatasetInfo, Split
from tidemark.normalisation import scale_of
from tidemark.windowing.blocks import blocks, moments
from tidemark.windowing.cut import cut
from tidemark.windowing.present import with_enough


def forecasts(
    name: str, recording: Mapping[str, Array], entry: RecordingEntry, sampling_rate: float
) -> tuple[DatasetInfo, dict[str, Split]]:
    """Cut a recording into pasts and futures.

    `recording["clean"]` is (channels, samples) in recorded units, NaN where missing. Origins roll on
    by `entry.hop` samples, in the test block by the horizon, so that each value is asked for once. Futures
    lie in their own block; pasts may reach back into the block before, as they would on the day. Raises
    `InputError` where a block is too short, all of its windows have too many gaps, or no lookback holds
    values a season apart.
    """
    lookback, horizon = entry.lookback or 1, entry.horizon or 1
    if entry.season >= lookback:
        raise InputError(
            f"recordings.{name}.season = {entry.season}: not shorter than the lookback of {lookback}, so no "
            "error can be scaled by the change over a season; choose a longer lookback or a shorter season"
        )
    signal = recording["clean"]
    parts = blocks(signal, entry.blocks)
    mean, std = moments(parts["train"])
    standard = (signal - mean) / std
    splits: dict[str, Split] = {}
    start = 0
    for split, part in parts.items():
        end = start + part.shape[-1]
        block = standard[:, max(0, start - lookback) : end]
        start = end
        if block.shape[-1] < lookback + horizon:
            raise InputError(
                f"recordings.{name}.lookback = {lookback}: with the horizon of {horizon} longer than the "
                f"{split} block and the past before it, {block.shape[-1]} samples; choose a shorter "
                "lookback or other blocks"
            )
        windows = cut(block, lookback + horizon, horizon if split == "test" else entry.hop)
        pair = {"past": windows[..., :lookback], "future": windows[..., lookback:]}
        past, future = with_enough(pair, entry.minimum_present, name, split).values()
        if entry.normalisation == "window":
            level, size = scale_of(past)
            past, future = (past - level) / size, (future - level) / size
        splits[split] = {
            "past": past.astype(np.float32),
            "future": future.astype(np.float32),
            "season": np.full(len(past), entry.season),
        }
    info = DatasetInfo(
        name=name,
        generator="recorded",
        task="forecast",
        channels=len(mean),
        length=lookback,
        horizon=horizon,
        normalisation=entry.normalisation,
        season=entry.season,
        sampling_rate=sampling_rate,
        rate_unit=entry.rate_unit,
        units=entry.units,
        seed=entry.seed,
        splits={split: len(arrays["past"]) for split, arrays in splits.items()},
        mean=mean[:, 0].tolist(),
        std=std[:, 0].tolist(),
    )
    return info, splits
