"""A recording as a dataset: blocks of time, standardised, noise added, windows cut."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from pydantic import model_validator

from tidemark.core.frozen import Count
from tidemark.core.store import Array, DatasetInfo, Split
from tidemark.core.task import Windowing
from tidemark.signals.recordings.entry import RecordingEntry
from tidemark.signals.windows.blocks import blocks, check_length, described, moments
from tidemark.signals.windows.cut import cut, with_enough


class DenoiseRecording(RecordingEntry):
    """A recording to denoise: clean, with noise to be added, or a clean and noisy pair."""

    window: Count
    noisy_columns: list[str] | None = None
    """Columns of the noisy partner, where the file holds a clean/noisy pair."""
    snr_db: float | None = None
    """Noise added to a clean recording, relative to the training block's variance."""

    @model_validator(mode="after")
    def _consistent(self) -> DenoiseRecording:
        if self.hop > self.window:
            raise ValueError(f"hop {self.hop} is larger than window {self.window}")
        if (self.snr_db is None) == (self.noisy_columns is None):
            raise ValueError("give either snr_db (noise is added) or noisy_columns (a pair)")
        return self

    @property
    def partner(self) -> list[str] | None:
        """Columns of the noisy partner."""
        return self.noisy_columns


def windowed(
    name: str, recording: Mapping[str, Array], entry: DenoiseRecording, sampling_rate: float, where: str
) -> tuple[DatasetInfo, dict[str, Split]]:
    """Cut a recording into windows.

    `recording["clean"]`, and `recording["noisy"]` where there is a pair, are (channels, samples) in recorded
    units, NaN where missing. Test windows do not overlap, so that each sample counts once in a score. Raises
    `InputError` where a block is shorter than a window or all of its windows have too many gaps.
    """
    window = entry.window
    clean_blocks = blocks(recording["clean"], entry.blocks)
    mean, std = moments(clean_blocks["train"])
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


def noise_std(snr_db: float) -> float:
    """Standard deviation of noise at this ratio to a block that was standardised to variance 1."""
    return float(10 ** (-snr_db / 20))


WINDOWING = Windowing(DenoiseRecording, windowed)
