"""The published network for spectrograms: five convolutions that halve the picture, and one to the classes.

Each is followed by batch normalisation and a ReLU and doubles the filters; the last one sees all that is left
of a 61 × 61 picture. Of a larger one, the mean over the places left is taken (activity exercise of the Oxford
wearables group, for CAPTURE-24: S. Chan et al., "CAPTURE-24", Scientific Data 11, 2024).
"""

from __future__ import annotations

from itertools import count

from torch import Tensor, nn

from tidemark.core.errors import InputError
from tidemark.core.frozen import Count, Frozen
from tidemark.core.network import Architecture, Network

LAYERS = ((3, 2, 1), (3, 2, 1), (4, 2, 1), (4, 2, 1), (4, 1, 0))
"""Kernel, stride and padding of each convolution."""


class Hyperparameters(Frozen):
    """Sizes; the published one is 32."""

    filters: Count = 32
    """Of the first convolution; each of the four further ones has twice as many as the one before."""


class Model(Network):
    """Five convolutions, then one from features to classes."""

    causal = False

    def __init__(
        self, hyperparameters: Hyperparameters, channels: int, picture: tuple[int, int], classes: int
    ) -> None:
        """For spectrograms of so many channels and `picture` = (frequencies, frames).

        Raises `InputError` where the picture is too small for the last convolution.
        """
        super().__init__()
        least = smallest_side()
        if min(picture) < least:
            raise InputError(
                f"spectrogram_cnn: a spectrogram of {picture[0]} frequencies and {picture[1]} frames is too "
                f"small, {least} of each are needed; set spectrogram.length to {2 * (least - 1)} or more, "
                f"and spectrogram.hop to a {least - 1}th or less of the samples beyond that length"
            )
        parts: list[nn.Module] = []
        filters = hyperparameters.filters
        for kernel, stride, padding in LAYERS:
            parts.append(nn.Conv2d(channels, filters, kernel, stride, padding, bias=False))
            parts += [nn.BatchNorm2d(filters), nn.ReLU(inplace=True)]
            channels, filters = filters, 2 * filters
        self.layers = nn.Sequential(*parts, nn.Conv2d(channels, classes, 1))

    def forward(self, spectrogram: Tensor) -> Tensor:
        """Logits (batch, classes) of `spectrogram` (batch, channels, frequencies, frames)."""
        logits: Tensor = self.layers(spectrogram).mean((2, 3))
        return logits


def smallest_side() -> int:
    """Least frequencies, or frames, that leave every convolution something to see."""
    return next(side for side in count(1) if _left(side) > 0)


def _left(side: int) -> int:
    for kernel, stride, padding in LAYERS:
        side = (side + 2 * padding - kernel) // stride + 1
    return side


ARCHITECTURE = Architecture(Hyperparameters, Model)
