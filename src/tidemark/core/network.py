"""What a network offers: one contract for all architectures, with defaults that most of them keep."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Self

import torch
from torch import Tensor, nn

from tidemark.core.frozen import Frozen


class Network(nn.Module):
    """Base of every architecture: `forward` maps a batch of inputs to predictions."""

    causal: bool = False
    """Whether a prediction uses the past and present only."""
    teacher_forcing: bool = False
    """Whether, in training, `forward` is given the targets too, and returns predictions and their targets."""
    validates_with_targets: bool = False
    """Whether it is validated that way as well: it predicts each value from the true ones before it."""
    history: int = 0
    """Samples before its input that it uses as well. It is then given both as one array, of as many samples
    as there are, NaN where one is missing."""
    begins_at_data: bool = False
    """Whether `begin` sets the first weights from training targets."""

    def begin(self, targets: Tensor) -> None:
        """Set the first weights from clean training signals, (signals, channels, length), without gaps."""

    def folded(self) -> Self:
        """The same map in fewer operations, for prediction; itself where there is nothing to fold."""
        return self

    def attention_maps(self, inputs: Tensor) -> Mapping[str, Tensor]:
        """Attention on `inputs` by kind, (batch, length, length) each; none without attention."""
        return {}


@dataclass(frozen=True)
class Architecture:
    """What the file of an architecture provides."""

    hyperparameters: type[Frozen]
    network: Callable[..., Network]
    """From hyperparameters and the task's shape arguments (`Learning.shape`) to an untrained network."""
    neural: bool = True
    """Whether it is a neural network; else a classical method, learned on many signals as networks are."""


def last_present(signal: Tensor) -> Tensor:
    """`signal` (…, length) whose first sample is present, each NaN replaced by the last value before it."""
    place = torch.arange(signal.shape[-1], device=signal.device)
    return signal.gather(-1, place.where(~signal.isnan(), 0).cummax(-1).values)
