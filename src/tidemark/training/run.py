"""From a model's entry and a dataset's folder to trained weights."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from contextlib import nullcontext
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

import numpy as np
import torch
from lightning_fabric import Fabric
from torch import Tensor

from tidemark.core import gaps, registry, store, trained
from tidemark.core.calibration import Calibration
from tidemark.core.errors import InputError
from tidemark.core.learning import Learning
from tidemark.core.network import Network
from tidemark.core.progress import Progress
from tidemark.core.task import Task
from tidemark.training.batches import Batches, Request, Source, random_stream
from tidemark.training.calibrate import calibrate
from tidemark.training.entry import FinetunedEntry, ModelEntry, TrainingDefaults
from tidemark.training.events import Events
from tidemark.training.fresh import draw, fresh
from tidemark.training.loop import History, Problem, fit
from tidemark.training.resume import ResumePoint, digest, only_one
from tidemark.training.stop import Interrupted, StopRequest
from tidemark.training.stored import on_device

RUNS = Path("runs")
"""Folder of TensorBoard events, of each model below its name."""
START = 1 << 61
"""Place in the run's random streams, far from every step's, of the signals that a model begins at."""


class Run(NamedTuple):
    """What a training gives: what the model is, the weights that did best on validation, its history."""

    info: trained.TrainedInfo
    weights: dict[str, Tensor]
    history: History
    writes: bool
    """Whether outputs are this process's to write: of several that a launcher started, the first one's."""
    calibration: Calibration | None = None
    """What its inputs were like, and how far off it was; none of a task that has none."""


def train_model(
    name: str,
    entry: ModelEntry,
    defaults: TrainingDefaults,
    where: str,
    dataset: Path,
    resume: Path,
    source: Path | None = None,
    runs: Path = RUNS,
) -> Run:
    """Train the model of `entry` on the signals in folder `dataset`, from the weights in folder `source`.

    `where` names the entry in errors. Resume points live in folder `resume`, until `resume.forget`; a process
    that is asked to stop leaves one and exits with status 130. TensorBoard events, if asked for, go to the
    model's folder in `runs`.
    """
    with only_one(resume):
        stop = StopRequest()
        torch.set_num_threads(defaults.threads)
        fabric = _fabric(entry)
        watched = defaults.tensorboard and fabric.is_global_zero
        writing = Events(runs / name) if watched else nullcontext()
        info = store.read_fit_info(dataset)
        learning = Task(info.task).learning
        request = Request(
            where, entry, info, dataset, learning, fabric.device, fabric.global_rank, fabric.world_size
        )
        torch.manual_seed(entry.training.seed)
        network, description = _network(name, request, source)
        train = store.read_split(dataset, "train")
        learning.check_loss(entry.training.loss, where)
        loss = learning.loss(entry.training.loss, train, info)
        validation = on_device(
            store.read_split(dataset, "validation"), learning, fabric.device, network.history
        )
        batches = _batches(replace(request, history=network.history))
        settings = {
            "entry": entry.model_dump(),
            "threads": defaults.threads,
            "snapshots": defaults.snapshots,
            "device": str(fabric.device),
            "processes": fabric.world_size,
            "torch": torch.__version__,
        }
        folders = [dataset / "fit"] if source is None else [dataset / "fit", source]
        inputs = [path for folder in folders for path in folder.rglob("*") if path.is_file()]
        point = ResumePoint(resume, digest(settings, inputs))
        try:
            with Progress(name, entry.training.steps, "step") as progress, writing as events:
                weights, history = fit(
                    fabric,
                    network,
                    batches,
                    Problem(learning.input, learning.target, loss, validation, learning.score),
                    entry.training,
                    snapshots=defaults.snapshots,
                    resume=point,
                    checkpoint_seconds=defaults.checkpoint_seconds,
                    stop=stop,
                    progress=progress,
                    events=events,
                )
        except Interrupted:
            print(f"{name}: stopped; training goes on from here next time", file=sys.stderr, flush=True)
            raise SystemExit(130) from None
        network.load_state_dict(weights)
        with torch.inference_mode():
            maps = network.attention_maps(validation[learning.input][:1])
            history.maps = {key: attention[0] for key, attention in maps.items()}
        calibration = calibrate(network, request, batches, validation)
        return Run(description, weights, history, fabric.is_global_zero, calibration)


def learning_arrays(history: History, learning: Learning, dataset: Path) -> dict[str, store.Array]:
    """How the prediction for the first validation signal changed: its first channel at each snapshot.

    `step` is (frames,), `estimate` (frames, length or classes), input and target as the task pictures them,
    attention maps on that signal (length, length).
    """
    shown = learning.pictured(store.read_split(dataset, "validation"))
    return {
        "step": np.array([step for step, _ in history.snapshots]),
        "estimate": np.stack([np.atleast_2d(estimate.numpy())[0] for _, estimate in history.snapshots]),
        **shown,
        **{key: attention.cpu().numpy() for key, attention in history.maps.items()},
    }


def curve_table(history: History, learning: Learning) -> tuple[list[str], Sequence[tuple[float, ...]]]:
    """Header and rows of the losses by step, with the validation score of a task that has one."""
    header = ["step", "train", "validation"]
    if not history.scores:
        return header, history.curve
    both = zip(history.curve, history.scores, strict=True)
    return [*header, learning.score_name], [(*row, score) for row, score in both]


def _fabric(entry: ModelEntry) -> Fabric:
    """Fabric on this machine's GPU or CPU, in as many processes as a launcher such as torchrun started."""
    local = int(os.environ.get("LOCAL_WORLD_SIZE", "1"))
    nodes = int(os.environ.get("WORLD_SIZE", "1")) // local
    accelerator = "cuda" if torch.cuda.is_available() else "cpu"
    if accelerator == "cuda":
        os.environ.setdefault("CUBLAS_WORKSPACE_CONFIG", ":4096:8")
        torch.use_deterministic_algorithms(True, warn_only=True)
    fabric = Fabric(
        accelerator=accelerator, devices=local, num_nodes=nodes, precision=entry.training.precision
    )
    fabric.launch()
    return fabric


def _network(name: str, request: Request, source: Path | None) -> tuple[Network, trained.TrainedInfo]:
    """The network with its first weights, and what it is."""
    entry, info, where = request.entry, request.info, request.where
    hyperparameters = entry.hyperparameters
    if source is not None:
        other = trained.read_info(source)
        if (other.task, other.arch) != (info.task, entry.arch):
            raise InputError(
                f"{where}.arch = {entry.arch!r}: {other.name} is of task {other.task}, architecture "
                f"{other.arch!r}; they must be the same"
            )
        if hyperparameters and hyperparameters != other.hyperparameters:
            raise InputError(
                f"{where}.hyperparameters: {other.name} has {other.hyperparameters}; leave them out"
            )
        hyperparameters = other.hyperparameters
    network = trained.build(entry.arch, hyperparameters, info, where)
    if isinstance(entry, FinetunedEntry) and source is not None:
        trained.put_weights(network, source, entry.checkpoint)
    elif network.begins_at_data and info.without_truth:
        raise InputError(
            f"{where}.arch = {entry.arch!r}: begins at clean signals, and of {info.name} only noisy ones are "
            "known; choose another architecture"
        )
    elif network.begins_at_data:
        network.begin(_first_targets(request))
    description = trained.TrainedInfo(
        name=name,
        arch=entry.arch,
        hyperparameters=dict(hyperparameters),
        causal=network.causal,
        parameters=sum(parameter.numel() for parameter in network.parameters()),
        dataset=info,
    )
    return network, description


def _batches(request: Request) -> Batches:
    entry = request.entry
    if entry.source.startswith(f"{request.info.task}/laws/"):
        return fresh(request)
    room, _, name = entry.source.rpartition("/")
    return registry.load(room, name, f"{request.where}.source", Source).batches(request)


def _first_targets(request: Request) -> Tensor:
    """Clean signals that a model begins at, (signals, channels, length), without gaps."""
    target, training = request.learning.target, request.entry.training
    if training.start is None:
        return torch.from_numpy(gaps.fill(store.read_split(request.dataset, "train")[target]))
    cpu = torch.device("cpu")
    stream = random_stream(training.seed, START, cpu)
    return draw(request, {}, cpu)(training.start, stream)[target]
