"""Training steps and forecasts of the published recurrent networks, ours against a loop over cells.

The loop: PyTorch's LSTMCell or GRUCell sample by sample, each state read out at once, as the networks are
defined. Both have the same weights and signals, the published batch while training, AdamW. One thread, CPU
seconds, the median of runs taken in turn; then the largest difference of the estimates and of the first
step's gradients, over the largest of each.

Run: python benchmarks/forecasting.py [--runs N] [--smoke]
"""

import argparse
import copy
import time
from collections.abc import Callable
from dataclasses import dataclass
from statistics import median

import torch
from torch import Tensor, nn

from tidemark.core.network import Network
from tidemark.forecast import learning as forecast
from tidemark.forecast.laws import harmonics
from tidemark.forecast.models import long_short_term_memory, sequence_to_sequence

LOOKBACK = 100
FORECAST = {"a batch of 512": 512, "one signal": 1}


@dataclass(frozen=True)
class Case:
    """A network, its loss and its loop: (network, past, future or None while in use) → estimate."""

    network: Network
    law: harmonics.Law
    batch: int
    loss: str
    loop: Callable[[Network, Tensor, Tensor | None], Tensor]


def cell(layer: nn.LSTM | nn.GRU) -> nn.LSTMCell | nn.GRUCell:
    """PyTorch's cell with the weights of a layer, the very same tensors."""
    kind = nn.LSTMCell if isinstance(layer, nn.LSTM) else nn.GRUCell
    with torch.device("meta"):
        made = kind(1, layer.hidden_size)
    for name in ("weight_ih", "weight_hh", "bias_ih", "bias_hh"):
        setattr(made, name, getattr(layer, f"{name}_l0"))
    return made


def long_short_term_loop(network: Network, past: Tensor, future: Tensor | None) -> Tensor:
    """All samples but the first, each from those before it; or, without `future`, the samples to come."""
    step, memory = cell(network.recurrent), None
    inputs = past[:, 0] if future is None else torch.cat([past, future], -1)[:, 0, :-1]
    estimates = []
    for sample in inputs.T:
        memory = step(sample[:, None], memory)
        estimates.append(network.readout(memory[0]))
    if future is None:
        estimates = estimates[-1:]
        while len(estimates) < network.horizon:
            memory = step(estimates[-1], memory)
            estimates.append(network.readout(memory[0]))
    return torch.cat(estimates, -1)[:, None]


def sequence_to_sequence_loop(network: Network, past: Tensor, future: Tensor | None) -> Tensor:
    """The samples to come; with `future`, under teacher forcing."""
    series = past[:, 0]
    transform = torch.fft.rfft(series, norm="forward")
    features = [transform.abs(), transform.angle()]
    if isinstance(network.encoder, sequence_to_sequence.MultilayerEncoder):
        state = network.encoder.layers(torch.cat([series, *features], -1))
    else:
        step, state = cell(network.encoder.recurrent), None
        for sample in series.T:
            state = step(sample[:, None], state)
        state = torch.cat([state, *features], -1)
    step, fed, estimates = cell(network.decoder), series[:, -1:], []
    for place in range(network.horizon):
        state = step(fed, state)
        estimates.append(network.readout(state))
        fed = estimates[-1].detach() if future is None else future[:, 0, place, None]
    return torch.cat(estimates, -1)[:, None]


def cases() -> dict[str, Case]:
    """The three published networks, each on the signals it was trained on."""
    short = harmonics.Law(lookback=LOOKBACK, horizon=5)
    rich = harmonics.Law(lookback=LOOKBACK, horizon=10, components=(3, 44), period=(10, 99))
    memory, encoder = long_short_term_memory, sequence_to_sequence
    multilayer = encoder.Hyperparameters(encoder="multilayer", teacher_forcing=False)
    return {
        "long short-term memory": Case(
            memory.Model(memory.Hyperparameters(), 1, LOOKBACK, 5), short, 32, "mse", long_short_term_loop
        ),
        "recurrent encoder": Case(
            encoder.Model(encoder.Hyperparameters(), 1, LOOKBACK, 5),
            short, 32, "mse", sequence_to_sequence_loop,
        ),
        "multilayer encoder": Case(
            encoder.Model(multilayer, 1, LOOKBACK, 10),
            rich, 128, "step_weighted_mse", sequence_to_sequence_loop,
        ),
    }  # fmt: skip


class Way:
    """One way to compute a network, trained on its own copy of the weights."""

    def __init__(self, case: Case, loop: bool) -> None:
        """By the direct loop, or by the network's own `forward`."""
        self.network, self.case, self.loop = copy.deepcopy(case.network), case, loop
        self.optimizer = torch.optim.AdamW(self.network.parameters(), fused=True)

    def estimate(self, past: Tensor, future: Tensor | None = None) -> Tensor:
        """What the loss compares while training, or with `past` alone the forecast."""
        if self.loop:
            return self.case.loop(self.network, past, future)
        return self.network(past) if future is None else self.network(past, future)[0]

    def gradients(self, past: Tensor, future: Tensor) -> list[Tensor]:
        """The estimate, then the gradient of every parameter."""
        estimate = self.estimate(past, future if self.network.teacher_forcing else None)
        target = future if estimate.shape == future.shape else torch.cat([past, future], -1)[..., 1:]
        self.optimizer.zero_grad()
        forecast.loss(estimate, target, self.case.loss).backward()
        return [estimate.detach(), *(parameter.grad for parameter in self.network.parameters())]

    def training(self, past: Tensor, future: Tensor) -> float:
        """CPU seconds of one training step."""
        start = time.process_time()
        self.gradients(past, future)
        self.optimizer.step()
        return time.process_time() - start

    @torch.inference_mode()
    def use(self, past: Tensor) -> float:
        """CPU seconds of one forecast."""
        start = time.process_time()
        self.estimate(past)
        return time.process_time() - start


def difference(ours: list[Tensor], theirs: list[Tensor]) -> float:
    """Largest difference, over the largest value."""
    one, other = (torch.cat([tensor.flatten() for tensor in tensors]) for tensors in (ours, theirs))
    return ((one - other).abs().max() / other.abs().max()).item()


def row(name: str, what: str, seconds: list[tuple[float, float]], differences: str) -> None:
    """Print the times of the loop and ours, the ratio, and how much their numbers differ."""
    slow, fast = (1e3 * median(column) for column in zip(*seconds, strict=True))
    ratio = median(loop / ours for loop, ours in seconds)
    print(f"{name:22} {what:24} loop {slow:7.2f} ms, ours {fast:7.2f} ms, {ratio:.2f} times faster; "
          f"{differences}", flush=True)  # fmt: skip


def compare(name: str, case: Case, runs: int) -> None:
    """Print the rows of one network."""
    signals = harmonics.generate(
        case.law, max(case.batch, *FORECAST.values()), torch.Generator().manual_seed(0)
    )
    past, future = signals["past"], signals["future"]
    batch = past[: case.batch], future[: case.batch]
    loop, ours = Way(case, loop=True), Way(case, loop=False)
    (expected, *slopes), (estimate, *ours_slopes) = loop.gradients(*batch), ours.gradients(*batch)
    differences = (
        f"estimates differ by {difference([estimate], [expected]):.0e}, "
        f"gradients by {difference(ours_slopes, slopes):.0e}"
    )
    loop.training(*batch), ours.training(*batch)
    row(name, f"training step of {case.batch}",
        [(loop.training(*batch), ours.training(*batch)) for _ in range(runs)], differences)  # fmt: skip
    loop, ours = Way(case, loop=True), Way(case, loop=False)
    for what, count in FORECAST.items():
        some = past[:count]
        with torch.inference_mode():
            differences = (
                f"estimates differ by {difference([ours.estimate(some)], [loop.estimate(some)]):.0e}"
            )
        row(name, f"forecast of {what}", [(loop.use(some), ours.use(some)) for _ in range(runs)], differences)


def main() -> None:
    """Print every row."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--runs", type=int, default=20)
    parser.add_argument("--smoke", action="store_true", help="the smallest size, in seconds")
    arguments = parser.parse_args()
    runs = 1 if arguments.smoke else arguments.runs
    torch.set_num_threads(1)
    torch.manual_seed(0)
    for name, case in cases().items():
        compare(name, case, runs)


if __name__ == "__main__":
    main()
