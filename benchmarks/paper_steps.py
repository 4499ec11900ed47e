"""CPU seconds of a training step of the networks whose figures were published, at the published size, by part.

Networks, optimisers, batches and laws are those of scale paper in params.yaml; each in float32 and, where asked
for, with products in bfloat16 (precision bf16-mixed), which pays where products cost more than rounding all
weights to bfloat16 does. Random inputs cost what others would; drawing fresh signals is counted apart. Validation
and resume points are not counted. Beside other work steps cost more: compare what was measured together.

Run in the repository's top folder: python benchmarks/paper_steps.py [MODEL …] [--steps N] [--threads N] [--smoke]
"""

import argparse
import math
import time
from collections.abc import Iterator
from contextlib import contextmanager

import torch
from torch import nn

from tidemark.core import params, registry, trained
from tidemark.core.law import Generator
from tidemark.core.store import DatasetInfo
from tidemark.core.task import Task
from tidemark.signals.dataset import DatasetEntry
from tidemark.training import entry as entries
from tidemark.training import optimizers
from tidemark.training.batches import random_stream
from tidemark.training.entry import ModelEntry

TASKS = {"lincomb-pure": "denoise", "pairs-const": "infer", "gp-rbf": "infer", "harmonics": "forecast"}
MODELS = (
    "lincomb-pure-sta-linear", "lincomb-pure-sta-tanh", "lincomb-pure-reference-sta-linear",
    "lincomb-pure-reference-sta-tanh", "pairs-const-attention-shuffle", "gp-rbf-attention-shuffle",
    "harmonics-lstm",
)  # fmt: skip
"""Those of lincomb-pseudo cost what those of lincomb-pure do."""
PARTS = ("signals", "forward", "backward", "clipping", "optimiser")
CPU = torch.device("cpu")


class Clock:
    """CPU seconds by part."""

    def __init__(self) -> None:
        """Nothing spent yet."""
        self.spent = dict.fromkeys(PARTS, 0.0)

    @contextmanager
    def of(self, part: str) -> Iterator[None]:
        """Count what is done inside for `part`."""
        start = time.process_time()
        yield
        self.spent[part] += time.process_time() - start


def step_costs(name: str, entry: ModelEntry, scale: str, precision: str, steps: int) -> dict[str, float]:
    """Seconds of a step by part."""
    task = TASKS[entry.dataset]
    written = params.validate(DatasetEntry, dataset(task, entry.dataset, scale), name)
    generator = registry.load(f"{task}/laws", written.generator, name, Generator)
    law = params.validate(generator.law, {**written.law, **entry.training.law}, name)
    info = DatasetInfo(
        name=entry.dataset, task=task, generator=written.generator, seed=0, splits={}, law=law.model_dump(),
        **generator.describe(law),
    )  # fmt: skip
    torch.manual_seed(0)
    network = trained.build(entry.arch, entry.hyperparameters, info, name)
    optimizer, learning = optimizers.build(network, entry.training), Task(task).learning
    loss = learning.loss(entry.training.loss, {}, info)
    for step in range(1 + steps):
        if step < 2:  # the first makes the optimiser's memory
            clock = Clock()
        with clock.of("signals"):
            batch = generator.generate(law, entry.training.batch, random_stream(0, step, CPU), CPU)
        inputs, target = batch[learning.input], batch[learning.target]
        optimizer.zero_grad()
        with clock.of("forward"), torch.autocast("cpu", torch.bfloat16, enabled=precision == "bf16-mixed"):
            estimate = network(inputs, target) if network.teacher_forcing else network(inputs)
            estimate, target = estimate if network.teacher_forcing else (estimate, target)
        with clock.of("backward"):
            loss(estimate.float(), target).backward()
        with clock.of("clipping"):
            if entry.training.clip is not None:
                nn.utils.clip_grad_norm_(network.parameters(), entry.training.clip)
        with clock.of("optimiser"):
            optimizer.step()
    return {part: seconds / steps for part, seconds in clock.spent.items()}


def dataset(task: str, name: str, scale: str) -> dict[str, object]:
    """A dataset's entry at a scale."""
    return params.at_scale(params.raw(task, "datasets", name), name, scale)


def model(name: str, scale: str) -> ModelEntry:
    """A model's entry at a scale."""
    task = next(task for start, task in TASKS.items() if name.startswith(start))
    return entries.of(task, name, scale)


def main() -> None:
    """Print a row for every network and precision, and how the two compare."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("models", nargs="*", default=MODELS, metavar="MODEL")
    parser.add_argument("--steps", type=int, default=3)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--smoke", action="store_true", help="the smallest size, in seconds")
    arguments = parser.parse_args()
    scale = "smoke" if arguments.smoke else "paper"
    steps = 1 if arguments.smoke else arguments.steps
    torch.set_num_threads(arguments.threads)
    print(f"{'network':36} {'precision':10} {'total':>7} " + " ".join(f"{part:>9}" for part in PARTS))
    for name in arguments.models:
        entry, totals = model(name, scale), []
        for precision in ("32-true", "bf16-mixed"):
            try:
                costs = step_costs(name, entry, scale, precision, steps)
            except RuntimeError as error:  # not every processor has every operator in bfloat16
                print(f"{name:36} {precision:10} {' '.join(str(error).split())[:60]}")
                totals.append(math.inf)
                continue
            totals.append(sum(costs.values()))
            row = " ".join(f"{costs[part]:9.3f}" for part in PARTS)
            print(f"{name:36} {precision:10} {totals[-1]:7.3f} {row}", flush=True)
        hours = totals[0] * entry.training.steps / 3600
        print(
            f"{name}: bf16-mixed takes {totals[1] / totals[0]:.2f} times as long; all {entry.training.steps} "
            f"steps of params.yaml {60 * hours:.1f} CPU minutes"
        )


if __name__ == "__main__":
    main()
