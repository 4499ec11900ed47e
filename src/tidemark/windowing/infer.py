"""A recording of two columns as a dataset of pairs: in each window one of them is inferred from the other."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from tidemark.core.entries import RecordingEntry
from tidemark.core.errors import InputError
from tidemark.core.store import Array, DatasetInfo, Split
from tidemark.windowing.blocks import blocks, moments
from tidemark.windowing.points import arranged, scale_of_given
from tidemark.windowing.present import with_enough

MEMBERS = {"first": (0,), "second": (1,), "either": (0, 1)}


def pairs(
    name: str, recording: Mapping[str, Array], entry: RecordingEntry, sampling_rate: float
) -> tuple[DatasetInfo, dict[str, Split]]:
    """Cut a recording of two columns into windows of known and asked values.

    `recording["clean"]` is (2, samples) in recorded units, NaN where missing. Known are one column of a
    window and the first `entry.given` samples of the other, of which the rest is asked for. Training and
    validation windows start every `entry.hop` samples; `either` asks for both columns of each, in turn.
    In the test block windows that ask for a column start `window − given` samples apart, so that no value is
    asked for twice; with `either`, those of the second column lie half as much later, and the two
    alternate. Raises `InputError` where there are not two columns, a block is too short, or all of its
    windows have too many gaps.
    """
    signal = recording["clean"]
    window, given = entry.window or 1, entry.given or 1
    if len(signal) != 2:
        raise InputError(
            f"recordings.{name}.columns: {len(signal)} of them, but one is inferred from the other; name two"
        )
    if given >= window:
        raise InputError(
            f"recordings.{name}.given = {given}: not less than the window of {window}, so nothing is asked; "
            "give fewer"
        )
    parts = blocks(signal, entry.blocks)
    mean, std = moments(parts["train"])
    splits: dict[str, Split] = {}
    for split, part in parts.items():
        if part.shape[-1] < window:
            raise InputError(
                f"recordings.{name}.window = {window}: longer than the {split} block of "
                f"{part.shape[-1]} samples; choose a shorter window or other blocks"
            )
        starts, asked = _plan(part.shape[-1], window, given, entry, split)
        pieces = sliding_window_view((part - mean) / std, window, axis=-1)[:, starts]  # (2, windows, window)
        every = np.arange(len(starts))
        known, other = pieces[1 - asked, every], pieces[asked, every]
        candidates = {
            "given": np.concatenate([known, other[:, :given]], 1)[:, None],
            "rest": other[:, None, given:],
            "asked": asked[:, None, None],
        }
        kept = with_enough(candidates, entry.minimum_present, name, split)
        splits[split] = _points(kept, window, entry.normalisation)
    info = DatasetInfo(
        name=name,
        generator="recorded",
        task="infer",
        channels=2,
        length=window,
        normalisation=entry.normalisation,
        sampling_rate=sampling_rate,
        rate_unit=entry.rate_unit,
        units=entry.units,
        seed=entry.seed,
        splits={split: len(arrays["context"]) for split, arrays in splits.items()},
        mean=mean[:, 0].tolist(),
        std=std[:, 0].tolist(),
    )
    return info, splits


def _plan(samples: int, window: int, given: int, entry: RecordingEntry, split: str) -> tuple[Array, Array]:
    """Where windows start in a block of so many samples, and which column each asks for: (windows,) each."""
    members = MEMBERS[entry.asked]
    if split == "test":
        step = window - given
        starts = np.arange(len(members) * (samples // step + 1)) * step // len(members)
        starts = starts[starts <= samples - window]
    else:
        starts = np.arange(0, samples - window + 1, entry.hop).repeat(len(members))
    return starts, np.resize(members, len(starts))


def _points(kept: Mapping[str, Array], window: int, normalisation: str) -> Split:
    """Context and target of windows: `given` of the known column and the other one, then its `rest`."""
    first, rest, asked = kept["given"][:, 0], kept["rest"][:, 0], kept["asked"][:, 0]
    nothing = np.full_like(rest, np.nan)
    given = np.concatenate([first, nothing], 1).reshape(len(first), 2, window)
    truth = np.full_like(given, np.nan)
    truth[:, 1, window - rest.shape[1] :] = rest
    if normalisation == "window":
        level, size = scale_of_given(given)
        given, truth = (given - level) / size, (truth - level) / size
    context, target, _ = arranged(given, truth, np.concatenate([1 - asked, asked], 1))
    return {"context": context, "target": target}
