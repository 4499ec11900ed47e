"""A trained model on disk: its weights and what is needed to use them, and nothing that runs code."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file
from torch import Tensor

from tidemark.core import calibration as calibrations
from tidemark.core import registry
from tidemark.core.calibration import Calibration
from tidemark.core.described import check_signals, check_sizes, check_types, no_larger_than, not_safetensors
from tidemark.core.errors import InputError
from tidemark.core.files import check_file, is_folder
from tidemark.core.network import Architecture, Network
from tidemark.core.params import validate
from tidemark.core.store import DatasetInfo, plain, read_json, write_json
from tidemark.core.task import Task
from tidemark.core.tensors import write_tensors

WEIGHTS = "weights.safetensors"


@dataclass(frozen=True)
class TrainedInfo:
    """What a trained model is and what signals it takes."""

    name: str
    arch: str
    hyperparameters: Mapping[str, Any]
    causal: bool
    parameters: int
    dataset: DatasetInfo
    """What it was trained on: input to the network = (recorded value − mean) / std, by channel."""

    @property
    def task(self) -> str:
        """What the model does."""
        return self.dataset.task


def build(arch: str, hyperparameters: Mapping[str, Any], info: DatasetInfo, where: str) -> Network:
    """The untrained network of an architecture; raises `InputError` naming the key below `where`."""
    architecture = registry.load(f"{info.task}/models", arch, f"{where}.arch", Architecture)
    chosen = validate(architecture.hyperparameters, hyperparameters, f"{where}.hyperparameters")
    return architecture.network(chosen, *Task(info.task).learning.shape(info))


def save(
    folder: Path,
    info: TrainedInfo,
    weights: Mapping[str, Tensor],
    checkpoints: Mapping[str, Mapping[str, Tensor]] | None = None,
    settings: Mapping[str, Any] | None = None,
    calibration: Calibration | None = None,
) -> None:
    """Write a model into `folder`, which is there.

    `weights.safetensors`, `model.json`, `training.json` (the `settings` it was trained with), its
    `calibration` if it has one, and the weights of each checkpoint as `checkpoints/<name>.safetensors`.
    """
    folder.mkdir(parents=True, exist_ok=True)
    write_tensors(folder / WEIGHTS, weights)
    for name, tensors in (checkpoints or {}).items():
        (folder / "checkpoints").mkdir(exist_ok=True)
        write_tensors(folder / "checkpoints" / f"{name}.safetensors", tensors)
    write_json(folder / "model.json", asdict(info) | {"dataset": plain(info.dataset)})
    if settings is not None:
        write_json(folder / "training.json", settings)
    if calibration is not None:
        calibrations.write(folder, calibration)


@dataclass(frozen=True)
class Trained:
    """A network with its weights, ready to predict."""

    info: TrainedInfo
    network: Network
    device: torch.device
    calibration: Calibration | None = None
    """What its inputs were like, and how far off it was; none where that is not stored."""


def load(folder: Path, device: torch.device | None = None) -> Trained:
    """Read a trained model; raises `InputError` unless the weights are safetensors of its architecture."""
    info = read_info(folder)
    with no_larger_than(folder / WEIGHTS):
        network = build(info.arch, info.hyperparameters, info.dataset, str(folder / "model.json"))
    put_weights(network, folder)
    device = device or torch.device("cuda" if torch.cuda.is_available() else "cpu")
    return Trained(info, network.folded().to(device).eval(), device, calibrations.read(folder, info.dataset))


def put_weights(network: Network, folder: Path, checkpoint: str | None = None) -> None:
    """Give `network` the weights of the model in `folder`, its best ones or those of a checkpoint.

    Raises `InputError` unless they are safetensors of its architecture.
    """
    path = folder / (WEIGHTS if checkpoint is None else f"checkpoints/{checkpoint}.safetensors")
    check_file(path, missing="no such file; train the model again with `dvc repro`")
    try:
        weights = load_file(path)
    except SafetensorError as error:
        raise not_safetensors(path, error) from None
    known = network.state_dict()
    expected = {name: tuple(tensor.shape) for name, tensor in known.items()}
    stored = {name: tuple(tensor.shape) for name, tensor in weights.items()}
    for name in sorted(expected.keys() | stored.keys()):
        if expected.get(name) != stored.get(name):
            raise InputError(
                f"{path}: weights of another architecture: {name} has shape {stored.get(name)}, "
                f"the network here expects {expected.get(name)}"
            )
        if known[name].dtype != weights[name].dtype:  # which would be rounded, or another number altogether
            raise InputError(
                f"{path}: {name} holds {weights[name].dtype}, the network here expects {known[name].dtype}; "
                "convert it, or train the model again with `dvc repro`"
            )
    network.load_state_dict(weights)


def read_info(folder: Path) -> TrainedInfo:
    """What the model in `folder` is; raises `InputError` where there is none."""
    path = folder / "model.json"
    if not is_folder(folder) or not path.exists():
        raise InputError(f"{folder}: no trained model there; `tidemark models` lists those there are")
    content = read_json(path)
    try:
        info = TrainedInfo(**content | {"dataset": DatasetInfo(**content["dataset"])})
    except (TypeError, KeyError) as error:
        raise InputError(f"{path}: not a description of a trained model ({error})") from None
    check_types(TrainedInfo, content, str(path))
    Task(info.task)  # which there must be
    check_signals(info.dataset, str(path))
    check_sizes(info.hyperparameters, str(path))
    return info
