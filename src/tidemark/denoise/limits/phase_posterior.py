"""The best any method can do on a sine under uniform noise when told its period and amplitude.

Given y(t) = a sin(ωt + φ) + e(t) with e(t) uniform on [−h, h], all phases whose curve passes within h of
every sample are possible, as often as the law draws them, and no other (Bayes' rule). The mean of this
posterior has the least mean squared error of all methods, its median the least absolute error.

Whole offsets: a sum over those of the law. Continuous phase: each sample forbids the arcs where the sine is
above y + h or below y − h; over the arcs that are left mean and median have closed forms.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from tidemark.core.errors import InputError
from tidemark.core.frozen import Frozen
from tidemark.core.limit import Answers, Limit
from tidemark.core.store import Array, DatasetInfo, Split

CHUNK = 64
"""Signals at once: bounds the memory."""
BISECTIONS = 40
"""Halvings of [−π/2, π/2] in the search for a median."""


class Options(Frozen):
    """What is seen."""

    causal: bool = False
    """Estimate sample t from samples 0 … t only; otherwise from the whole signal."""


def told(options: Options) -> list[str]:
    """What is known of each signal."""
    return ["period", "amplitude"]


def answer(split: Split, info: DatasetInfo, options: Options) -> Answers:
    """Posterior median and mean for `split["noisy"]`, (signals, channels, length); same shape, float64.

    Uses `split["period"]` (samples) and `split["amplitude"]`, each (signals,), and the law's `noise`
    and `offset`. Raises `InputError` where the dataset has no such law, or a signal does not obey it.
    """
    if not {"noise", "offset"} <= set(info.law) or not {"period", "amplitude"} <= set(split):
        raise InputError(
            f"phase_posterior: {info.name!r} is not made by the sine law; give the name of a dataset of "
            "generator sine"
        )
    noisy = np.asarray(split["noisy"])
    rows = noisy.reshape(-1, noisy.shape[-1])
    period, amplitude = (
        np.repeat(np.asarray(split[key], dtype=np.float64), noisy.shape[1])[:, None, None]
        for key in ("period", "amplitude")
    )
    result = np.empty((2, *rows.shape))
    for first in range(0, len(rows), CHUNK):
        chunk = slice(first, first + CHUNK)
        angle = 2 * np.pi * (1 + (info.length + (info.law["offset"] or 0)) / period[chunk])
        # How far float32 arithmetic and storage may have moved a sample from the law.
        rounding = np.finfo(np.float32).eps * (amplitude[chunk] * (2 + angle) + info.law["noise"])
        tolerance = info.law["noise"] + rounding
        known = _Known(rows[chunk, None].astype(np.float64), period[chunk], amplitude[chunk], tolerance)
        if info.law["offset"] is None:
            result[:, chunk], lost = _continuous(known, options)
        else:
            result[:, chunk], lost = _whole_offsets(known, info.law["offset"], options)
        check_possible(lost, first, "phase_posterior", info)
    return answers(*result.reshape(2, *noisy.shape))


def answers(median: Array, mean: Array) -> Answers:
    """The best answers from the two, (signals, channels, length): the gain in SNR is a squared error, too."""
    return Answers({"l1": median, "mse": mean, "snr_gain_db": mean})


def check_possible(lost: Array, first: int, method: str, info: DatasetInfo) -> None:
    """Raise `InputError` for the first signal that is `lost`, of those from number `first` on."""
    if lost.any():
        raise InputError(
            f"{method}: signal {first + int(lost.argmax())} of {info.name!r} is not within the "
            f"noise {info.law['noise']} of any sine of its law; make the dataset again"
        )


@dataclass(frozen=True)
class _Known:
    """What is known of some signals: (n, 1, length) the samples, all else (n, 1, 1)."""

    signal: Array
    period: Array
    amplitude: Array
    tolerance: Array
    """How far from its curve a sample can be."""


def _possible(known: _Known, curve: Array, options: Options) -> tuple[Array, Array]:
    """Which of the curves (n, candidates, length) pass near enough, and which signals none does, (n,).

    By the samples seen: (n, candidates, length) if causal, else (n, candidates, 1).
    """
    near = ~(np.abs(known.signal - curve) > known.tolerance)  # a missing sample rules out none
    seen = np.logical_and.accumulate(near, axis=-1) if options.causal else near.all(axis=-1, keepdims=True)
    lost = ~seen[..., -1].any(axis=1)
    seen[lost] = True  # to be refused; until then any number will do
    return seen, np.asarray(lost)


def _whole_offsets(known: _Known, largest: int, options: Options) -> tuple[Array, Array]:
    """Median and mean, (2, n, length), each offset 0 … `largest` being as likely; signals lost, (n,)."""
    time = np.arange(known.signal.shape[-1])
    offset = np.arange(largest + 1)[:, None]
    curve = known.amplitude * np.sin(2 * np.pi * (time + offset) / known.period)
    seen, lost = _possible(known, curve, options)
    count = seen.sum(axis=1)
    mean = (seen * curve).sum(axis=1) / count
    ordered = np.sort(np.where(seen, curve, np.inf), axis=1)
    middle = np.broadcast_to(count - 1, ordered[:, 0].shape)[:, None]
    below = np.take_along_axis(ordered, middle // 2, 1)
    above = np.take_along_axis(ordered, (middle + 1) // 2, 1)
    return np.stack(np.broadcast_arrays((below + above)[:, 0] / 2, mean)), lost


def _continuous(known: _Known, options: Options) -> tuple[Array, Array]:
    """Median and mean, (2, n, length), where the phase is uniform on the circle; signals lost, (n,)."""
    turn = 2 * np.pi * np.arange(known.signal.shape[-1]) / known.period  # (n, 1, length)
    relative = np.nan_to_num(known.signal) / known.amplitude
    crossings = list(_crossings(relative, turn, known.tolerance / known.amplitude))
    zero = np.zeros((len(turn), 1))
    edges = np.sort(np.concatenate([zero, *crossings, zero + 2 * np.pi], axis=1), axis=1)
    middle = (edges[:, :-1] + edges[:, 1:])[..., None] / 2
    # Between two neighbouring edges no sample changes its mind, so the middle speaks for all.
    unit = np.sin(middle) * np.cos(turn) + np.cos(middle) * np.sin(turn)  # sin(turn + middle)
    seen, lost = _possible(known, known.amplitude * unit, options)
    start, width = _arcs(edges, seen)  # (n, arcs, 1 or length)
    start = np.mod(start + turn, 2 * np.pi)
    moment = 2 * np.sin(start + width / 2) * np.sin(width / 2)
    mean = moment.sum(axis=1) / width.sum(axis=1)
    median = np.sin(_median_angle(start, width))
    return known.amplitude[:, 0] * np.stack(np.broadcast_arrays(median, mean)), lost


def _crossings(signal: Array, turn: Array, tolerance: Array) -> Iterator[Array]:
    """Phases, each (n, length), at which sin(turn + φ) meets the signal's upper or lower bound."""
    for bound in (signal - tolerance, signal + tolerance):
        angle = np.arcsin(np.clip(bound, -1, 1))
        yield np.mod(angle - turn, 2 * np.pi)[:, 0]
        yield np.mod(np.pi - angle - turn, 2 * np.pi)[:, 0]


def _arcs(edges: Array, seen: Array) -> tuple[Array, Array]:
    """Start and width of each run of possible pieces, (n, most runs, times), width 0 where there is none.

    `edges` (n, pieces + 1) bound the pieces, `seen` (n, pieces, times) says which are possible.
    """
    seen = np.pad(seen.swapaxes(1, 2), [(0, 0), (0, 0), (1, 1)])  # (n, times, pieces + 2)
    opens, closes = seen[..., 1:] & ~seen[..., :-1], seen[..., :-1] & ~seen[..., 1:]
    rank = np.cumsum(opens, axis=-1)
    shape = (*seen.shape[:2], int(rank.max()))
    start, stop = np.zeros(shape), np.zeros(shape)
    for flags, value in [(opens, start), (closes, stop)]:
        signal, time, piece = np.nonzero(flags)
        value[signal, time, (np.cumsum(flags, axis=-1) - 1)[flags]] = edges[signal, piece]
    return start.swapaxes(1, 2), (stop - start).swapaxes(1, 2)


def _median_angle(start: Array, width: Array) -> Array:
    """Angles (n, times) in [−π/2, π/2] whose sine half of the arcs (n, arcs, times) is above."""

    def above(angle: Array) -> Array:
        """How much of the arcs lies in (b, π − b) or whole turns from there."""
        span = np.pi - 2 * angle

        def up_to(end: Array) -> Array:
            turns = np.floor((end - angle) / (2 * np.pi))
            return np.asarray(turns * span + np.minimum(end - angle - 2 * np.pi * turns, span))

        return np.asarray((up_to(start + width) - up_to(start)).sum(axis=1, keepdims=True))

    half = width.sum(axis=1, keepdims=True) / 2
    low = np.full(np.broadcast_shapes(half.shape, start[:, :1].shape), -np.pi / 2)
    high = -low
    for _ in range(BISECTIONS):
        middle = (low + high) / 2
        greater = above(middle) > half
        low, high = np.where(greater, middle, low), np.where(greater, high, middle)
    return np.asarray(((low + high) / 2)[:, 0])


LIMIT = Limit(Options, answer, told)
