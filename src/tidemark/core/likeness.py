"""What the inputs that a model was trained on are like: location, scale and noise level of their windows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from tidemark.core.store import Array

NORMAL = 0.6744897501960817 * 6**0.5
"""Median absolute second difference of white noise of standard deviation 1, where it is Gaussian."""
MOST = 4096
"""Windows that are looked at, evenly spaced among all of them."""


@dataclass(frozen=True)
class Range:
    """One statistic of the training windows, (channels,) each, in units of the stored values."""

    smallest: Sequence[float]
    typical: Sequence[float]
    """Its median."""
    largest: Sequence[float]


@dataclass(frozen=True)
class Likeness:
    """What is known of a model's training inputs, by channel."""

    location: Range
    """Mean of a window."""
    scale: Range
    """Standard deviation of a window."""
    noise: Range
    """Noise level of a window, see `statistics`."""


def statistics(windows: Array) -> Array:
    """Mean, standard deviation and noise level of windows (…, length), NaN where missing: (3, …) float64.

    The noise level is the median absolute second difference over that of white Gaussian noise of standard
    deviation 1 (T. Gasser, L. Sroka, C. Jennen-Steinmetz, Biometrika 73, 1986, made robust): what is smooth
    hardly counts. NaN of a window that has not enough values.
    """
    values = np.asarray(windows, dtype=np.float64)
    present = ~np.isnan(values)
    count = np.where(present.any(-1), present.sum(-1), np.nan)
    mean = np.where(present, values, 0).sum(-1) / count
    moved = np.where(present, values - mean[..., None], 0)
    second = np.sort(np.abs(np.diff(values, 2, axis=-1)), axis=-1)  # NaN comes last
    triples = (~np.isnan(second)).sum(-1, keepdims=True)
    if second.shape[-1]:
        middle = np.take_along_axis(second, np.maximum(triples - 1, 0) // 2, axis=-1)[..., 0]
    else:
        middle = np.full(mean.shape, np.nan)
    return np.stack([mean, np.sqrt(np.square(moved).sum(-1) / count), middle / NORMAL])


def describe(windows: Array) -> Likeness:
    """What training windows (signals, channels, length) are like."""
    every = max(1, -(-len(windows) // MOST))
    return Likeness(*(_range(each) for each in statistics(windows[::every])))


def _range(found: Array) -> Range:
    """Of (signals, channels), NaN where unknown; zeros where nothing is, as of windows of two samples."""
    known = np.where(np.isnan(found).all(0), 0.0, found)
    parts = (np.nanmin(known, axis=0), np.nanmedian(known, axis=0), np.nanmax(known, axis=0))
    return Range(*([float(f"{value:.6g}") for value in part] for part in parts))


def from_json(content: Mapping[str, Any]) -> Likeness:
    """What `dataclasses.asdict` made of one."""
    return Likeness(**{name: Range(**part) for name, part in content.items()})
