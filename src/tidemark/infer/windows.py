"""A recording of two columns as a dataset of pairs: in each window one of them is inferred from the other."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Literal

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from pydantic import Field, model_validator

from tidemark.core.errors import InputError
from tidemark.core.frozen import Count
from tidemark.core.store import Array, DatasetInfo, Split
from tidemark.core.windowing import Windowing
from tidemark.infer.points import scale_of_context, to_points
from tidemark.signals.recordings.entry import RecordingEntry
from tidemark.signals.windows.blocks import blocks, check_length, described, moments
from tidemark.signals.windows.cut import with_enough

MEMBERS = {"first": (0,), "second": (1,), "either": (0, 1)}


class InferRecording(RecordingEntry):
    """A recording of two columns, one of which is inferred from the other."""

    columns: Annotated[list[str], Field(min_length=2, max_length=2)]
    window: Count
    context: Count
    """Samples that are known of the column to infer, the first of a window."""
    target: Literal["first", "second", "either"] = "either"
    """Which of the two columns is inferred."""
    normalisation: Literal["standard", "window"] = "standard"
    """By the training block's mean and standard deviation; or window by window as well, by what is known."""

    @model_validator(mode="after")
    def _consistent(self) -> InferRecording:
        if not self.context < self.window:
            raise ValueError(f"context {self.context} is not smaller than window {self.window}")
        if self.hop > self.window:
            raise ValueError(f"hop {self.hop} is larger than window {self.window}")
        return self


def pairs(
    name: str, recording: Mapping[str, Array], entry: InferRecording, sampling_rate: float, where: str
) -> tuple[DatasetInfo, dict[str, Split]]:
    """Cut a recording of two columns into windows of known values and targets.

    `recording["clean"]` is (2, samples) in recorded units, NaN where missing. Known are one column of a
    window and the first `entry.context` samples of the other, whose rest is the target. Training and
    validation windows start every `entry.hop` samples, for both columns in turn with `either`. Test windows
    of a column start `window − context` samples apart, so that no value is a target twice; with `either`, the
    two alternate. Raises `InputError` where there are not two columns, a block is too short, or all of its
    windows have too many gaps.
    """
    signal = recording["clean"]
    window, context = entry.window, entry.context
    if len(signal) != 2:
        raise InputError(
            f"{where}.columns: {len(signal)} of them, but one is inferred from the other; name two"
        )
    parts = blocks(signal, entry.blocks)
    mean, std = moments(parts["train"])
    splits: dict[str, Split] = {}
    for split, part in parts.items():
        check_length(part, split, window, where)
        starts, member = _plan(part.shape[-1], window, context, entry, split)
        pieces = sliding_window_view((part - mean) / std, window, axis=-1)[:, starts]  # (2, windows, window)
        every = np.arange(len(starts))
        known, other = pieces[1 - member, every], pieces[member, every]
        candidates = {
            "context": np.concatenate([known, other[:, :context]], 1)[:, None],
            "target": other[:, None, context:],
            "member": member[:, None, None],
        }
        selected = with_enough(candidates, entry.minimum_present, where, split)
        splits[split] = _points(selected, window, entry.normalisation)
    info = described(
        name,
        "infer",
        entry,
        sampling_rate,
        mean,
        std,
        splits,
        length=window,
        normalisation=entry.normalisation,
    )
    return info, splits


def _plan(samples: int, window: int, context: int, entry: InferRecording, split: str) -> tuple[Array, Array]:
    """Where windows start in a block, and which column is the target of each one: (windows,) each."""
    members = MEMBERS[entry.target]
    if split == "test":
        step = window - context
        starts = np.arange(len(members) * (samples // step + 1)) * step // len(members)
        starts = starts[starts <= samples - window]
    else:
        starts = np.arange(0, samples - window + 1, entry.hop).repeat(len(members))
    return starts, np.resize(members, len(starts))


def _points(selected: Mapping[str, Array], window: int, normalisation: str) -> Split:
    """Points of windows: `context` of the known column and of the other one, whose rest is the `target`."""
    first, rest, member = (selected[name][:, 0] for name in ("context", "target", "member"))
    nothing = np.full_like(rest, np.nan)
    known = np.concatenate([first, nothing], 1).reshape(len(first), 2, window)
    truth = np.full_like(known, np.nan)
    truth[:, 1, window - rest.shape[1] :] = rest
    if normalisation == "window":
        level, size = scale_of_context(known)
        known, truth = (known - level) / size, (truth - level) / size
    context, target, _ = to_points(known, truth, np.concatenate([1 - member, member], 1))
    return {"context": context, "target": target}


WINDOWING = Windowing(InferRecording, pairs)
