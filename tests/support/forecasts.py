"""What holds for every network that is taught with its targets."""

from __future__ import annotations

import torch
from torch import Tensor

from tidemark.core.network import Network


def assert_series_of_their_own(
    network: Network, past: Tensor, future: Tensor, steps: int, teacher_forcing: bool
) -> None:
    """Each channel of each signal is forecast, `steps` long, as it is alone."""

    def forecast(*part: slice) -> Tensor:
        result: Tensor = network(past[part], future[part])[0] if teacher_forcing else network(past[part])
        return result

    estimate = forecast()
    assert estimate.shape == (*past.shape[:2], steps)
    for signal in range(past.shape[0]):
        for channel in range(past.shape[1]):
            one = (slice(signal, signal + 1), slice(channel, channel + 1))
            torch.testing.assert_close(forecast(*one), estimate[one])
