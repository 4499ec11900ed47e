"""What the inputs that a model was trained on are like: location, scale and noise level of their windows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from tidemark.core.normalisation import LARGEST, scale_of
from tidemark.core.store import Array

NORMAL = 0.6744897501960817 * 6**0.5
"""Median absolute second difference of white noise of standard deviation 1, where it is Gaussian."""
MOST = 4096
"""Windows that are looked at, evenly spaced among all of them …"""
MOST_VALUES = 2**23
"""… fewer of long ones: so many values in all."""


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


def statistics(windows: Array, positions: Array | None = None, relative: bool = False) -> Array:
    """Mean, standard deviation and noise level of windows (…, length), NaN where missing: (3, …) float64.

    The noise level is the median absolute second difference over that of white Gaussian noise of standard
    deviation 1 (T. Gasser, L. Sroka, C. Jennen-Steinmetz, Biometrika 73, 1986, made robust): what is smooth
    hardly counts. Rising `positions`, shaped as the windows, are where samples lie that are not evenly
    spaced: then it is how far each is from the line through its neighbours, over the same. `relative` gives
    it over the scale of each window, see `scale_of`. NaN of a window that has not enough values: two for a
    standard deviation, three in a row for a noise level.
    """
    values = np.asarray(windows, dtype=np.float64)
    present = ~np.isnan(values)
    count = np.where(present.any(-1), present.sum(-1), np.nan)
    mean = np.where(present, values, 0).sum(-1) / count
    moved = np.where(present, values - mean[..., None], 0)
    second = np.sort(np.abs(_second_differences(values, positions)), axis=-1)  # NaN comes last
    triples = (~np.isnan(second)).sum(-1, keepdims=True)
    if second.shape[-1]:
        middle = np.take_along_axis(second, np.maximum(triples - 1, 0) // 2, axis=-1)[..., 0]
    else:
        middle = np.full(mean.shape, np.nan)
    size = scale_of(values)[1][..., 0] if relative else 1.0
    std = np.sqrt(np.square(moved).sum(-1) / np.where(count > 1, count, np.nan))
    return np.stack([mean, std, middle / NORMAL / size])


def _second_differences(values: Array, positions: Array | None) -> Array:
    """Of values (…, length), (…, length − 2); between uneven positions, of the same variance."""
    if positions is None or values.shape[-1] < 3:
        return np.diff(values, 2, axis=-1)
    step = np.diff(np.asarray(positions, dtype=np.float64), axis=-1)
    span = step[..., :-1] + step[..., 1:]
    share = np.divide(step[..., :-1], span, out=np.full(span.shape, np.nan), where=span > 0)  # NaN at ties
    line = (1 - share) * values[..., :-2] + share * values[..., 2:]
    missed: Array = (line - values[..., 1:-1]) / np.sqrt(1 + (1 - share) ** 2 + share**2)
    return missed * 6**0.5


def describe(windows: Array, positions: Array | None = None, relative: bool = False) -> Likeness:
    """What training windows (signals, channels, length) are like, see `statistics`."""
    each = max(1, int(np.prod(windows.shape[1:])))
    every = max(1, -(-len(windows) // MOST), -(-len(windows) * each // MOST_VALUES))
    some = None if positions is None else positions[::every]
    return Likeness(*(_range(part) for part in statistics(windows[::every], some, relative)))


def _range(found: Array) -> Range:
    """Of (signals, channels), NaN where unknown; zeros where nothing is, as of windows of two samples."""
    known = np.where(np.isnan(found).all(0), 0.0, found)
    parts = (np.nanmin(known, axis=0), np.nanmedian(known, axis=0), np.nanmax(known, axis=0))
    return Range(*([float(f"{value:.6g}") for value in part] for part in parts))


def from_json(content: Mapping[str, Any]) -> Likeness:
    """What `dataclasses.asdict` made of one; raises `TypeError` or `ValueError` where it is none."""
    found = Likeness(**{name: Range(**part) for name, part in content.items()})
    ranges = (found.location, found.scale, found.noise)
    values = [part for each in ranges for part in (each.smallest, each.typical, each.largest)]
    if not all(isinstance(part, list) and part for part in values) or len({*map(len, values)}) > 1:
        raise ValueError("expected a list of numbers for each, one a channel")
    for number in (number for part in values for number in part):
        if isinstance(number, bool) or not isinstance(number, (int, float)):
            raise TypeError(f"expected a number, got {number!r:.40}")
        if abs(number) > LARGEST:
            raise ValueError("expected numbers that float32 holds")
    return found
