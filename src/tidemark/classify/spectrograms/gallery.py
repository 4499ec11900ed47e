"""Spectrograms to be looked at: the first windows of each class, and random ones."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import torch

from tidemark.classify.spectrograms.assemble import Summary
from tidemark.core.replacing import replacing
from tidemark.core.spectra import log_spectrogram
from tidemark.core.store import Array, DatasetInfo, Split, write_json

EXAMPLES = 10
"""Windows of each class."""


def write(folder: Path, info: DatasetInfo, train: Split, study: Summary) -> None:
    """Write `first.npy`, `random.npy` and `study.json` into `folder`, whole or not at all."""
    with replacing(folder) as temporary:
        temporary.mkdir(parents=True)
        for name, array in pictures(info, train).items():
            np.save(temporary / f"{name}.npy", array, allow_pickle=False)
        write_json(temporary / "study.json", study)


def pictures(info: DatasetInfo, train: Split) -> Mapping[str, Array]:
    """Log-spectrograms of the acceleration's norm: `first`, `random` (classes, 10, frequencies, frames).

    From `signal` (windows, 3, samples) in g and `label` (windows,); float16, NaN where a class has fewer.
    """
    label = np.asarray(train["label"])
    generator = np.random.default_rng(info.seed)
    s = info.spectrogram
    nothing = np.full((len(info.classes), EXAMPLES, *info.picture), np.nan, dtype=np.float16)
    result = {"first": nothing, "random": nothing.copy()}
    for number in range(len(info.classes)):
        place = np.flatnonzero(label == number)
        drawn = generator.choice(place, min(EXAMPLES, len(place)), replace=False)
        for name, chosen in (("first", place[:EXAMPLES]), ("random", np.sort(drawn))):
            norm = torch.from_numpy(np.array(train["signal"][chosen])).square().sum(1).sqrt()
            picture = log_spectrogram(norm, s["window"], s["length"], s["hop"])
            result[name][number, : len(chosen)] = picture.numpy()
    return result
