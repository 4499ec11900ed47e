"""A spectro-temporal attention network trained to the letter of its report, where two cores can afford that.

300 passes over the dataset's 2,500 stored signals at noise 0.1, 32 at a time, by SGD with momentum 0.9 and a constant
rate of 0.05, from random weights as torch draws them, with its dropout and without clipping; of the weights those that did best on
validation signals, looked at every tenth pass. Ours at scale paper begin at principal components and see fresh
signals of many noise levels; docs/published.md has both.

Run in the repository's top folder, at scale paper, after `python -m stages.generate denoise lincomb-pure`:
python benchmarks/published_protocol.py [MODEL] [--smoke] [--keep]. It goes on where it was stopped. --keep puts the
scores beside those that `python -m stages.keep denoise MODEL` keeps of ours in metrics/paper/MODEL.json.
"""

import argparse
import atexit
import math
import os
import re
import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import torch
from torch import nn

from tidemark.core import params, paths, store, trained
from tidemark.core.task import Task
from tidemark.denoise.models.spectro_temporal_attention import Model
from tidemark.evaluation.entry import EvaluationEntry
from tidemark.evaluation.evaluate import scores
from tidemark.report.page import paper
from tidemark.signals.dataset import generate_dataset
from tidemark.training import entry as entries
from tidemark.training import resume
from tidemark.training.entry import FinetunedEntry, ModelEntry, TrainingDefaults, TrainingEntry
from tidemark.training.run import Run, train_model

TASK = "denoise"
MODEL = "lincomb-pure-reference-sta-linear"
PASSES, BATCH = 300, 32
OURS = ("start_noise", "dropout")
"""Hyperparameters that our training at scale paper sets otherwise than the report."""


def protocol(name: str) -> FinetunedEntry:
    """The model's entry, its training the report's."""
    entry = entries.of(TASK, name)
    passes = math.ceil(
        len(store.read_split(paths.dataset(entry.dataset), "train")[Task(TASK).learning.input]) / BATCH
    )
    smoke = params.scale() != paper.SCALE
    training = TrainingEntry(
        loss="mse", optimizer="sgd", momentum=0.9, learning_rate=0.05, schedule="constant", clip=None,
        batch=BATCH, steps=2 if smoke else PASSES * passes, validate_every=1 if smoke else 10 * passes,
    )  # fmt: skip
    own = {key: value for key, value in entry.hyperparameters.items() if key not in OURS}
    return FinetunedEntry(
        dataset=entry.dataset, arch=entry.arch, source="training/stored", hyperparameters=own,
        training=training, init_from=f"{entry.dataset}/{name}",
    )  # fmt: skip


def begin(folder: Path, name: str, entry: ModelEntry) -> None:
    """Write the network with its first weights to a folder.

    Layers of the autoencoder are as torch draws them, which the report leaves as they are; ours keep the signals'
    size, and with those this rate diverges in its first steps.
    """
    info = store.read_fit_info(paths.dataset(entry.dataset))
    torch.manual_seed(entry.training.seed)
    network = trained.build(entry.arch, entry.hyperparameters, info, name)
    assert isinstance(network, Model)
    for layer in network.autoencoder.modules():
        if isinstance(layer, nn.Linear):
            layer.reset_parameters()
    count = sum(parameter.numel() for parameter in network.parameters())
    described = trained.TrainedInfo(name, entry.arch, entry.hyperparameters, network.causal, count, info)
    trained.save(folder, described, network.state_dict())


def scored(run: Run, entry: ModelEntry) -> dict[str, dict[str, dict[str, float]]]:
    """Scores of a trained network: test set → metric → value, low, high."""
    scoring, dataset = Task(TASK).scoring, paths.dataset(entry.dataset)
    with tempfile.TemporaryDirectory() as folder:
        trained.save(Path(folder), run.info, run.weights, {}, entry.training.model_dump(), None)
        loaded = trained.load(Path(folder))
    predictions = scoring.collect(
        lambda split, _: scoring.predict(loaded.network, loaded.device, split),
        dataset,
        store.read_info(dataset),
    )
    settings, found = params.top("evaluation", EvaluationEntry), {}
    for test, values in predictions.values.items():
        estimates = scores(scoring, [values], predictions.splits[test], settings)
        found[test] = {
            key: {"value": each.value, "low": each.low, "high": each.high} for key, each in estimates.items()
        }
    return found


def main() -> None:
    """Train, print each score and how it compares with that of the raw signal, keep them if asked."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("model", nargs="?", default=MODEL)
    parser.add_argument("--smoke", action="store_true", help="two steps on a few short signals, in seconds")
    parser.add_argument("--keep", action="store_true", help="keep the scores in metrics/paper")
    arguments = parser.parse_args()
    if arguments.smoke:
        in_a_small_copy(arguments.model)
    elif params.scale() != paper.SCALE:
        raise SystemExit(f"scale = {params.scale()!r} in {params.TOP}: expected {paper.SCALE!r}")
    entry, points = protocol(arguments.model), paths.resume(f"{arguments.model}-as-published", 0)
    defaults = params.top("training", TrainingDefaults)
    dataset = paths.dataset(entry.dataset)
    with tempfile.TemporaryDirectory() as first:
        begin(Path(first), arguments.model, entry)
        run = train_model(arguments.model, entry, defaults, arguments.model, dataset, points, Path(first))
    found, cost = scored(run, entry), run.history.cpu_seconds
    learning = Task(TASK).learning
    print(f"{entry.training.steps} steps in {cost:.0f} CPU seconds")
    for test, values in found.items():
        split = store.read_split(dataset, test)
        raw = float(np.square(split[learning.input] - split[learning.target]).mean())
        print(
            f"{test}: MSE {values['mse']['value']:.5f}, {values['mse']['value'] / raw:.3f} times the raw signal's"
        )
    if arguments.keep:
        keep(arguments.model, found)
    resume.forget(points)


def in_a_small_copy(name: str) -> None:
    """Go to a folder that has the parameters at scale smoke and the dataset drawn from them."""
    folder = Path(tempfile.mkdtemp(prefix="tidemark-"))
    atexit.register(shutil.rmtree, folder)
    for path in (params.TOP, paths.params(TASK)):
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(path, folder / path)
    os.chdir(folder)
    top = params.TOP.read_text()
    params.TOP.write_text(re.sub("^scale: .*", "scale: smoke", top, flags=re.MULTILINE))
    generate_dataset(TASK, entries.of(TASK, name).dataset)


def keep(name: str, found: Mapping[str, Mapping[str, Mapping[str, float]]]) -> None:
    """Put the scores beside the kept ones of the network as ours is trained."""
    path = paths.METRICS / paper.FOLDER / f"{name}.json"
    kept = store.read_json(path)
    kept["test"] |= {paper.AS_PUBLISHED + test: values for test, values in found.items()}
    again = f" && python benchmarks/published_protocol.py {name} --keep"
    command = kept["provenance"]["command"]
    kept["provenance"]["command"] = command.removesuffix(again) + again
    store.write_json(path, kept)
    print(f"kept in {path}")


if __name__ == "__main__":
    main()
