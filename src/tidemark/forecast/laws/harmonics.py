"""Sums of a few sines with whole periods: their past, perhaps under noise, and their clean future.

Law: s(t) = Σᵢ aᵢ sin(2πt / pᵢ + φᵢ), t = 0 … lookback + horizon − 1, over its largest absolute value then.
Drawn signal by signal: how many components, their periods pᵢ (whole numbers), phases φᵢ ~ U(0, 2π) and
amplitudes aᵢ ~ U(0, 1), over their sum. Gaussian noise is added to the whole, which is then divided by its
largest absolute value once more; the future is the clean part on that scale. Where amplitudes drift, each
goes on a straight line from aᵢ at the first sample to r aᵢ at a random one in between, and on another back
to aᵢ at the last. Published ("Predicting a signal composed of a finite set of harmonics"): 3 to 6 components
of periods 2 to 99, noise of standard deviation 0 or 0.1; 3 to 44 of periods 10 to 99; r ~ U(0.5, 2).
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from functools import lru_cache
from itertools import pairwise
from typing import Annotated, Any, TypeVar

import torch
from pydantic import Field
from torch import Tensor
from torch.nn import functional

from tidemark.core.frozen import Count, NonNegative, Positive, Ranges
from tidemark.core.law import Generator
from tidemark.core.store import UNTIMED

CHUNK = 256
"""Signals at once on a CPU where each component of each is written out."""
SMALLEST = 1e-6
"""A signal no larger than this, a single sine of period 2 sampled at its zeros, is not blown up."""

Number = TypeVar("Number", int, float)
Period = Annotated[int, Field(ge=2)]


class Law(Ranges):
    """Parameters of the law; a pair is a range drawn from uniformly, both ends included."""

    lookback: Annotated[int, Field(ge=2)] = 100
    """Samples of the past …"""
    horizon: Count = 5
    """… and of the future."""
    components: Count | tuple[Count, Count] = (3, 6)
    period: Period | tuple[Period, Period] = (2, 99)
    """In samples, a whole number for every component."""
    noise_std: NonNegative | tuple[NonNegative, NonNegative] = 0.0
    """Of the noise on a signal whose largest absolute value is 1; a range is drawn from signal by signal."""
    drift: tuple[Positive, Positive] | None = None
    """Range of r, which a component's amplitude is multiplied with on the way; none keeps amplitudes."""


def generate(
    law: Law, count: int, generator: torch.Generator, device: torch.device | str = "cpu"
) -> dict[str, Tensor]:
    """Draw `count` signals.

    Returns `past` (count, 1, lookback) and, clean, `future` (count, 1, horizon), both float32; the `periods`
    in samples, (count, most components) int64, 0 where a signal has fewer; and `noise_std`, (count,) float64:
    that of the noise, on the scale of the past.
    """

    def unit(*shape: int, dtype: torch.dtype = torch.float32) -> Tensor:
        return torch.rand(*shape, generator=generator, device=device, dtype=dtype)

    fewest, most = _ends(law.components)
    shortest, longest = _ends(law.period)
    number = torch.randint(fewest, most + 1, (count,), generator=generator, device=device)
    last = number.cumsum(0)
    total, first = int(last[-1]), last - number  # components of all signals lie in a row
    period = torch.randint(shortest, longest + 1, (total,), generator=generator, device=device)
    phase = unit(total).mul_(2 * math.pi)
    amplitude = 1 - unit(total)  # above 0; their sum would cancel from the quotient below
    # a sin(ωt + φ) = a cos φ sin ωt + a sin φ cos ωt
    weights = amplitude * phase.cos(), amplitude * phase.sin()
    samples = law.lookback + law.horizon
    waves = _waves(shortest, longest, samples, period.device)
    row = period - shortest
    if law.drift is None:
        # Products of all signals' weights with the matrices of waves, most of the weights being zero.
        clean = _summed(waves[0], row, weights[0], first)
        clean += _summed(waves[1], row, weights[1], first)
    else:
        low, high = law.drift
        turn = torch.randint(1, samples - 1, (total,), generator=generator, device=device)
        ratio = low + (high - low) * unit(total)
        clean = _drifting(waves, row, weights, ratio, turn, first)
    present = torch.arange(most, device=device) < number[:, None]
    periods = torch.zeros_like(present, dtype=torch.int64).masked_scatter_(present, period)
    noise_std = unit(count, dtype=torch.float64)
    lowest, highest = _ends(law.noise_std)
    noise_std.mul_(highest - lowest).add_(lowest)
    inputs, largest = clean, _largest(clean)
    if highest > 0:
        clean /= largest
        inputs = torch.empty_like(clean).normal_(generator=generator)
        inputs.mul_(noise_std[:, None].float()).add_(clean)
        largest = _largest(inputs)
        noise_std /= largest[:, 0]
    return {
        "past": (inputs[:, : law.lookback] / largest)[:, None],
        "future": (clean[:, law.lookback :] / largest)[:, None],
        "periods": periods,
        "noise_std": noise_std,
    }


def _ends(value: Number | tuple[Number, Number]) -> tuple[Number, Number]:
    """Both ends of a range; a number is a range of its own."""
    return value if isinstance(value, tuple) else (value, value)


def _largest(signals: Tensor) -> Tensor:
    """Largest absolute value of each signal (count, samples): (count, 1)."""
    return torch.maximum(signals.amax(1, keepdim=True), -signals.amin(1, keepdim=True)).clamp_(min=SMALLEST)


@lru_cache(maxsize=8)
def _waves(shortest: int, longest: int, samples: int, device: torch.device) -> tuple[Tensor, Tensor]:
    """Sine and cosine of every period, (periods, samples) float32 each."""
    period = torch.arange(shortest, longest + 1, dtype=torch.float64)
    angle = 2 * math.pi / period[:, None] * torch.arange(samples, dtype=torch.float64)
    return angle.sin().float().to(device), angle.cos().float().to(device)


def _summed(waves: Tensor, row: Tensor, weight: Tensor | None, first: Tensor) -> Tensor:
    """Sum of each signal's rows of the waves, with weights: (count, samples).

    `row` and `weight` are (components,); `first` says which component is a signal's first, (count,).
    """
    return functional.embedding_bag(row, waves, first, per_sample_weights=weight, mode="sum")


def _drifting(
    waves: tuple[Tensor, Tensor],
    row: Tensor,
    weights: tuple[Tensor, Tensor],
    ratio: Tensor,
    turn: Tensor,
    first: Tensor,
) -> Tensor:
    """Sums of components whose amplitudes drift, (count, samples) float32.

    `row` of the waves, their `weights`, the `ratio` r and the sample `turn` at which it is reached are all
    (components,); `first` says which component is a signal's first, (count,).
    """
    samples = waves[0].shape[1]
    time = torch.arange(samples, device=row.device)
    peak = time[:, None].clamp(1, samples - 2)
    ways = torch.minimum(time / peak, (samples - 1 - time) / (samples - 1 - peak))  # from 0 to 1 to 0
    step = CHUNK if row.device.type == "cpu" else len(first)
    bounds = [*first[::step].tolist(), len(row)]
    sums = []
    for place, (start, stop) in enumerate(pairwise(bounds)):
        part = slice(start, stop)
        component = waves[0][row[part]].mul_(weights[0][part, None])
        component.addcmul_(waves[1][row[part]], weights[1][part, None])
        component.addcmul_(component * (ratio[part, None] - 1), ways[turn[part]])
        every = torch.arange(stop - start, device=row.device)
        chunk = first[place * step : (place + 1) * step] - start
        sums.append(_summed(component, every, None, chunk))
    return torch.cat(sums)


def describe(law: Law) -> Mapping[str, Any]:
    """What every dataset of this law has: channels, length and sampling rate (samples per time unit)."""
    series = {"length": law.lookback, "horizon": law.horizon, "normalisation": "window"}
    return {"channels": 1, **series, **UNTIMED}


GENERATOR = Generator(Law, generate, describe)
