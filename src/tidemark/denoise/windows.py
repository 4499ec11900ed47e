"""A recording as a dataset: blocks of time, standardised, noise added, windows cut."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, Literal

import numpy as np
from pydantic import model_validator

from tidemark.core.frozen import Count
from tidemark.core.store import Array, DatasetInfo, Split
from tidemark.core.windowing import Windowing
from tidemark.signals.recordings.entry import RecordingEntry
from tidemark.signals.windows import hidden, whiteness
from tidemark.signals.windows.blocks import blocks, check_length, described, moments
from tidemark.signals.windows.cut import cut, with_enough


class DenoiseRecording(RecordingEntry):
    """A recording to denoise: clean, with noise to be added, a clean and noisy pair, or a noisy one alone."""

    window: Count
    noisy_columns: list[str] | None = None
    """Columns of the noisy partner, where the file holds a clean/noisy pair."""
    snr_db: float | None = None
    """Noise added to a clean recording, relative to the training block's variance."""
    reference: Literal["none"] | None = None
    """none: the columns are noisy, and nobody knows the clean signal."""

    @model_validator(mode="after")
    def _consistent(self) -> DenoiseRecording:
        if self.hop > self.window:
            raise ValueError(f"hop {self.hop} is larger than window {self.window}")
        if sum(each is not None for each in (self.snr_db, self.noisy_columns, self.reference)) != 1:
            raise ValueError(
                "give either snr_db (noise is added), noisy_columns (a pair) or reference: none (a noisy "
                "recording alone)"
            )
        if same := {*(self.columns or ())} & {*(self.noisy_columns or ())}:
            raise ValueError(
                f"noisy_columns: {min(same)!r} is among the clean columns too; name another column, or, if "
                "only the noisy one is known, leave noisy_columns out and say reference: none"
            )
        if self.reference and self.window < hidden.EVERY:
            raise ValueError(
                f"window {self.window}: with reference: none one of {hidden.EVERY} samples is hidden; choose "
                f"{hidden.EVERY} or more"
            )
        return self

    @property
    def partner(self) -> list[str] | None:
        """Columns of the noisy partner."""
        return self.noisy_columns


def windowed(
    name: str, recording: Mapping[str, Array], entry: DenoiseRecording, sampling_rate: float, where: str
) -> tuple[DatasetInfo, dict[str, Split]]:
    """Cut a recording into windows; with `reference: none`, see `_without_truth`.

    `recording["clean"]`, and `recording["noisy"]` where there is a pair, are (channels, samples) in recorded
    units, NaN where missing. Test windows do not overlap, so that each sample counts once in a score. Raises
    `InputError` where a block is shorter than a window or all of its windows have too many gaps.
    """
    window = entry.window
    clean_blocks = blocks(recording["clean"], entry.blocks)
    mean, std = moments(clean_blocks["train"])
    if entry.reference:
        return _without_truth(name, {s: (b - mean) / std for s, b in clean_blocks.items()}, (mean, std),
                              entry, sampling_rate, where)  # fmt: skip
    noisy_blocks = blocks(recording["noisy"], entry.blocks) if "noisy" in recording else {}
    random = np.random.default_rng(entry.seed)
    splits: dict[str, Split] = {}
    for split, block in clean_blocks.items():
        check_length(block, split, window, where)
        clean = (block - mean) / std
        if entry.snr_db is None:
            noisy = (noisy_blocks[split] - mean) / std
        else:
            noisy = clean + noise_std(entry.snr_db) * random.standard_normal(clean.shape)
        hop = window if split == "test" else entry.hop
        pair = {"noisy": cut(noisy, window, hop), "clean": cut(clean, window, hop)}
        present = with_enough(pair, entry.minimum_present, where, split)
        splits[split] = {key: windows.astype(np.float32) for key, windows in present.items()}
    law = {} if entry.snr_db is None else {"noise_std": noise_std(entry.snr_db)}
    info = described(name, "denoise", entry, sampling_rate, mean, std, splits, length=window, law=law)
    return info, splits


def _without_truth(
    name: str, scaled: Mapping[str, Array], moments: tuple[Array, Array], entry: DenoiseRecording,
    sampling_rate: float, where: str,
) -> tuple[DatasetInfo, dict[str, Split]]:  # fmt: skip
    """Windows of a noisy recording alone, by its `scaled` blocks, (channels, samples).

    In every window some samples are hidden, and are the targets (`hidden`); in the test block each sample is,
    once. Where the noise of the training block is white (`whiteness`), test windows come with how strong it
    is there: `noise_squares` and `noise_count`, (copies,), whose sums' ratio is its variance; each window's
    beside its first copy, zero beside others.
    """
    found = [whiteness.noise_of(channel) for channel in scaled["train"]]
    random = np.random.default_rng(entry.seed)
    splits: dict[str, Split] = {}
    for split, block in scaled.items():
        check_length(block, split, entry.window, where)
        windows = cut(block, entry.window, entry.window if split == "test" else entry.hop)
        noisy = with_enough({"noisy": windows}, entry.minimum_present, where, split)["noisy"]
        arrays = hidden.throughout(noisy) if split == "test" else hidden.once(noisy, random)
        splits[split] = {
            key: array.astype(np.float32) if array.dtype == np.float64 else array
            for key, array in arrays.items()
        }
        if split == "test" and all(each.is_white for each in found):
            splits[split] = {**splits[split], **_noise(noisy, found, len(arrays["window"]))}
    info = described(name, "denoise", entry, sampling_rate, *moments, splits, length=entry.window,
                     without_truth=True, noise=_said(found))  # fmt: skip
    counts = {split: int(arrays["window"].max()) + 1 for split, arrays in splits.items()}
    return replace(info, splits=counts), splits


def _noise(noisy: Array, found: Sequence[whiteness.Noise], copies: int) -> dict[str, Array]:
    """How strong the noise is in each of some windows, (windows, channels, samples)."""
    each = [whiteness.squares(noisy[:, place], noise.kernel) for place, noise in enumerate(found)]
    result = {"noise_squares": np.zeros(copies), "noise_count": np.zeros(copies)}
    for array, parts in zip(result.values(), zip(*each, strict=True), strict=True):
        array[: len(noisy)] = np.sum(parts, axis=0)
    return result


def _said(found: Sequence[whiteness.Noise]) -> dict[str, Any]:
    """What was found out of the noise, of the channel where it is farthest from white."""
    worst = max(found, key=lambda each: abs(each.excess) / (each.bound or 1.0))
    return {
        "white": all(each.is_white for each in found),
        "std": [each.variance**0.5 for each in found],
        "excess": worst.excess,
        "lag": min(each.lag for each in found) and worst.lag,
        "bound": worst.bound,
    }


def noise_std(snr_db: float) -> float:
    """Standard deviation of noise at this ratio to a block that was standardised to variance 1."""
    return float(10 ** (-snr_db / 20))


WINDOWING = Windowing(DenoiseRecording, windowed)
