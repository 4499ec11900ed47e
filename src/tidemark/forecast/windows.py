"""A recording as a dataset of forecasts: each window is a lookback and the horizon after it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Literal

import numpy as np
from pydantic import Field

from tidemark.core.errors import InputError
from tidemark.core.frozen import Count
from tidemark.core.normalisation import scale_of
from tidemark.core.store import Array, DatasetInfo, Split
from tidemark.core.windowing import Windowing
from tidemark.signals.recordings.entry import RecordingEntry
from tidemark.signals.windows.blocks import blocks, described, moments
from tidemark.signals.windows.cut import cut, with_enough


class ForecastRecording(RecordingEntry):
    """A recording to forecast."""

    lookback: Count
    """Samples that a forecast is made from …"""
    horizon: Count
    """… and samples forecast."""
    normalisation: Literal["standard", "window"] = "standard"
    """By the training block's mean and standard deviation; or window by window as well: less the past's mean,
    over its largest absolute value then."""
    history: Annotated[int, Field(ge=0)] = 0
    """Samples before the lookback that baselines may use as well, where the recording has them."""
    season: Count = 1
    """Samples in a season: what a seasonal naive forecast repeats, and errors are scaled by (MASE)."""


def forecasts(
    name: str, recording: Mapping[str, Array], entry: ForecastRecording, sampling_rate: float, where: str
) -> tuple[DatasetInfo, dict[str, Split]]:
    """Cut a recording into pasts and futures.

    `recording["clean"]` is (channels, samples) in recorded units, NaN where missing. Origins roll on by
    `entry.hop` samples, in the test block by the horizon. Pasts may begin in the block before, as they would
    on the day. If a history is asked for, a split's `history` (windows, channels, `entry.history`) is what
    was recorded before each past, scaled alike, NaN where that is nothing. Raises `InputError` where a block
    is too short, all of its windows have too many gaps, or no lookback holds values a season apart.
    """
    lookback, horizon = entry.lookback, entry.horizon
    if entry.season >= lookback:
        raise InputError(
            f"{where}.season = {entry.season}: not shorter than the lookback of {lookback}, so no "
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
        first, start = max(0, start - lookback), end
        if end - first < lookback + horizon:
            raise InputError(
                f"{where}.lookback = {lookback}: with the horizon of {horizon} longer than the "
                f"{split} block and the past before it, {end - first} samples; choose a shorter "
                "lookback or other blocks"
            )
        hop = horizon if split == "test" else entry.hop
        windows = cut(
            _with_history(standard, first, end, entry.history), entry.history + lookback + horizon, hop
        )
        history, past, future = np.split(windows, [entry.history, entry.history + lookback], axis=-1)
        pair = {"past": past, "future": future}
        enough = with_enough(pair, entry.minimum_present, where, split, {"history": history})
        if entry.normalisation == "window":
            level, size = scale_of(enough["past"])
            enough = {name: (values - level) / size for name, values in enough.items()}
        arrays = {name: values.astype(np.float32) for name, values in enough.items() if values.shape[-1]}
        splits[split] = {**arrays, "season": np.full(len(arrays["past"]), entry.season)}
    info = described(
        name, "forecast", entry, sampling_rate, mean, std, splits, length=lookback, horizon=horizon,
        normalisation=entry.normalisation, season=entry.season,
    )  # fmt: skip
    return info, splits


def _with_history(signal: Array, first: int, end: int, samples: int) -> Array:
    """Values `first` … `end` of (channels, samples) and `samples` before, NaN where there are none."""
    before = np.full((len(signal), max(0, samples - first)), np.nan)
    return np.concatenate([before, signal[:, max(0, first - samples) : end]], axis=1)


WINDOWING = Windowing(ForecastRecording, forecasts)
