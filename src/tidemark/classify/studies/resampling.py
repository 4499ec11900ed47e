"""Stretches of samples at another rate, by a polyphase filter that suppresses aliases.

The filter is `scipy.signal.resample_poly`'s: a low-pass of linear phase, 20 samples long at the lower rate.
"""

from __future__ import annotations

from fractions import Fraction

import numpy as np

from tidemark.core.store import Array

TOLERANCE = 0.5
"""Samples by which a stretch may be too long or too short at its end."""
TERMS = (10, 100, 1_000, 10_000)
"""Largest denominators of a ratio of rates, tried in turn."""


def ratio_of(wanted: float, measured: float, longest: int) -> Fraction:
    """Ratio of two rates as a fraction, as simple as a stretch of `longest` samples allows."""
    exact = wanted / measured
    for ratio in (Fraction(1), *(Fraction(exact).limit_denominator(terms) for terms in TERMS)):
        if ratio > 0 and abs(float(ratio) / exact - 1) * longest * max(exact, 1.0) < TOLERANCE:
            break
    return ratio


def resample(values: Array, ratio: Fraction) -> Array:
    """Values (…, samples) at `ratio` times their rate: (…, new samples) float32, from first to last."""
    from scipy.signal import resample_poly  # takes a second, and most files are at the windows' rate

    count = int((values.shape[-1] - 1) * ratio) + 1
    if values.shape[-1] < 2:
        return values.astype(np.float32)
    # What lies beyond a stretch is taken to go on as it does before, mirrored in the last sample.
    doubles, up, down = values.astype(np.float64), ratio.numerator, ratio.denominator
    dense = resample_poly(doubles, up, down, axis=-1, padtype="antireflect")  # type: ignore[call-overload]
    return np.asarray(dense[..., :count], dtype=np.float32)


def resampled(
    values: Array,
    time: Array,
    code: Array,
    starts: Array,
    counts: Array,
    ratio: Fraction,
    rate: float,
    shortest: int,
) -> tuple[Array, Array, Array, Array]:
    """Values (3, samples), position, time, code (samples,) at `ratio` times the rows' rate.

    Of rows: `values` (3, rows), `time` and `code` (rows,), and where stretches start and how many rows they
    have. Nothing is filtered across a gap or across a missing value, which stays missing; a run of values too
    short for `shortest` samples may be NaN. A sample's code is that of the nearest row. Between two stretches
    there is always a place without sample.
    """
    parts, positions, codes, times = [], [], [], []
    last = -2
    for start, count in zip(starts.tolist(), counts.tolist(), strict=True):
        stretch = values[:, start : start + count]
        length = int((count - 1) * ratio) + 1
        out = np.full((len(values), length), np.nan, dtype=np.float32)
        present = np.isfinite(stretch).all(0)
        edges = np.flatnonzero(np.diff(present, prepend=False, append=False))
        for begin, end in edges.reshape(-1, 2).tolist():
            if (end - begin - 1) * ratio + 1 < shortest:
                continue
            piece = resample(stretch[:, begin:end], ratio)
            at = -int(-begin * ratio // 1)  # the first sample of the grid that is not before the run
            selected = min(piece.shape[1], length - at)
            out[:, at : at + selected] = piece[:, :selected]
        missing = np.flatnonzero(~present)
        out[:, np.minimum(np.rint(missing * float(ratio)).astype(np.int64), length - 1)] = np.nan
        place = max(last + 2, int((int(time[start]) - int(time[0])) * rate / 1e9 + 1e-3))
        index = np.arange(length)
        parts.append(out)
        positions.append(place + index)
        times.append(time[start] + np.rint(index * (1e9 / rate)).astype(np.int64))
        nearest = np.minimum(np.rint(index / float(ratio)).astype(np.int64), count - 1)
        codes.append(code[start : start + count][nearest])
        last = place + length - 1
    join = np.concatenate
    return join(parts, axis=1), join(positions), join(times), join(codes)
