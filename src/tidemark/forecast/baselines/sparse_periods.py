"""A few sines whose periods are picked from a grid of whole numbers, one after another.

Each step adds the period that leaves the smallest residual together with those picked before: orthogonal
least squares (S. Chen, S. A. Billings and W. Luo, International Journal of Control 50 (1989)) with a pair of
columns a period, as in group orthogonal matching pursuit (A. C. Lozano, G. Świrszcz and N. Abe, NeurIPS
(2009)); then periods may be exchanged for better ones. How many are kept is decided for each signal by the
Bayesian information criterion (G. Schwarz, Annals of Statistics 6 (1978)), three parameters a period.

On some signals the amplitudes of periods that look alike would be huge and diverge beyond the lookback. So
they are refitted under a ridge penalty, `ridge` times the one that is best if the residual is noise and all
periods have the same power, and forecasts stay within `bound` times the past's largest absolute value.
"""

from __future__ import annotations

from typing import Annotated

import numpy as np
from pydantic import Field

from tidemark.core import gaps
from tidemark.core.frozen import Count, NonNegative, Positive
from tidemark.core.method import Method
from tidemark.core.store import Array, DatasetInfo, Split
from tidemark.forecast.periods import Periods

CHUNK = 128
"""Signals at once, so that what is computed of them stays small."""
INDEPENDENT = 1e-9
"""Directions shorter than this, the longest being 1, are rounding errors of the others."""
SMALL = 1e-12
"""Added to what of a wave lies outside the span of those picked, whose square it divides."""
PATIENCE = 3
"""Periods picked after the criterion's best before the search ends."""
ROUNDING = 2.0**-46
"""Mean squared residual, relative to the signal's power, below which the rest is float32's rounding."""


class Options(Periods):
    """The grid of periods, how many may be picked, and what holds the forecasts down."""

    most: Count = 12
    """Most periods picked for a signal."""
    exchanges: Annotated[int, Field(ge=0)] = 0
    """Rounds of exchanges after each step, at most."""
    ridge: NonNegative = 0.1
    bound: Positive = 1.5


def estimate(split: Split, info: DatasetInfo, options: Options) -> Array:
    """Forecasts from `split["past"]` (signals, channels, lookback): (signals, channels, horizon) float64."""
    past = gaps.fill(np.asarray(split["past"], dtype=np.float64))
    rows = past.reshape(-1, past.shape[-1])
    waves = _waves(options, rows.shape[1], info.horizon)
    result = np.empty((len(rows), info.horizon))
    for first in range(0, len(rows), CHUNK):
        chunk = slice(first, first + CHUNK)
        result[chunk] = _continued(rows[chunk], waves, options)
    return result.reshape(*past.shape[:2], info.horizon)


def _waves(options: Options, lookback: int, horizon: int) -> Array:
    """Two waves of each period, orthonormal on the lookback: (periods, 2, lookback + horizon).

    The second one of a period of 2 samples is zero: its sine is.
    """
    period = np.arange(options.lowest, options.highest + 1)
    angle = 2 * np.pi * np.arange(lookback + horizon) / period[:, None]
    pairs = np.stack([np.sin(angle), np.cos(angle)], axis=1)
    turn, size, _ = np.linalg.svd(pairs[..., :lookback], full_matrices=False)
    inverse = np.divide(1, size, out=np.zeros_like(size), where=size > INDEPENDENT * size[:, :1])
    return np.asarray(inverse[..., None] * (turn.swapaxes(1, 2) @ pairs))


def _continued(rows: Array, waves: Array, options: Options) -> Array:
    """Forecasts (signals, horizon) for rows (signals, lookback)."""
    count, lookback = rows.shape
    power = np.maximum(np.square(rows).mean(1), np.finfo(np.float32).tiny)
    least = np.full(count, np.inf)
    selected = np.zeros(count, dtype=np.int64)
    result = np.zeros((count, waves.shape[-1] - lookback))
    picked = np.zeros((count, 0), dtype=np.int64)
    going = np.arange(count)  # signals still searched; `picked` holds a row for each
    for number in range(1, min(options.most, len(waves), (lookback - 1) // 2) + 1):
        best = _gains(rows[going], picked, waves).argmax(1)
        picked = np.column_stack([picked, best])
        if number > 1:
            _exchange(rows[going], picked, waves, options.exchanges)
        forecast, residual = _refitted(rows[going], picked, waves, options.ridge)
        floor = ROUNDING * power[going]
        criterion = lookback * np.log(residual + floor) + 3 * number * np.log(lookback)
        better = criterion < least[going]
        improved = going[better]
        least[improved], selected[improved], result[improved] = criterion[better], number, forecast[better]
        goes_on = (residual > floor) & (number < selected[going] + PATIENCE)
        going, picked = going[goes_on], picked[goes_on]
        if not len(going):
            break
    limit = options.bound * np.abs(rows).max(1, keepdims=True)
    return np.clip(result, -limit, limit)


def _gains(rows: Array, picked: Array, waves: Array) -> Array:
    """By how much each period lowers the squared residual left by those picked: (signals, periods).

    `picked` is (signals, number).
    """
    lookback = rows.shape[1]
    first, second = waves[:, 0, :lookback], waves[:, 1, :lookback]
    span = _span(picked, waves[..., :lookback])
    residual = rows - np.einsum("snk,sk->sn", span, np.einsum("snk,sn->sk", span, rows))
    # What of each pair lies outside the span: its 2 × 2 Gram matrix, and its product with the residual.
    inside = [np.tensordot(span, wave, ([1], [1])) for wave in (first, second)]
    outside = [
        (a * b).sum(1) - np.einsum("skp,skp->sp", in_a, in_b)
        for a, b, in_a, in_b in (
            (first, first, inside[0], inside[0]),
            (second, second, inside[1], inside[1]),
            (first, second, inside[0], inside[1]),
        )
    ]
    one, two = residual @ first.T, residual @ second.T
    small = SMALL  # keeps what lies within the span from dividing by zero
    a, b, c = outside[0] + small, outside[1] + small, outside[2]
    return np.asarray((b * one**2 - 2 * c * one * two + a * two**2) / (a * b - c**2))


def _span(picked: Array, waves: Array) -> Array:
    """Orthonormal basis of the picked waves, filled up with zeros: (signals, lookback, 2 · number)."""
    columns = waves[picked].reshape(len(picked), -1, waves.shape[-1])
    # A column of zeros goes last, since the arbitrary direction it gets would take part in those after it.
    order = np.argsort(~columns.any(-1), axis=1, kind="stable")
    columns = np.take_along_axis(columns, order[..., None], axis=1).swapaxes(1, 2)
    span, triangle = np.linalg.qr(columns)
    size = np.abs(np.diagonal(triangle, axis1=1, axis2=2))
    return np.asarray(span * (size > INDEPENDENT)[:, None])


def _exchange(rows: Array, picked: Array, waves: Array, rounds: int) -> None:
    """Replace picked periods, in place, each by the best one given the others, until none changes."""
    moving = np.arange(len(rows))
    for _ in range(rounds):
        before = picked[moving]
        for place in range(picked.shape[1]):
            others = np.delete(picked[moving], place, axis=1)
            picked[moving, place] = _gains(rows[moving], others, waves).argmax(1)
        moving = moving[(picked[moving] != before).any(1)]
        if not len(moving):
            break


def _refitted(rows: Array, picked: Array, waves: Array, ridge: float) -> tuple[Array, Array]:
    """Forecasts (signals, horizon) of the picked periods, and the mean squared residuals (signals,)."""
    lookback = rows.shape[1]
    columns = waves[picked].reshape(len(rows), -1, waves.shape[-1]).swapaxes(1, 2)
    left, size, right = np.linalg.svd(columns[:, :lookback], full_matrices=False)
    inside = np.einsum("snk,sn->sk", left, rows) * (size > INDEPENDENT * size[:, :1])
    squared = np.square(rows).sum(1)
    residual = np.maximum(np.square(rows - np.einsum("snk,sk->sn", left, inside)).mean(1), 0)
    freedom = max(lookback - columns.shape[-1], 1) / lookback
    penalty = ridge * residual / freedom * columns.shape[-1] / np.maximum(squared, np.finfo(np.float32).tiny)
    shrunk = size / np.maximum(np.square(size) + penalty[:, None], INDEPENDENT**2) * inside
    weights = np.einsum("skj,sk->sj", right, shrunk)
    return np.einsum("snj,sj->sn", columns[:, lookback:], weights), residual


METHOD = Method(Options, estimate)
