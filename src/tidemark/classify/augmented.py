"""Training batches of spectrograms from windows that are changed at random, on the device.

The changes are those of another day or another wearer. Everything is off unless asked for, and a generator
says it all: the same one gives the same changes.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any

import torch
from pydantic import Field
from torch import Tensor

from tidemark.core.errors import InputError
from tidemark.core.frozen import Frozen, NonNegative, Share
from tidemark.core.params import validate
from tidemark.core.spectra import log_spectrogram
from tidemark.core.store import Array, read_split
from tidemark.training.batches import Batch, Batches, Request, Source, random_stream
from tidemark.training.streaming import HELD, Ahead, batches_of


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


class AugmentedBatches(Ahead):
    """Spectrograms computed on the device from windows that are changed at random, new at every step."""

    def __init__(
        self,
        arrays: Mapping[str, Array],
        spectrogram: Mapping[str, Any],
        augmentation: Augmentation,
        device: torch.device,
        size: int,
        seed: int,
        rank: int = 0,
        world: int = 1,
        *,
        held: int = HELD,
    ) -> None:
        """`arrays`: `signal` (windows, 3, samples) in g and `label` (windows,); others are left alone.

        `spectrogram` has window, length and hop, as a dataset's information has them. Batches hold
        `spectrogram` (batch, 3, frequencies, frames) and `label` (batch,).
        """
        taken = {name: arrays[name] for name in ("signal", "label")}
        source = batches_of(taken, held, device, size, seed, rank, world)
        super().__init__(_Spectrograms(source, spectrogram, augmentation, device, seed, rank, world), device)


@dataclass(frozen=True)
class _Spectrograms:
    """Spectrograms of the changed windows of other batches."""

    source: Batches
    spectrogram: Mapping[str, Any]
    augmentation: Augmentation
    device: torch.device
    seed: int
    rank: int
    world: int

    def at(self, step: int) -> Batch:
        batch = self.source.at(step)
        # The order of windows uses the streams of small places; their changes those of negative ones.
        stream = random_stream(self.seed, -1 - step * self.world - self.rank, self.device)
        signal = changed(batch["signal"], self.augmentation, stream)
        result = log_spectrogram(signal, *(self.spectrogram[key] for key in ("window", "length", "hop")))
        return {"spectrogram": masked(result, self.augmentation, stream), "label": batch["label"]}


def _batches(request: Request) -> Batches:
    arrays = read_split(request.dataset, "train")
    if "signal" not in arrays:
        raise InputError(
            f"{request.where}.source = 'classify/augmented': {request.info.name} has no windows to change; "
            "use training/stored"
        )
    augmentation = validate(
        Augmentation, request.entry.training.augmentation, f"{request.where}.training.augmentation"
    )
    return AugmentedBatches(arrays, request.info.spectrogram, augmentation, request.device, *request.share)


SOURCE = Source(_batches)
