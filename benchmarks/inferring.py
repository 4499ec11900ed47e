"""Values inferred one by one from cached keys and values, against computing the whole prefix again for each.

Pairs at the published size: one member's 200 points and the first 10 of the other are the context, 190 are targets.
The plain reference calls the network on all points so far for each of them, as the published inference does. Both have the same
weights, pairs and noise; one thread, CPU seconds, the median of runs taken in turn; then the largest
difference of the values.

Run: python benchmarks/inferring.py [--runs N] [--pairs N] [--paths N] [--smoke]
"""

import argparse
import math
import time
from collections.abc import Callable
from functools import partial
from statistics import median

import torch
from torch import Tensor

from tidemark.infer import learning as infer
from tidemark.infer.laws import gaussian_process
from tidemark.infer.learning import InferNetwork
from tidemark.infer.models import causal_attention, transformer_neural_process

POINTS = 200
NETWORKS: dict[str, Callable[[], InferNetwork]] = {
    "causal_attention": lambda: causal_attention.Model(
        causal_attention.Hyperparameters(embedding=256, heads=1), 2, POINTS
    ),
    "transformer_neural_process": lambda: transformer_neural_process.Model(
        transformer_neural_process.Hyperparameters(), 2, POINTS
    ),
}


def by_definition(network: InferNetwork, context: Tensor, noise: Tensor) -> Tensor:
    """Each value from all points before it, computed from the start: (batch, paths, points)."""
    count, points = noise.shape[1:]
    repeated, noise = context.repeat_interleave(count, 0), noise.flatten(0, 1)
    value = repeated[:, 2].clone()
    for t in range(int((~value[0].isnan()).sum()), points):
        known = torch.where(repeated[:, 2].isnan(), value, math.nan)[:, None, : t + 1]
        mean, std = network.sequential(repeated[..., : t + 1], known)[..., t].unbind(1)
        value[:, t] = mean + std * noise[:, t]
    return value.view(-1, count, points)


def cpu_seconds(task: Callable[[], Tensor]) -> float:
    start = time.process_time()
    task()
    return time.process_time() - start


def main() -> None:
    """Print a row for each network."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--pairs", type=int, default=4)
    parser.add_argument("--paths", type=int, default=3)
    parser.add_argument("--smoke", action="store_true", help="the smallest size, in seconds")
    chosen = parser.parse_args()
    points = POINTS
    if chosen.smoke:
        chosen.runs, chosen.pairs, points = 1, 1, 20
    torch.set_num_threads(1)
    law = gaussian_process.Law(points=points, noise_std=0.05)
    context = gaussian_process.generate(law, chosen.pairs, torch.Generator().manual_seed(0))["context"]
    noise = infer.standard_normal(chosen.pairs, 2 * points)[:, :1].repeat(1, chosen.paths, 1).float()
    print(f"{chosen.pairs} pairs, {chosen.paths} paths each, CPU seconds\n")
    for name, make in NETWORKS.items():
        torch.manual_seed(0)
        network = make().eval()
        with torch.inference_mode():
            times = [
                (
                    cpu_seconds(partial(network.paths, context, noise)),
                    cpu_seconds(partial(by_definition, network, context, noise)),
                )
                for _ in range(chosen.runs)
            ]
            values, expected = network.paths(context, noise), by_definition(network, context, noise)
        cached, again = (median(each) for each in zip(*times, strict=True))
        print(f"{name:28} again {again:.3f} s, cached {cached:.3f} s: {again / cached:.1f} times faster; "
              f"values differ by {(values - expected).abs().max():.1e}", flush=True)  # fmt: skip


if __name__ == "__main__":
    main()
