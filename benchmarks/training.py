"""The published recipe against ours, architecture by architecture, on the same signals.

The recipe: Adam at 1e-2, full batches of 8,000 signals, L1, 301 steps (201 for the gated network).
Ours: the entries of params.yaml at scale laptop. One thread each, CPU seconds of training and
validation, L1 on the test set.

Run: python benchmarks/training.py [MODEL …] [--recipe-steps N]
With fewer recipe steps than published its time is scaled up, and its score is left out.
"""

import argparse
import tempfile
import time
from pathlib import Path

import torch

from tidemark import trained
from tidemark.core import params, registry
from tidemark.core.entries import ModelEntry, Params
from tidemark.core.store import DatasetInfo, write_dataset
from tidemark.signals import sine
from tidemark.tasks import denoise
from tidemark.training.run import train_model

PUBLISHED_STEPS = {"rnn": 301, "gru": 201}


def recipe(
    entry: ModelEntry, info: DatasetInfo, signals: dict[str, dict[str, torch.Tensor]], steps: int
) -> tuple[float, float]:
    """CPU seconds and test L1 of the published recipe."""
    torch.manual_seed(entry.seed)
    network = trained.build(entry.task, entry.arch, entry.hyperparameters, info, "benchmark")
    optimizer = torch.optim.Adam(network.parameters(), lr=1e-2)
    start = time.process_time()
    for _ in range(steps):
        loss = denoise.loss(network(signals["train"]["noisy"]), signals["train"]["clean"], "l1")
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    spent = time.process_time() - start
    with torch.no_grad():
        score = denoise.loss(network(signals["test"]["noisy"]), signals["test"]["clean"], "l1").item()
    return spent, score


def ours(
    name: str, entry: ModelEntry, settings: Params, dataset: Path, test: dict[str, torch.Tensor]
) -> tuple[float, float]:
    """CPU seconds and test L1 of the entry in params.yaml."""
    task = registry.load("tasks", entry.task, "benchmark")
    start = time.process_time()
    info, weights, _ = train_model(name, entry, settings.training, task, dataset, dataset.parent / "resume")
    spent = time.process_time() - start
    network = trained.build(info.task, info.arch, info.hyperparameters, info, "benchmark")
    network.load_state_dict(weights)
    with torch.no_grad():
        score = denoise.loss(network.eval()(test["noisy"]), test["clean"], "l1").item()
    return spent, score


def main() -> None:
    """Train each named model both ways and print a row for it."""
    settings = params.load()
    recurrent = [name for name, entry in settings.models.items()
                 if entry.arch == "recurrent" and entry.dataset == "sine"]  # fmt: skip
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("models", nargs="*", default=recurrent)
    parser.add_argument("--recipe-steps", type=int)
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    entry = settings.datasets["sine"]
    law = params.validate(sine.Law, entry.law, "datasets.sine.law")
    signals = {
        split: sine.generate(law, count, torch.Generator().manual_seed(place))
        for place, (split, count) in enumerate(entry.splits.model_dump().items())
    }
    info = DatasetInfo(
        name="sine", generator="sine", seed=0, splits=entry.splits.model_dump(), law=law.model_dump(),
        **sine.describe(law),
    )  # fmt: skip
    with tempfile.TemporaryDirectory() as folder:
        dataset = Path(folder) / "sine"
        write_dataset(dataset, info, {s: {k: t.numpy() for k, t in a.items()} for s, a in signals.items()})
        for name in arguments.models:
            model = settings.models[name]
            published = PUBLISHED_STEPS[model.hyperparameters["cell"]]
            steps = min(arguments.recipe_steps or published, published)
            theirs, their_score = recipe(model, info, signals, steps)
            theirs *= published / steps
            spent, score = ours(name, model, settings, dataset, signals["test"])
            shown = f"L1 {their_score:.4f}" if steps == published else f"scaled up from {steps} steps"
            print(f"{name}: recipe {theirs:.0f} CPU s, {shown}; ours {spent:.0f} CPU s, L1 {score:.4f}; "
                  f"time ratio {spent / theirs:.3f}", flush=True)  # fmt: skip


if __name__ == "__main__":
    main()
