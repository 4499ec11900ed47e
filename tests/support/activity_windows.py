"""Windows of acceleration in which activities are easy to tell apart."""

import numpy as np

from tidemark.core.store import DatasetInfo, Split

INFO = DatasetInfo(
    "some", "classify", "recorded", 3, 300, 50.0, "s", "g", 0, {"train": 1},
    classes=("still", "slow", "quick", "never"),
)  # fmt: skip


def draw(count: int, seed: int = 0, noise: float = 0.05) -> Split:
    """Gravity in any direction, and nothing, 1.5 Hz or 5 Hz swings on all axes: `signal`, `label`."""
    rng = np.random.default_rng(seed)
    label = rng.integers(3, size=count)
    label[:3] = np.arange(3)[:count]
    time = np.arange(INFO.length) / INFO.sampling_rate
    gravity = rng.normal(size=(count, 3, 1))
    gravity /= np.linalg.norm(gravity, axis=1, keepdims=True)
    frequency = np.array([0.0, 1.5, 5.0])[label] * rng.uniform(0.9, 1.1, count)
    phase = rng.uniform(0, 2 * np.pi, (count, 3, 1))
    swing = 0.3 * (label > 0)[:, None, None] * np.sin(2 * np.pi * frequency[:, None, None] * time + phase)
    signal = gravity + swing + noise * rng.normal(size=swing.shape)
    return {"signal": signal.astype(np.float32), "label": label.astype(np.int64)}
