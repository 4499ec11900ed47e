"""What the larger published forecaster has learnt of 3 to 44 components after the same time, by each optimiser.

The network, signals, loss, clipping and schedule are those of `harmonics-rich-encoder-gru`, without its
curriculum; how many steps fit into the time is measured first. One thread, CPU seconds, generation of the
signals included; the score is the MSE of 2,000 other signals over their variance.

Run: python benchmarks/optimizers.py [--seconds N] [--smoke]
"""

import argparse
import time

import torch
from torch import Tensor, nn

from tidemark.forecast import learning as forecast
from tidemark.forecast.laws import harmonics
from tidemark.forecast.models.sequence_to_sequence import Hyperparameters, Model
from tidemark.training import optimizers
from tidemark.training.batches import random_stream
from tidemark.training.entry import TrainingEntry
from tidemark.training.optimizers import learning_rate

LAW = harmonics.Law(lookback=100, horizon=10, components=(3, 44), period=(10, 99), noise_std=0)
RATES = {"sgd": (0.02, 0.1), "adamw": (0.002, 0.005), "soap": (0.003, 0.005)}
"""Learning rates tried of each, about the best one."""
CPU = torch.device("cpu")


def trained(entry: TrainingEntry, steps: int) -> tuple[nn.Module, float]:
    """The network after so many steps of the entry's schedule, and their CPU seconds."""
    torch.manual_seed(0)
    network = Model(Hyperparameters(encoder="multilayer", hidden=140, teacher_forcing=False), 1, 100, 10)
    optimizer = optimizers.build(network, entry)
    start = time.process_time()
    for step in range(steps):
        batch = harmonics.generate(LAW, entry.batch, random_stream(0, step, CPU), CPU)
        for group in optimizer.param_groups:
            group["lr"] = learning_rate(entry, step)
        optimizer.zero_grad()
        forecast.loss(network(batch["past"]), batch["future"], entry.loss).backward()
        nn.utils.clip_grad_norm_(network.parameters(), entry.clip)
        optimizer.step()
    return network, time.process_time() - start


def normalised(network: nn.Module, signals: dict[str, Tensor]) -> float:
    with torch.inference_mode():
        error = network(signals["past"]) - signals["future"]
    return (error.square().mean() / signals["future"].var()).item()


def main() -> None:
    """Print a row for every optimiser and rate, then how they compare."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--smoke", action="store_true", help="the smallest size, in seconds")
    arguments = parser.parse_args()
    seconds, probe = (0.05, 2) if arguments.smoke else (arguments.seconds, 50)
    torch.set_num_threads(1)
    signals = harmonics.generate(LAW, 2000, random_stream(1, 0, CPU), CPU)
    best = {}
    for kind, rates in RATES.items():
        for rate in rates:
            values = {"loss": "step_weighted_mse", "batch": 128, "optimizer": kind, "learning_rate": rate}
            once = TrainingEntry(**values, steps=probe, warmup=probe)
            steps = max(1, round(seconds * probe / trained(once, probe)[1]))
            entry = TrainingEntry(**values, steps=steps, warmup=min(100, steps))
            network, spent = trained(entry, steps)
            score = normalised(network, signals)
            print(f"{kind:6} rate {rate:<6} {steps:6} steps {spent:6.1f} s  normalised MSE {score:.4f}")
            best[kind] = min(best.get(kind, float("inf")), score)
    for kind in ("sgd", "adamw"):
        print(f"{kind}, the better rate of each: {best[kind] / best['soap']:.2f} times the error of soap")


if __name__ == "__main__":
    main()
