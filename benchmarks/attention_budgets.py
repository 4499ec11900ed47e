"""CPU seconds of a training step of each variant of spectro-temporal attention, and of all its steps in params.yaml.

The variants are compared at equal CPU time: each has as many steps as the same seconds buy it. Optimiser,
clipping, batch and length are those of `lincomb-pure`; validation is not counted. One thread; beside other work
steps cost more, since caches are shared: compare what was measured together.

Run in the repository's top folder: python benchmarks/attention_budgets.py [--seconds N] [--smoke]
"""

import argparse
import time

import torch
from torch import nn

from tidemark.core import params
from tidemark.denoise.models.spectro_temporal_attention import Hyperparameters, Model
from tidemark.training import entry as entries
from tidemark.training import optimizers
from tidemark.training.entry import ModelEntry

DATASET = "lincomb-pure"
WARM = 5
"""Steps that are not counted."""


def milliseconds(entry: ModelEntry, length: int, steps: int) -> float:
    """CPU time of a step on random signals, whose values cost what others would."""
    torch.manual_seed(0)
    network = Model(Hyperparameters.model_validate(dict(entry.hyperparameters)), 1, length)
    optimizer = optimizers.build(network, entry.training)
    clean = torch.rand(entry.training.batch, 1, length)
    noisy = clean + 0.1 * torch.randn_like(clean)
    start = 0.0
    for step in range(WARM + steps):
        if step == WARM:
            start = time.process_time()
        optimizer.zero_grad()
        (network(noisy) - clean).square().mean().backward()
        nn.utils.clip_grad_norm_(network.parameters(), entry.training.clip or 1.0)
        optimizer.step()
    return 1000 * (time.process_time() - start) / steps


def main() -> None:
    """Print a row for every variant, then how far they are apart."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--seconds", type=float, default=14, help="CPU seconds to share out to each variant")
    parser.add_argument("--smoke", action="store_true", help="the smallest size, in seconds")
    arguments = parser.parse_args()
    length, steps = (32, 1) if arguments.smoke else (256, 40)
    torch.set_num_threads(1)
    totals = []
    for name in params.models("denoise", DATASET):
        entry = entries.of("denoise", name)
        if entry.arch != "spectro_temporal_attention":
            continue
        cost = milliseconds(entry, length, steps)
        totals.append(cost * entry.training.steps / 1000)
        even = round(1000 * arguments.seconds / cost)
        print(
            f"{name:42} {cost:6.1f} ms a step, {entry.training.steps:5} steps {totals[-1]:5.1f} s; "
            f"{arguments.seconds:g} s are {even} steps"
        )
    print(f"the dearest training takes {max(totals) / min(totals):.2f} times the cheapest")


if __name__ == "__main__":
    main()
