"""A recording as a dataset: blocks of time, standardised, noise added, windows cut."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from tidemark.core.entries import RecordingEntry
from tidemark.core.errors import InputError
from tidemark.core.store import Array, DatasetInfo, Split
from tidemark.windowing.blocks import blocks, moments
from tidemark.windowing.cut import cut
from tidemark.windowing.present import with_enough


def windowed(
    name: str, recording: Mapping[str, Array], entry: RecordingEntry, sampling_rate: float
) -> tuple[DatasetInfo, dict[str, Split]]:
    """Cut a recording into windows.

    `recording["clean"]`, and `recording["noisy"]` where there is a pair, are (channels, samples) in
    recorded units, NaN where missing. Windows start every `entry.hop` samples; those of the test
    set do not overlap, so that each counts once in a score. Raises `InputError` where
    a block is shorter than a window or all of a block's windows have too many gaps.
    """
    window = entry.window or 1
    clean_blocks = blocks(recording["clean"], entry.blocks)
    mean, std = moments(clean_blocks["train"])
    noisy_blocks = blocks(recording["noisy"], entry.blocks) if "noisy" in recording else {}
    random = np.random.default_rng(entry.seed)
    splits: dict[str, Split] = {}
    for split, block in clean_blocks.items():
        if block.shape[-1] < window:
            raise InputError(
                f"recordings.{name}.window = {window}: longer than the {split} block of "
                f"{block.shape[-1]} samples; choose a shorter window or other blocks"
            )
        clean = (block - mean) / std
        if entry.snr_db is None:
            noisy = (noisy_blocks[split] - mean) / std
        else:
            noisy = clean + noise_std(entry.snr_db) * random.standard_normal(clean.shape)
        hop = window if split == "test" else entry.hop
        pair = {"noisy": cut(noisy, window, hop), "clean": cut(clean, window, hop)}
        present = with_enough(pair, entry.minimum_present, name, split)
        splits[split] = {key: windows.astype(np.float32) for key, windows in present.items()}
    info = DatasetInfo(
        name=name,
        generator="recorded",
        channels=len(mean),
        length=window,
        sampling_rate=sampling_rate,
        rate_unit=entry.rate_unit,
        units=entry.units,
        seed=entry.seed,
        splits={split: len(arrays["clean"]) for split, arrays in splits.items()},
        mean=mean[:, 0].tolist(),
        std=std[:, 0].tolist(),
        law={} if entry.snr_db is None else {"noise_std": noise_std(entry.snr_db)},
    )
    return info, splits


def noise_std(snr_db: float) -> float:
    """Standard deviation of noise at this ratio to a block that was standardised to variance 1."""
    return float(10 ** (-snr_db / 20))
