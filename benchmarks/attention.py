"""One training step of each network with spectro-temporal attention, ours against the equations.

The equations: attention as a matrix, SciPy's Welch for every batch, one layer after the other. Both
have the same weights, batches of 32, and SGD with momentum. One thread, CPU seconds, the median of
steps taken in turn; then the largest difference of the first step's estimates and of its gradients,
over the largest of each.

Run: python benchmarks/attention.py [--steps N] [--smoke]
"""

import argparse
import copy
import time
from collections.abc import Callable
from functools import partial
from statistics import median

import numpy as np
import torch
from scipy.signal import welch
from torch import Tensor

from tidemark.denoise.laws import lincomb
from tidemark.denoise.models.spectro_temporal_attention import Hyperparameters, Model

BATCH = 32
CYCLES = 4
SIZES = {"laptop": 64, "published": 256}
"""Samples a cycle."""


def equations(network: Model, signal: Tensor) -> Tensor:
    """The network's estimate, (batch, 1, length) in and out, as it is written."""
    _, power = welch(signal.numpy(), nperseg=signal.shape[-1], return_onesided=False)
    spectrum = torch.from_numpy(power)
    front = network.attention
    if front.__class__.__name__ == "CrossedAttention":
        features = crossed(front, signal, spectrum)
    else:
        features = reference(front, signal, spectrum)
    x = features.flatten(1)
    for layer in [*network.autoencoder.encoder, *network.autoencoder.decoder]:
        x = layer(x)
        if network.autoencoder.activation == "tanh":
            x = torch.tanh(x)
    return x.view_as(signal)


def attend(embedding: Tensor) -> Tensor:
    """e · softmax(eᵀ e), over the first of its two axes of positions."""
    return embedding @ torch.softmax(embedding.transpose(1, 2) @ embedding, dim=1)


def crossed(front: torch.nn.Module, x: Tensor, s: Tensor) -> Tensor:
    """The report's own attention."""
    xa, sa = attend(front.embed_spectrum(s)), attend(front.embed_signal(x))
    cycles = front.temporal_mask.in_features
    xm = front.temporal_mask(xa.reshape(len(x), -1, cycles)).reshape(x.shape) * x
    sm = front.spectral_mask(sa.reshape(len(x), -1, cycles)).reshape(x.shape) * s
    temporal = front.temporal(torch.cat([xm, x], dim=1))
    spectral = front.spectral(torch.cat([sm, s], dim=1)) + front.code
    return front.last(torch.cat([temporal, spectral], dim=1))


def reference(front: torch.nn.Module, x: Tensor, s: Tensor) -> Tensor:
    """The reference's attention."""
    xa, sa = attend(front.embed_spectrum(s)), attend(front.embed_signal(x))
    x, s = x.reshape(len(x), 1, *front.image), s.reshape(len(s), 1, *front.image)
    xm = front.temporal_mask(xa.reshape(x.shape).transpose(2, 3)).transpose(2, 3) * x
    sm = front.spectral_mask(sa.reshape(s.shape).transpose(2, 3)).transpose(2, 3) * s
    drop = partial(torch.nn.functional.dropout, p=front.dropout)
    temporal = drop(front.temporal(torch.cat([x, xm], dim=1)))
    spectral = drop(drop(front.spectral(torch.cat([s, sm], dim=1))) + front.code)
    return drop(front.merge(torch.cat([temporal, spectral], dim=1)))


class Step:
    """Training steps of one network, one way."""

    def __init__(self, network: Model, estimate: Callable[[Model, Tensor], Tensor]) -> None:
        """Train a copy of `network`; `estimate` is how it is computed."""
        self.network, self.estimate = copy.deepcopy(network), estimate
        self.optimizer = torch.optim.SGD(self.network.parameters(), lr=0.05, momentum=0.9)

    def gradients(self, noisy: Tensor, clean: Tensor) -> tuple[Tensor, list[Tensor]]:
        """The estimate, and the gradient of each parameter."""
        torch.manual_seed(0)  # the same dropout both ways
        estimate = self.estimate(self.network, noisy)
        self.optimizer.zero_grad()
        (estimate - clean).square().mean().backward()
        return estimate.detach(), [parameter.grad for parameter in self.network.parameters()]

    def seconds(self, noisy: Tensor, clean: Tensor) -> float:
        """CPU seconds of one step."""
        start = time.process_time()
        self.gradients(noisy, clean)
        self.optimizer.step()
        return time.process_time() - start


def difference(ours: Tensor, theirs: Tensor) -> float:
    """Largest difference, over the largest value."""
    return ((ours - theirs).abs().max() / theirs.abs().max()).item()


def compare(size: str, chosen: dict[str, str], steps: int) -> None:
    """Print a row for one network at one size."""
    torch.manual_seed(0)
    law = lincomb.Law(
        cycles=CYCLES,
        samples_per_cycle=SIZES[size],
        functions=[lincomb.Function(frequency=f) for f in (1, 5, 10, 15, 20, 30)],
    )
    signals = lincomb.generate(law, BATCH, torch.Generator().manual_seed(0))
    noisy, clean = signals["noisy"], signals["clean"]
    network = Model(Hyperparameters(cycles=CYCLES, **chosen), 1, noisy.shape[-1])
    plain, ours = Step(network, equations), Step(network, Model.__call__)
    parameters = sum(parameter.numel() for parameter in network.parameters())
    del network
    (estimate, gradients), (written, written_gradients) = (
        step.gradients(noisy, clean) for step in (ours, plain)
    )
    of_estimates = difference(estimate, written)
    slopes = torch.cat([g.flatten() for g in gradients]), torch.cat([g.flatten() for g in written_gradients])
    of_gradients = difference(*slopes)
    del gradients, written_gradients, slopes
    plain.seconds(noisy, clean), ours.seconds(noisy, clean)
    pairs = [(plain.seconds(noisy, clean), ours.seconds(noisy, clean)) for _ in range(steps)]
    slow, fast = (median(column) for column in zip(*pairs, strict=True))
    print(
        f"{size:9} {chosen['attention']:9} {chosen['activation']:6} {parameters:11,} parameters: equations "
        f"{1e3 * slow:7.1f} ms, ours {1e3 * fast:6.1f} ms, {np.median([a / b for a, b in pairs]):.2f} times "
        f"faster; estimates differ by {of_estimates:.1e}, gradients by {of_gradients:.1e}",
        flush=True,
    )


def main() -> None:
    """Print a row for every network and size."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--steps", type=int, default=3, help="at the published size; ten times as many else")
    parser.add_argument("--smoke", action="store_true", help="the smallest size, in seconds")
    arguments = parser.parse_args()
    steps = {"laptop": 10 * arguments.steps, "published": arguments.steps}
    if arguments.smoke:
        steps = {"laptop": 1}
    torch.set_num_threads(1)
    for size, count in steps.items():
        for attention in ("crossed", "reference"):
            for activation in ("linear", "tanh"):
                compare(size, {"attention": attention, "activation": activation}, count)


if __name__ == "__main__":
    main()
