"""Random linear combinations of a few functions, seen from a random offset, scaled to [0, 1).

Law: clean(t) = Σᵢ αᵢ fᵢ(x(t) + β), less its minimum, over its largest value then; x(t) are the
samples of `cycles` periods of 2π, αᵢ and β are drawn signal by signal. noisy = clean + noise.
Published (report on spectro-temporal attention denoising): 4 cycles of 256 samples,
αᵢ ~ U(−1, 1) with those under 0.01 in size set to 0, β ~ U(−10, 10), Gaussian noise of standard
deviation 0.1; six sines, of x (pure periodic) or of powers of |x| (pseudo periodic).
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Annotated, Any, Literal

import numpy as np
import torch
from pydantic import Field
from torch import Tensor

from tidemark.core.frozen import Count, Frozen, NonNegative, Positive, Ranges
from tidemark.core.law import Generator
from tidemark.core.store import UNTIMED

CHUNK = 128
"""Signals at once on a CPU: what is computed of them stays in its cache."""

BLOCK = 16
"""Samples whose angles come from one Taylor series, of `DEGREE`, at their centre."""
DEGREE = 7
LARGEST_RATIO = 0.25
"""No series where the distance from the centre to the edge is more of that from 0 to the centre …"""
LARGEST_SWING = 4
"""… nor for functions that make more turns from the centre to the edge: float32 would lose them."""


class Function(Frozen):
    """One function of the sum; with u = frequency · x, or frequency · |x|^power where a power is given."""

    form: Literal["sine", "exponential_sine", "sine_cosine", "sine_of_cosine"] = "sine"
    """sin u, exp(sin u), sin u · cos u, sin(cos u)."""
    frequency: Positive = 1.0
    power: Positive | None = None


class Law(Ranges):
    """Parameters of the law; a pair is a range drawn from uniformly, signal by signal."""

    cycles: Count = 4
    samples_per_cycle: Annotated[int, Field(ge=2)] = 256
    functions: Annotated[list[Function], Field(min_length=1)]
    coefficient: Positive = 1.0
    """Coefficients are uniform on ± this."""
    smallest_coefficient: NonNegative = 0.01
    """Those smaller than this in size are set to 0."""
    offset: NonNegative = 10.0
    """Offsets are uniform on ± this."""
    noise: Literal["gaussian", "uniform"] = "gaussian"
    noise_std: NonNegative | tuple[NonNegative, NonNegative] = 0.1


def positions(law: Law, device: torch.device | str = "cpu") -> Tensor:
    """The samples' places x on the axis, without offset: (length,) float64."""
    length = law.cycles * law.samples_per_cycle
    return torch.linspace(0, 2 * math.pi * law.cycles, length, dtype=torch.float64, device=device)


def generate(
    law: Law, count: int, generator: torch.Generator, device: torch.device | str = "cpu"
) -> dict[str, Tensor]:
    """Draw `count` signals.

    Returns `noisy` and `clean`, both (count, 1, length) float32; `offset` β, (count,) float64; and
    `coefficients` α, (count, functions) float32.
    """

    def unit(*shape: int) -> Tensor:
        return torch.rand(*shape, generator=generator, device=device, dtype=torch.float64)

    offset = law.offset * (2 * unit(count) - 1)
    coefficients = law.coefficient * (2 * unit(count, len(law.functions)) - 1)
    coefficients = torch.where(coefficients.abs() < law.smallest_coefficient, 0.0, coefficients)
    low, high = law.noise_std if isinstance(law.noise_std, tuple) else (law.noise_std, law.noise_std)
    noise_std = (low + (high - low) * unit(count, 1)).float()
    place = positions(law, device)
    clean, noisy = _empty((2, count, len(place)), place.device)
    step = min(count, CHUNK) if clean.device.type == "cpu" else count
    combination = _Combination(law.functions, place, step)
    for chunk in (slice(first, first + step) for first in range(0, count, step)):
        combined = combination(coefficients[chunk], offset[chunk])
        combined -= combined.amin(-1, keepdim=True)
        torch.div(combined, combined.amax(-1, keepdim=True) + 1e-5, out=clean[chunk])
        noise = noisy[chunk]
        if law.noise == "gaussian":
            noise.normal_(generator=generator)
        else:
            noise.uniform_(-math.sqrt(3), math.sqrt(3), generator=generator)
        torch.addcmul(clean[chunk], noise, noise_std[chunk], out=noise)
    return {
        "noisy": noisy[:, None],
        "clean": clean[:, None],
        "offset": offset,
        "coefficients": coefficients.float(),
    }


def _empty(shape: tuple[int, ...], device: torch.device) -> Tensor:
    """Float32 memory to be filled; NumPy asks for large pages, whose first use costs a CPU much less."""
    if device.type == "cpu":
        return torch.from_numpy(np.empty(shape, dtype=np.float32))
    return torch.empty(shape, device=device)


def combine(functions: list[Function], coefficients: Tensor, place: Tensor, offset: Tensor) -> Tensor:
    """Σᵢ αᵢ fᵢ(x + β): (signals, length) float32.

    `coefficients` (signals, functions), `place` x (length,) and `offset` β (signals,), all float64.
    """
    return _Combination(functions, place, len(offset))(coefficients, offset)


def values(function: Function, x: Tensor) -> Tensor:
    """The function at x, any shape; float64 in and out, right to about 1e-6."""
    return _of_angle(function, _angle(function, x, x.abs().log2_())).double()


class _Combination:
    """Sums of functions at evenly spaced places, with the memory that their computation needs."""

    def __init__(self, functions: list[Function], place: Tensor, most: int) -> None:
        """For `place` (length,) float64 and at most `most` signals at once."""
        plain = [
            function.power is None and function.form in ("sine", "sine_cosine") for function in functions
        ]
        self.plain = torch.tensor(plain, device=place.device)
        self.others = [(i, function) for i, function in enumerate(functions) if not plain[i]]
        sines = [function for function, is_plain in zip(functions, plain, strict=True) if is_plain]
        self.frequency = place.new_tensor([_frequency(function) for function in sines])
        self.height = place.new_tensor([_height(function) for function in sines])
        waves = self.frequency[:, None] * place
        self.basis = torch.cat([waves.cos(), waves.sin()]).float()
        self.total = torch.empty(most, len(place), device=place.device)
        if self.others:
            self.place = place.view(-1, math.gcd(len(place), BLOCK))  # (blocks, samples of a block)
            self.centre = (self.place[:, :1] + self.place[:, -1:]) / 2
            away = self.place[0] - self.centre[0]
            self.half = float(away[-1])
            orders = torch.arange(DEGREE + 1, device=place.device)[:, None]
            relative = (away / (self.half or 1.0)) ** orders
            self.monomials = [
                (2 * math.pi * _binomials(function, like=place)[:, None] * relative).float()
                for _, function in self.others
            ]
            self.powers = torch.empty(DEGREE + 1, most * len(self.place), device=place.device)
            self.series, self.angle = torch.empty_like(self.powers), torch.empty_like(self.total)

    def __call__(self, coefficients: Tensor, offset: Tensor) -> Tensor:
        """Σᵢ αᵢ fᵢ(x + β), (signals, length) float32, overwritten by the next call.

        α (signals, functions) and β (signals,), float64.
        """
        # sin(f(x + β)) = sin fβ cos fx + cos fβ sin fx: a sum of sines is a matrix product.
        alpha, turned = coefficients[:, self.plain] * self.height, offset[:, None] * self.frequency
        weights = torch.cat([alpha * turned.sin(), alpha * turned.cos()], dim=1).float()
        total = torch.mm(weights, self.basis, out=self.total[: len(offset)])
        if self.others:
            self._add_others(total, coefficients.float(), offset[:, None])
        return total

    def _add_others(self, total: Tensor, coefficients: Tensor, offset: Tensor) -> None:
        """Add the functions that are not plain to `total`; offset (signals, 1).

        Angles within a block come from their Taylor series at its centre c,
        s |c + d|^p = s |c|^p Σₖ (p over k) (d / c)ᵏ, or one by one where 0 is too near or the angle too fast.
        """
        centre = self.centre[:, 0] + offset
        distance = centre.abs()
        logarithm = distance.log2()
        signal, block = torch.nonzero(distance <= self.half / LARGEST_RATIO, as_tuple=True)
        x = self.place[block] + offset[signal]
        logarithm_near = x.abs().log2_()
        powers, series = self.powers[:, : centre.numel()], self.series[:, : centre.numel()]
        powers[1] = (self.half / centre).view(-1)
        for k in range(2, DEGREE + 1):
            torch.mul(powers[k - 1], powers[1], out=powers[k])
        farthest = float(distance.max())
        angle = self.angle[: len(offset)]
        blocks = angle.view(*centre.shape, -1)
        for (i, function), monomials in zip(self.others, self.monomials, strict=True):
            if self._swing(function, farthest) > LARGEST_SWING:
                everywhere = self.place.view(-1) + offset
                angle.copy_(_angle(function, everywhere, everywhere.abs().log2_()))
            else:
                turns = _turns(function, centre, logarithm).view(-1)
                torch.mul(powers[1:], turns.float(), out=series[1:])
                series[0] = turns.frac_()
                torch.mm(series.T, monomials, out=blocks.view(-1, blocks.shape[-1]))
                blocks[signal, block] = _angle(function, x, logarithm_near)
            total.addcmul_(_of_angle(function, angle), coefficients[:, i, None])

    def _swing(self, function: Function, farthest: float) -> float:
        """Most turns from a block's centre to its edge where the series serves, by the first derivative."""
        power = function.power or 1.0
        slope = [power * c ** (power - 1) for c in (farthest, self.half / LARGEST_RATIO) if c > 0]
        return max(slope, default=0.0) * self.half * _frequency(function) / (2 * math.pi)


def _binomials(function: Function, like: Tensor) -> Tensor:
    """p over k for k = 0 … `DEGREE`; a function without a power is one of power 1."""
    power, numbers = function.power or 1.0, [1.0]
    for k in range(1, DEGREE + 1):
        numbers.append(numbers[-1] * (power - k + 1) / k)
    return like.new_tensor(numbers)


def _frequency(function: Function) -> float:
    """Frequency of the sine or cosine in it: sin u · cos u = sin(2u) / 2."""
    return 2 * function.frequency if function.form == "sine_cosine" else function.frequency


def _height(function: Function) -> float:
    return 0.5 if function.form == "sine_cosine" else 1.0


def _turns(function: Function, x: Tensor, logarithm: Tensor) -> Tensor:
    """Angle of the function's sine or cosine at x, log₂ |x| being given, in turns; all float64."""
    scale = _frequency(function) / (2 * math.pi)
    if function.power is None:
        return x * scale
    # s |x|^p = 2^(log₂ s + p log₂ |x|): one logarithm serves all functions
    return torch.mul(logarithm, function.power).add_(math.log2(scale)).exp2_()


def _angle(function: Function, x: Tensor, logarithm: Tensor) -> Tensor:
    """That angle in radians less whole turns, float32."""
    return _turns(function, x, logarithm).frac_().mul_(2 * math.pi).float()


def _of_angle(function: Function, angle: Tensor) -> Tensor:
    """The function where its sine or cosine has that angle, in its place; float32."""
    if function.form == "sine":
        return angle.sin_()
    if function.form == "exponential_sine":
        return angle.sin_().exp_()
    if function.form == "sine_cosine":
        return angle.sin_().mul_(0.5)
    return angle.cos_().sin_()


def describe(law: Law) -> Mapping[str, Any]:
    """What every dataset of this law has: channels, length and sampling rate (samples per time unit)."""
    return {"channels": 1, "length": law.cycles * law.samples_per_cycle, **UNTIMED}


GENERATOR = Generator(Law, generate, describe)
