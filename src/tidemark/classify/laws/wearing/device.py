"""The device on the wrist: how it is shaken once, and what it writes down."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


def shake(
    rng: np.random.Generator,
    xyz: NDArray[np.float32],
    allowed: NDArray[np.bool_],
    rate: float,
    seconds: float,
    strength: float,
) -> None:
    """Add a stretch of shaking to `xyz` (3, rows) in g, in place, unless `allowed` rows (rows,) have no room.

    `strength` is its largest acceleration in g, along the axis that is shaken most; `rate` is rows a second.
    """
    length = round(seconds * rate)
    inside = np.concatenate([[0], np.cumsum(allowed)])
    starts = np.flatnonzero(inside[length:] - inside[: inside.size - length] == length)
    if length == 0 or starts.size == 0:
        return
    start = int(rng.choice(starts))
    size = strength * np.sin(np.pi * (np.arange(length) + 0.5) / length)
    turn = 2 * np.pi * rng.uniform(3, 5) * np.arange(length) / rate
    along = np.array([1.0, 0.6, 0.4])[rng.permutation(3), None]
    xyz[:, start : start + length] += (along * size * np.sin(turn)).astype(np.float32)


def record(
    rng: np.random.Generator,
    xyz: NDArray[np.float32],
    mount: NDArray[np.float64],
    bias: NDArray[np.float64],
    noise: float,
    *,
    resolution: float,
    limit: float,
) -> NDArray[np.float32]:
    """What the device writes down, (rows, 3) in g, of `xyz` (3, rows) along the wrist's axes.

    `mount` (3, 3) turns the axes to the device's; `bias` (3,) is added to each; `noise` is the standard
    deviation of white noise, `resolution` the step between values, `limit` the largest either way.
    """
    seen = mount.astype(np.float32) @ xyz + bias[:, None].astype(np.float32)
    seen += np.float32(noise) * rng.standard_normal(seen.shape, dtype=np.float32)
    seen /= np.float32(resolution)
    np.rint(seen, out=seen)
    seen *= np.float32(resolution)
    np.clip(seen, -limit, limit, out=seen)
    return np.ascontiguousarray(seen.T)
