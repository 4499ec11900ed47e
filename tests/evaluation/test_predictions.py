"""A network on arrays: in batches, and on how many threads."""

from collections.abc import Iterator

import numpy as np
import pytest
import torch
from torch import Tensor

from tidemark.core.network import Network
from tidemark.evaluation import predictions


class Doubling(Network):
    """Doubles, and remembers how it was called."""

    def __init__(self) -> None:
        super().__init__()
        self.calls: list[tuple[int, int]] = []

    def forward(self, signals: Tensor) -> Tensor:
        self.calls.append((len(signals), torch.get_num_threads()))
        return 2 * signals


@pytest.fixture
def two_threads() -> Iterator[None]:
    before = torch.get_num_threads()
    torch.set_num_threads(2)
    yield
    torch.set_num_threads(before)


@pytest.mark.usefixtures("two_threads")
@pytest.mark.parametrize(("signals", "calls"), [(3, [(3, 1)]), (600, [(512, 2), (88, 2)])])
def test_few_signals_take_one_thread(signals: int, calls: list[tuple[int, int]]) -> None:
    network, inputs = Doubling(), np.random.default_rng(0).standard_normal((signals, 1, 20))
    found = predictions.in_batches(network, torch.device("cpu"), inputs)
    np.testing.assert_allclose(found, 2 * inputs, rtol=1e-6)
    assert network.calls == calls
    assert torch.get_num_threads() == 2
