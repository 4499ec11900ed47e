"""Series continued by a trained forecaster, by any number of steps."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from tidemark.core import gaps
from tidemark.core.errors import InputError
from tidemark.core.store import Array, DatasetInfo
from tidemark.signals.windows.normalisation import scale_of


def continued(
    info: DatasetInfo, forward: Callable[[Array], Array], past: Array, steps: int, history: int = 0
) -> Array:
    """Continue series (series, lookback) by `steps`, in recorded units, float64; NaN in the past is filled.

    For a model with a `Network.history` the lookback may follow up to so many samples, and NaN stays.
    `forward` maps scaled pasts (count, channels, length) float32 to futures (count, channels, horizon); what
    was forecast is fed back as if it had been recorded. Raises `InputError` if that ends in infinity.
    """
    mean, std = (np.array(values, dtype=np.float64)[:, None] for values in (info.mean, info.std))
    shape = (-1, 1, past.shape[1]) if info.channels == 1 else (1, info.channels, past.shape[1])
    known = (past if history else gaps.fill(past)).reshape(shape)
    futures: list[Array] = []
    for _ in range(0, steps, info.horizon):
        scaled = (known - mean) / std
        windowed = info.normalisation == "window"
        level, size = scale_of(scaled[..., -info.length :]) if windowed else (np.zeros(1), np.ones(1))
        with np.errstate(over="ignore"):
            inputs = ((scaled - level) / size).astype(np.float32)
        _check_finite(inputs[~np.isnan(known)], len(futures) * info.horizon)
        estimate = np.asarray(forward(inputs), dtype=np.float64)
        expected = (*known.shape[:2], info.horizon)
        if estimate.shape != expected:
            raise ValueError(f"the model returned shape {estimate.shape} instead of {expected}")
        _check_finite(estimate, (len(futures) + 1) * info.horizon)
        futures.append((estimate * size + level) * std + mean)
        _check_finite(futures[-1], len(futures) * info.horizon)
        known = np.concatenate([known, futures[-1]], axis=-1)[..., -info.length - history :]
    return np.concatenate(futures, axis=-1)[..., :steps].reshape(len(past), steps)


def _check_finite(values: Array, steps: int) -> None:
    """Raise `InputError` unless what the forecast has come to, within so many steps, is finite."""
    if np.isfinite(values).all():
        return
    if steps:
        raise InputError(
            f"the forecast is infinite within {steps} steps; "
            "ask for fewer with --horizon, or name another model"
        )
    raise InputError("the series are too large for the model; name one trained on such values")
