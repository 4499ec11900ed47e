"""Windows of acceleration changed at random, as another day or another wearer would have changed them.

Everything is off unless asked for. A generator says it all: the same one gives the same changes.
"""

from __future__ import annotations

import math
from typing import Annotated

import torch
from pydantic import Field
from torch import Tensor

from tidemark.core.frozen import Frozen, NonNegative, Share


class Augmentation(Frozen):
    """How strongly windows are changed, each by itself."""

    rotation: Annotated[float, Field(ge=0, le=180)] = 0.0
    """Largest angle, in degrees, that a window's axes are turned by: a sensor worn otherwise."""
    scale: Annotated[float, Field(ge=0, lt=1)] = 0.0
    """Largest share by which a window is made larger or smaller."""
    noise_std: NonNegative = 0.0
    """Of white noise added, in g."""
    shift: Share = 0.0
    """Most that a window is shifted by, either way, as a share of it; its end comes round to its start."""
    frequency_mask: Share = 0.0
    """Widest band of frequencies hidden in a spectrogram, as a share of all …"""
    time_mask: Share = 0.0
    """… and of frames."""


def changed(signal: Tensor, augmentation: Augmentation, generator: torch.Generator) -> Tensor:
    """`signal` (batch, 3, samples) in g, turned, scaled, shifted and with noise; the same shape.

    `generator` is on the signal's device.
    """
    a = augmentation
    if a.rotation:
        signal = rotations(len(signal), a.rotation, generator).to(signal.dtype) @ signal
    if a.scale:
        signal = signal * (1 + a.scale * (2 * _uniform(len(signal), generator)[:, None, None] - 1))
    if a.shift:
        samples = signal.shape[-1]
        by = (a.shift * samples * (2 * _uniform(len(signal), generator) - 1)).round().long()
        place = (torch.arange(samples, device=signal.device) - by[:, None]) % samples
        signal = signal.gather(-1, place[:, None].expand_as(signal))
    if a.noise_std:
        noise = torch.randn(signal.shape, generator=generator, device=signal.device, dtype=signal.dtype)
        signal = signal + a.noise_std * noise
    return signal


def rotations(count: int, degrees: float, generator: torch.Generator) -> Tensor:
    """Rotations about axes of any direction by angles up to `degrees`, uniformly: (count, 3, 3).

    By the formula of Rodrigues, R = I + sin φ K + (1 − cos φ) K², where K v is the axis times v.
    """
    axis = torch.randn(count, 3, generator=generator, device=generator.device)
    axis = torch.nn.functional.normalize(axis, dim=1)
    angle = (math.radians(degrees) * _uniform(count, generator))[:, None, None]
    x, y, z = axis.unbind(1)
    zero = torch.zeros_like(x)
    cross = torch.stack([zero, -z, y, z, zero, -x, -y, x, zero], 1).view(count, 3, 3)
    identity = torch.eye(3, device=generator.device)
    return identity + angle.sin() * cross + (1 - angle.cos()) * (cross @ cross)


def masked(spectrogram: Tensor, augmentation: Augmentation, generator: torch.Generator) -> Tensor:
    """`spectrogram` (batch, channels, frequencies, frames) with one band of each kind hidden by its mean.

    Width and place of a band are uniform, as D. S. Park et al. have it ("SpecAugment", Interspeech 2019);
    the mean is each channel's own in each window. `generator` is on the spectrogram's device.
    """
    shares = (augmentation.frequency_mask, augmentation.time_mask)
    mean = spectrogram.mean((2, 3), keepdim=True) if any(shares) else spectrogram
    for share, shape in zip(shares, ((1, 1, -1, 1), (1, 1, 1, -1)), strict=True):
        if not share:
            continue
        size = spectrogram.shape[shape.index(-1)]
        width = share * size * _uniform(len(spectrogram), generator)
        start = (size - width) * _uniform(len(spectrogram), generator)
        place = torch.arange(size, device=spectrogram.device).view(shape)
        start, end = (each.view(-1, 1, 1, 1) for each in (start, start + width))
        spectrogram = torch.where((place >= start) & (place < end), mean, spectrogram)
    return spectrogram


def _uniform(count: int, generator: torch.Generator) -> Tensor:
    return torch.rand(count, generator=generator, device=generator.device)
