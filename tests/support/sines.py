"""Signals of the sine law, drawn by NumPy from its definition."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from tidemark.core.store import DatasetInfo, Split


def draw(
    count: int,
    length: int = 100,
    period: float | tuple[float, float] = 60.0,
    amplitude: float | tuple[float, float] = 1.0,
    offset: int | None = None,
    noise: float = 0.35,
    gaps: float = 0.0,
    seed: int = 0,
) -> tuple[Split, DatasetInfo]:
    """So many signals, and what they are; a pair is a range, without `offset` any phase is as likely."""
    random = np.random.default_rng(seed)
    periods = np.full(count, period) if np.isscalar(period) else random.uniform(*period, count)
    amplitudes = np.full(count, amplitude) if np.isscalar(amplitude) else random.uniform(*amplitude, count)
    if offset is None:
        phase = random.uniform(0, 2 * np.pi, count)
    else:
        phase = 2 * np.pi * random.integers(0, offset + 1, count) / periods
    angle = 2 * np.pi * np.arange(length) / periods[:, None] + phase[:, None]
    clean = (amplitudes[:, None] * np.sin(angle))[:, None].astype(np.float32)
    noisy = clean + random.uniform(-noise, noise, clean.shape).astype(np.float32)
    noisy[random.random(noisy.shape) < gaps] = np.nan
    law = {"length": length, "period": period, "amplitude": amplitude, "offset": offset, "noise": noise}
    info = DatasetInfo("some", "denoise", "sine", 1, length, 1.0, "sample", "", seed, {"test": count}, law)
    return {"noisy": noisy, "clean": clean, "period": periods, "amplitude": amplitudes}, info


TIME = np.arange(100)
INFO = DatasetInfo("some", "denoise", "sine", 1, 100, 1.0, "sample", "", 0, {"test": 1})


def sines(
    count: int,
    period: ArrayLike,
    amplitude: ArrayLike = 1.0,
    noise: float = 0.35,
    gaps: float = 0.0,
    seed: int = 0,
) -> dict[str, np.ndarray]:
    """Noisy and clean signals (count, 1, 100), periods and amplitudes; `gaps` is the share of missing samples."""
    random = np.random.default_rng(seed)
    period, amplitude = np.broadcast_to(period, count), np.broadcast_to(amplitude, count)
    offset = random.integers(0, 101, count)[:, None]
    clean = (amplitude[:, None] * np.sin(2 * np.pi * (TIME + offset) / period[:, None]))[:, None]
    noisy = clean + random.uniform(-noise, noise, clean.shape)
    noisy[random.random(noisy.shape) < gaps] = np.nan
    return {"noisy": noisy, "clean": clean, "period": period, "amplitude": amplitude}
