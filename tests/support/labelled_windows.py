"""Windows of a few participants whose labels follow a chain, and a predictor's noisy probabilities of them."""

from __future__ import annotations

import numpy as np

from tidemark.core.store import Array, DatasetInfo

WINDOW = 30
CLASSES = ("bicycling", "sitting", "sleep", "walking")
DURATION = WINDOW * 10**9
"""Of a window, in ns."""


def split(participants: list[int], windows: int = 120, stay: float = 0.95, seed: int = 0) -> dict[str, Array]:
    """Labels that stay with a probability, of each participant's windows from 2016 on, without a gap."""
    random = np.random.default_rng(seed)
    labels = []
    for _ in participants:
        changes = np.cumsum(random.random(windows) > stay)
        labels.append(random.integers(len(CLASSES), size=windows + 1)[changes])
    start = np.datetime64("2016-11-13T02:18:00", "ns").astype(np.int64)
    return {
        "label": np.concatenate(labels),
        "participant": np.repeat(participants, windows),
        "time": np.tile(start + DURATION * np.arange(windows), len(participants)),
    }


def probabilities(split: dict[str, Array], noise: float = 1.0, seed: int = 1) -> Array:
    """What an honest predictor of `split` says where each class is seen in Gaussian noise: (windows, 4)."""
    random = np.random.default_rng(seed)
    shown = np.eye(len(CLASSES))[split["label"]]
    seen = shown + noise * random.standard_normal(shown.shape)
    likelihood = np.exp((seen - seen.max(1, keepdims=True)) / noise**2)
    return (likelihood / likelihood.sum(1, keepdims=True)).astype(np.float32)


def info(splits: dict[str, dict[str, Array]]) -> DatasetInfo:
    """What a dataset of such splits is: windows of 30 s at 1 Hz."""
    return DatasetInfo(
        name="activity",
        task="classify",
        generator="study",
        channels=3,
        length=WINDOW,
        sampling_rate=1.0,
        rate_unit="s",
        units="g",
        seed=0,
        splits={name: len(each["label"]) for name, each in splits.items()},
        classes=CLASSES,
        participants=[f"P{number:03}" for number in range(1, 100)],
    )
