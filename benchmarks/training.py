"""The published recipe against ours, architecture by architecture, on the same signals.

The recipe: Adam at 1e-2, full batches of 8,000 signals, L1, 301 steps (201 for the gated network).
Ours: the entries of pipelines/denoise/params.yaml at the scale that params.yaml chooses. One thread each, CPU seconds
of training and validation, L1 on the test set.

Run: python benchmarks/training.py [MODEL …] [--recipe-steps N] [--smoke]
With fewer recipe steps than published its time is scaled up, and its score is left out.
"""

import argparse
import tempfile
import time
from pathlib import Path

import torch

from tidemark.core import params, trained
from tidemark.core.store import DatasetInfo, write_dataset
from tidemark.denoise.laws import sine
from tidemark.denoise.learning import loss
from tidemark.signals.dataset import DatasetEntry
from tidemark.training import entry as entries
from tidemark.training.entry import ModelEntry, TrainingDefaults
from tidemark.training.run import train_model

TASK, DATASET = "denoise", "sine"
PUBLISHED_STEPS = {"rnn": 301, "gru": 201}
Signals = dict[str, dict[str, torch.Tensor]]


def recipe(entry: ModelEntry, info: DatasetInfo, signals: Signals, steps: int) -> tuple[float, float]:
    """CPU seconds and test L1 of the published recipe."""
    torch.manual_seed(entry.training.seed)
    network = trained.build(entry.arch, entry.hyperparameters, info, "benchmark")
    optimizer = torch.optim.Adam(network.parameters(), lr=1e-2)
    start = time.process_time()
    for _ in range(steps):
        error = loss(network(signals["train"]["noisy"]), signals["train"]["clean"], "l1")
        optimizer.zero_grad()
        error.backward()
        optimizer.step()
    spent = time.process_time() - start
    with torch.no_grad():
        return spent, loss(network(signals["test"]["noisy"]), signals["test"]["clean"], "l1").item()


def ours(name: str, entry: ModelEntry, dataset: Path, test: dict[str, torch.Tensor]) -> tuple[float, float]:
    """CPU seconds and test L1 of an entry."""
    defaults = params.top("training", TrainingDefaults)
    start = time.process_time()
    info, weights, *_ = train_model(
        name, entry, defaults, params.where(TASK, "models", name), dataset, dataset.parent / "resume"
    )
    spent = time.process_time() - start
    network = trained.build(info.arch, info.hyperparameters, info.dataset, "benchmark")
    network.load_state_dict(weights)
    with torch.no_grad():
        return spent, loss(network.eval()(test["noisy"]), test["clean"], "l1").item()


def draw(smoke: bool) -> tuple[DatasetInfo, Signals]:
    """The dataset's description and its splits, of at most 64 signals for `smoke`."""
    entry = params.entry(TASK, "datasets", DATASET, DatasetEntry)
    law = params.validate(sine.Law, entry.law, f"{params.where(TASK, 'datasets', DATASET)}.law")
    counts = {"train": entry.train, "validation": entry.validation, "test": entry.test}
    if smoke:
        counts = {split: min(count, 64) for split, count in counts.items()}
    signals = {
        split: sine.generate(law, count, torch.Generator().manual_seed(place))
        for place, (split, count) in enumerate(counts.items())
    }
    info = DatasetInfo(
        name=DATASET, task=TASK, generator="sine", seed=0, splits=counts, law=law.model_dump(),
        **sine.describe(law),
    )  # fmt: skip
    return info, signals


def main() -> None:
    """Train each named model both ways and print a row for it."""
    every = {name: entries.of(TASK, name) for name in params.section(TASK, "models")}
    recurrent = [
        name for name, entry in every.items() if (entry.arch, entry.dataset) == ("recurrent", DATASET)
    ]
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("models", nargs="*", default=recurrent, metavar="MODEL", help=", ".join(recurrent))
    parser.add_argument("--recipe-steps", type=int, metavar="N")
    parser.add_argument("--smoke", action="store_true", help="the smallest size, in seconds")
    arguments = parser.parse_args()
    if unknown := sorted({*arguments.models} - {*recurrent}):
        parser.error(f"{', '.join(unknown)}: expected some of {', '.join(recurrent)}")
    if arguments.smoke:
        arguments.models, arguments.recipe_steps = arguments.models[:1], 2
    torch.set_num_threads(1)
    info, signals = draw(arguments.smoke)
    with tempfile.TemporaryDirectory() as folder:
        dataset = Path(folder) / DATASET
        write_dataset(dataset, info, {s: {k: t.numpy() for k, t in a.items()} for s, a in signals.items()})
        for name in arguments.models:
            entry = every[name]
            if arguments.smoke:
                entry = entry.model_copy(update={"training": entry.training.model_copy(update={"steps": 2})})
            published = PUBLISHED_STEPS[entry.hyperparameters["cell"]]
            steps = min(arguments.recipe_steps or published, published)
            theirs, their_score = recipe(entry, info, signals, steps)
            theirs *= published / steps
            spent, score = ours(name, entry, dataset, signals["test"])
            shown = f"L1 {their_score:.4f}" if steps == published else f"scaled up from {steps} steps"
            print(f"{name}: recipe {theirs:.1f} CPU s, {shown}; ours {spent:.1f} CPU s, L1 {score:.4f}; "
                  f"{spent / theirs:.3f} times its time", flush=True)  # fmt: skip


if __name__ == "__main__":
    main()
