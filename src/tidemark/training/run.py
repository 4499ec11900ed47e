"""From a model's entry and a dataset's folder to trained weights."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Mapping
from contextlib import nullcontext
from functools import partial
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import torch
from lightning_fabric import Fabric
from torch import Tensor

from tidemark import gaps, trained
from tidemark.core import registry, store
from tidemark.core.entries import FinetunedEntry, ModelEntry, Stage, TrainingDefaults
from tidemark.core.errors import InputError
from tidemark.core.params import validate
from tidemark.progress import Progress
from tidemark.training.augmentation import Augmentation
from tidemark.training.batches import (
    Batch,
    Batches,
    CurriculumBatches,
    Draw,
    FreshBatches,
    RenoisedBatches,
    StoredBatches,
    random_stream,
)
from tidemark.training.events import Events
from tidemark.training.loop import History, Problem, fit
from tidemark.training.resume import ResumePoint, digest, only_one
from tidemark.training.stop import Interrupted, StopRequest
from tidemark.training.streaming import RawBatches, StreamedBatches

RUNS = Path("runs")
"""Folder of TensorBoard events, of each model below its name."""
START = 1 << 61
"""Place in the run's random streams, far from every step's, of the signals that a model begins at."""


def train_model(
    name: str,
    entry: ModelEntry,
    defaults: TrainingDefaults,
    task: ModuleType,
    dataset: Path,
    resume: Path,
    source: Path | None = None,
    runs: Path = RUNS,
) -> tuple[trained.TrainedInfo, dict[str, Tensor], History]:
    """Train the model of `entry` on the signals in folder `dataset`, from the weights in folder `source`.

    Returns what the model is, the weights that did best on validation, and the run's history.
    Resume points live in folder `resume`; a process that is asked to stop leaves one and exits
    with status 130. TensorBoard events, if asked for, go to the model's folder in `runs`.
    """
    with only_one(resume):
        stop = StopRequest()
        torch.set_num_threads(defaults.threads)
        fabric = _fabric(entry)
        watched = defaults.tensorboard and fabric.is_global_zero
        writing = Events(runs / name) if watched else nullcontext()
        info = store.read_info(dataset)
        info.check_task(entry.task, f"models.{name}")
        torch.manual_seed(entry.seed)
        network = trained.build(entry.task, entry.arch, entry.hyperparameters, info, f"models.{name}")
        if source is not None:
            checkpoint = entry.checkpoint if isinstance(entry, FinetunedEntry) else None
            trained.put_weights(network, source, checkpoint)
        elif (start := getattr(network, "start", None)) is not None:  # weights that begin at the data
            start(_first_targets(name, entry, info, dataset, task))
        description = _describe(name, entry, info, network)
        loss = _loss(entry, info, dataset, task)
        validation = _on_device(store.read_split(dataset, "validation"), task, fabric.device)
        batches = _batches(name, entry, info, dataset, task, fabric)
        settings = {
            "entry": entry.model_dump(),
            "threads": defaults.threads,
            "snapshots": defaults.snapshots,
            "device": str(fabric.device),
            "processes": fabric.world_size,
            "torch": torch.__version__,
        }
        folders = [dataset] if source is None else [dataset, source]
        inputs = [path for folder in folders for path in folder.rglob("*") if path.is_file()]
        point = ResumePoint(resume, digest(settings, inputs))
        try:
            with Progress(name, entry.training.steps, "step") as progress, writing as events:
                weights, history = fit(
                    fabric,
                    network,
                    batches,
                    Problem(
                        task.GIVEN,
                        task.TARGET,
                        loss,
                        validation,
                        taught=getattr(network, "taught", False),
                        guided=getattr(network, "guided", False),
                        score=getattr(task, "score", None),
                    ),
                    entry.training,
                    seed=entry.seed,
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
        if not fabric.is_global_zero:
            raise SystemExit(0)  # the first process writes the outputs
        if (maps := getattr(network, "attention_maps", None)) is not None:
            network.load_state_dict(weights)
            with torch.inference_mode():
                history.maps = {key: map_[0] for key, map_ in maps(validation[task.GIVEN][:1]).items()}
        point.remove()
        return description, weights, history


def learning_arrays(history: History, task: ModuleType, dataset: Path) -> dict[str, store.Array]:
    """How the estimate of the first validation signal changed: its first channel at each snapshot.

    `step` is (frames,), `estimate` (frames, length), or of classes (frames, classes), the signal's given and
    target arrays as the task pictures them. Where the model attends there are also its attention maps on
    that signal, (length, length).
    """
    shown: dict[str, store.Array] = task.pictured(store.read_split(dataset, "validation"))
    return (
        {
            "step": np.array([step for step, _ in history.snapshots]),
            "estimate": np.stack([np.atleast_2d(estimate.numpy())[0] for _, estimate in history.snapshots]),
        }
        | shown
        | {key: map_.cpu().numpy() for key, map_ in history.maps.items()}
    )


def _loss(
    entry: ModelEntry, info: store.DatasetInfo, dataset: Path, task: ModuleType
) -> Callable[[Tensor, Tensor], Tensor]:
    """The loss that the entry names; one of classes may depend on how frequent they are in training."""
    kind = entry.training.loss
    if info.classes:
        found: Callable[[Tensor, Tensor], Tensor] = task.loss_for(
            kind, store.read_split(dataset, "train"), len(info.classes)
        )
        return found
    return partial(task.loss, kind=kind)


def curve_table(history: History, task: ModuleType) -> tuple[list[str], list[tuple[float, ...]]]:
    """Header and rows of the losses by step, with the validation score of a task that has one."""
    header, rows = ["step", "train", "validation"], [tuple[float, ...](row) for row in history.curve]
    if not history.scores:
        return header, rows
    both = zip(rows, history.scores, strict=True)
    return [*header, task.HEADLINE], [(*row, score) for row, score in both]


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


def _describe(
    name: str, entry: ModelEntry, info: store.DatasetInfo, network: torch.nn.Module
) -> trained.TrainedInfo:
    return trained.TrainedInfo(
        name=name,
        task=entry.task,
        dataset=entry.dataset,
        arch=entry.arch,
        hyperparameters=dict(entry.hyperparameters),
        channels=info.channels,
        length=info.length,
        sampling_rate=info.sampling_rate,
        rate_unit=info.rate_unit,
        units=info.units,
        mean=list(info.mean),
        std=list(info.std),
        causal=bool(network.causal),
        horizon=info.horizon,
        normalisation=info.normalisation,
        classes=list(info.classes),
        spectrogram=dict(info.spectrogram),
        picture=list(info.picture),
        parameters=sum(parameter.numel() for parameter in network.parameters()),
    )


def _on_device(split: store.Split, task: ModuleType, device: torch.device) -> Batch:
    """The given and the target arrays of a split as tensors."""
    return {
        task.GIVEN: torch.from_numpy(task.given(split)).to(device),
        task.TARGET: torch.from_numpy(np.array(split[task.TARGET])).to(device),
    }


def _batches(
    name: str, entry: ModelEntry, info: store.DatasetInfo, dataset: Path, task: ModuleType, fabric: Fabric
) -> Batches:
    training = entry.training
    share = (training.batch, entry.seed, fabric.global_rank, fabric.world_size)
    if info.classes:
        return _windows(name, entry, info, dataset, task, fabric.device, share)
    if training.source == "raw":
        raise InputError(
            f"models.{name}.training.source = 'raw': {info.name} is no study; use 'files' or 'fresh'"
        )
    if training.source == "files":
        return StoredBatches(_on_device(store.read_split(dataset, "train"), task, fabric.device), *share)
    if info.generator == "recorded":
        if training.law or training.start or training.curriculum:
            raise InputError(
                f"models.{name}.training: {info.name} is recorded; leave law, curriculum and start out"
            )
        if entry.task != "denoise":
            raise InputError(
                f"models.{name}.training.source = 'fresh': {info.name} is recorded, and there is no more "
                "of it; use 'files'"
            )
        if "noise_std" not in info.law:
            raise InputError(
                f"models.{name}.training.source = 'fresh': {info.name} is a recorded pair, whose noise has "
                "no known law; use 'files'"
            )
        clean = torch.from_numpy(np.array(store.read_split(dataset, "train")[task.TARGET])).to(fabric.device)
        return RenoisedBatches(clean, (task.GIVEN, task.TARGET), info.law["noise_std"], *share)
    stages = [
        (stage.steps, FreshBatches(_draw(name, entry, info, fabric.device, stage.law), fabric.device, *share))
        for stage in [*training.curriculum, Stage(steps=training.steps)]
    ]
    return CurriculumBatches(stages)


def _windows(
    name: str,
    entry: ModelEntry,
    info: store.DatasetInfo,
    dataset: Path,
    task: ModuleType,
    device: torch.device,
    share: tuple[int, int, int, int],
) -> Batches:
    """Windows of a study: stored spectrograms, or some computed from windows that are changed at random."""
    training, where = entry.training, f"models.{name}.training"
    arrays = store.read_split(dataset, "train")
    if training.source == "fresh":
        raise InputError(
            f"{where}.source = 'fresh': {info.name} is recorded, and there is no more of it; "
            "use 'files' or 'raw'"
        )
    if training.source == "files":
        return StreamedBatches({key: arrays[key] for key in (task.GIVEN, task.TARGET)}, device, *share)
    augmentation = validate(Augmentation, training.augmentation, f"{where}.augmentation")
    return RawBatches(arrays, info.spectrogram, augmentation, device, *share)


def _draw(
    name: str, entry: ModelEntry, info: store.DatasetInfo, device: torch.device, stage: Mapping[str, Any]
) -> Draw:
    """New signals of the dataset's law, changed as the entry and its `stage` say."""
    generator = registry.load("signals", info.generator, f"datasets.{info.name}.generator")
    changed = {**info.law, **entry.training.law, **stage}
    law = validate(generator.Law, changed, f"models.{name}.training.law")
    return lambda count, stream: generator.generate(law, count, stream, device)


def _first_targets(
    name: str, entry: ModelEntry, info: store.DatasetInfo, dataset: Path, task: ModuleType
) -> Tensor:
    """Clean signals that a model begins at, (signals, channels, length), without gaps."""
    if entry.training.start is None:
        return torch.from_numpy(gaps.fill(store.read_split(dataset, "train")[task.TARGET]))
    cpu = torch.device("cpu")
    target: Tensor = _draw(name, entry, info, cpu, {})(
        entry.training.start, random_stream(entry.seed, START, cpu)
    )[task.TARGET]
    return target
