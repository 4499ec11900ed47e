"""Series continued by a trained forecaster, by any number of steps."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from tidemark.core import gaps
from tidemark.core.errors import InputError
from tidemark.core.normalisation import scale_of
from tidemark.core.store import Array, DatasetInfo


def continued(
    info: DatasetInfo, forward: Callable[[Array], Array], past: Array, steps: int, history: int = 0
) -> Array:
    """Continue series (series, lookback) by `steps`, in recorded units, float64; NaN in the past is filled.

    For a model with a `Network.history` the lookback may follow up to so many samples, and NaN stays.
    `forward` maps scaled pasts (count, channels, length) float32 to futures (count, channels, horizon); what
    was forecast is fed back as if it had been recorded. Raises `InputError` if that ends in infinity.
    """
    mean, std = _moments(info)
    known = _signals(info, past if history else gaps.fill(past))
    futures: list[Array] = []
    for _ in range(0, steps, info.horizon):
        scaled = (known - mean) / std
        level, size = _own_scale(info, scaled)
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


def half_widths(info: DatasetInfo, widths: Array, past: Array, steps: int) -> Array:
    """Half widths of intervals of the first `steps`, (series, steps), in recorded units.

    `widths` (channels, horizon) are scaled as the futures of a network; `past` is that of `continued`. Raises
    `InputError` for more steps than the model forecasts: what is fed back has other errors.
    """
    if steps > info.horizon:
        raise InputError(
            f"--horizon {steps}: --interval goes no further than the {info.horizon} steps that the model "
            "forecasts at once; leave one of them out"
        )
    mean, std = _moments(info)
    known = _signals(info, past)
    half = widths[:, :steps] * _own_scale(info, (known - mean) / std)[1] * std
    return np.broadcast_to(half, (*known.shape[:2], steps)).reshape(len(past), steps)


def _signals(info: DatasetInfo, series: Array) -> Array:
    """Series (series, samples) as a model takes them, (signals, channels, samples)."""
    return series.reshape(*((-1, 1) if info.channels == 1 else (1, info.channels)), series.shape[1])


def _moments(info: DatasetInfo) -> list[Array]:
    """Mean and standard deviation as `_signals` have them, of each channel, or of each signal of one."""
    shape = (-1, 1, 1) if info.channels == 1 else (1, -1, 1)
    return [np.array(values, dtype=np.float64).reshape(shape) for values in (info.mean, info.std)]


def _own_scale(info: DatasetInfo, scaled: Array) -> tuple[Array, Array]:
    """Level and size by which each of some signals is scaled by itself, where the model does so."""
    if info.normalisation != "window":
        return np.zeros(1), np.ones(1)
    return scale_of(scaled[..., -info.length :])


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
