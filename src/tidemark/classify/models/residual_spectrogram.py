"""A compact residual network for spectrograms of an acceleration's three axes.

The network sees the power of all axes together, which is the same however the sensor is turned, and each axis
as its share of it. Each frequency is standardised over the training windows. Stages of residual blocks (K. He
et al., "Identity mappings in deep residual networks", ECCV 2016) halve the picture; what is left is averaged
over time but not over frequency. While training, bands of frequencies and of frames are hidden (D. S. Park et
al., "SpecAugment", Interspeech 2019), blocks are left out at random (G. Huang et al., "Deep networks with
stochastic depth", ECCV 2016), and features are dropped.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional

from tidemark.core.frozen import Count, Frozen, Share
from tidemark.core.network import Architecture, Network

QUIET = -8.0
"""Log-magnitudes below are no signal: a sensor's own noise lies far above."""


class Hyperparameters(Frozen):
    """Sizes, and how strongly the network is held back."""

    width: Count = 16
    """Channels of the first stage; each further one has twice as many."""
    stages: Count = 3
    blocks: Count = 1
    """In each stage."""
    dropout: Share = 0.3
    """Of the features that the classes are told from."""
    skipped: Share = 0.1
    """How often the last block is left out while training; earlier ones less, the first one never."""
    masked_frequencies: Share = 0.15
    """Widest band hidden while training, as a share of all frequencies …"""
    masked_frames: Share = 0.25
    """… and of all frames."""


class Model(Network):
    """Standardisation, a convolution, residual blocks, mean over time, and a linear layer."""

    causal = False

    def __init__(
        self, hyperparameters: Hyperparameters, channels: int, picture: tuple[int, int], classes: int
    ) -> None:
        """For spectrograms of so many channels and `picture` = (frequencies, frames)."""
        super().__init__()
        h = self.h = hyperparameters
        self.standard = nn.BatchNorm1d((channels + 1) * picture[0], affine=False)
        self.first = nn.Conv2d(channels + 1, h.width, 3, stride=2, padding=1, bias=False)
        blocks = []
        side, before, total = (picture[0] + 1) // 2, h.width, h.stages * h.blocks
        for place in range(total):
            halves = place % h.blocks == 0
            after = h.width * 2 ** (place // h.blocks)
            blocks.append(Block(before, after, 2 if halves else 1, h.skipped * place / max(1, total - 1)))
            side, before = (side + 1) // 2 if halves else side, after
        self.blocks = nn.Sequential(*blocks)
        self.last = nn.BatchNorm2d(before)
        self.dropout = nn.Dropout(h.dropout)
        self.classes = nn.Linear(before * side, classes)

    def forward(self, spectrogram: Tensor) -> Tensor:
        """Logits (batch, classes) of `spectrogram` (batch, channels, frequencies, frames)."""
        axes = spectrogram.clamp(min=QUIET)
        together = torch.logsumexp(2 * axes, 1, keepdim=True) / 2
        seen = torch.cat([together, axes - together], 1)
        seen = self.standard(seen.flatten(1, 2)).view_as(seen)
        if self.training:
            seen = self._masked(seen)
        features = functional.relu(self.last(self.blocks(self.first(seen))))
        logits: Tensor = self.classes(self.dropout(features.mean(3).flatten(1)))
        return logits

    def _masked(self, seen: Tensor) -> Tensor:
        """A band of frequencies and one of frames set to the mean over all windows, 0, in each window."""
        for axis, share in ((2, self.h.masked_frequencies), (3, self.h.masked_frames)):
            size = seen.shape[axis]
            width, start = torch.rand(2, len(seen), 1, device=seen.device)
            width = width * share * size
            start = start * (size - width)
            place = torch.arange(size, device=seen.device)
            hidden = (place >= start) & (place < start + width)  # (batch, size)
            seen = seen.masked_fill(hidden[:, None, :, None] if axis == 2 else hidden[:, None, None], 0.0)
        return seen


class Block(nn.Module):
    """Two convolutions, each behind normalisation and ReLU, added to what comes in."""

    def __init__(self, before: int, after: int, stride: int, skipped: float) -> None:
        """From `before` to `after` channels; `skipped` is the probability of being left out in training."""
        super().__init__()
        self.skipped = skipped
        self.normal = nn.ModuleList([nn.BatchNorm2d(before), nn.BatchNorm2d(after)])
        self.first = nn.Conv2d(before, after, 3, stride, 1, bias=False)
        self.second = nn.Conv2d(after, after, 3, 1, 1, bias=False)
        self.shortcut = (
            nn.Identity()
            if before == after and stride == 1
            else nn.Sequential(
                nn.AvgPool2d(stride, ceil_mode=True, count_include_pad=False),
                nn.Conv2d(before, after, 1, bias=False),
            )
        )

    def forward(self, states: Tensor) -> Tensor:
        """(batch, before, height, width) → (batch, after, height / stride, width / stride), rounded up."""
        inner = functional.relu(self.normal[0](states))
        change = self.second(functional.relu(self.normal[1](self.first(inner))))
        if self.training and self.skipped:
            selected = torch.rand(len(change), 1, 1, 1, device=change.device) >= self.skipped
            change = change * selected / (1 - self.skipped)
        result: Tensor = self.shortcut(states) + change
        return result


ARCHITECTURE = Architecture(Hyperparameters, Model)
