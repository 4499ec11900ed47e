"""A trained model on disk: its weights and what is needed to use them, and nothing that runs code."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from safetensors import SafetensorError
from safetensors.torch import load_file, save_file
from torch import Tensor, nn

from tidemark import gaps
from tidemark.core import registry
from tidemark.core.errors import InputError
from tidemark.core.params import validate
from tidemark.core.store import Array, read_json, replacing, write_json

BATCH = 512
"""Signals estimated at once: enough to fill the cores, small enough for any memory."""


@dataclass(frozen=True)
class TrainedInfo:
    """What a trained model is and what signals it takes."""

    name: str
    task: str
    dataset: str
    arch: str
    hyperparameters: Mapping[str, Any]
    channels: int
    length: int
    sampling_rate: float
    rate_unit: str
    units: str
    mean: Sequence[float]
    std: Sequence[float]
    """Input to the network = (recorded value − mean) / std, by channel."""
    causal: bool
    parameters: int


def build(arch: str, hyperparameters: Mapping[str, Any], channels: int, length: int, where: str) -> nn.Module:
    """The untrained network of an architecture; raises `InputError` naming the key below `where`."""
    module = registry.load("models", arch, f"{where}.arch")
    chosen = validate(module.Hyperparameters, hyperparameters, f"{where}.hyperparameters")
    network: nn.Module = module.Model(chosen, channels, length)
    return network


def save(folder: Path, info: TrainedInfo, weights: Mapping[str, Tensor]) -> None:
    """Write `weights.safetensors` and `model.json` into `folder`, whole or not at all."""
    with replacing(folder) as temporary:
        temporary.mkdir(parents=True)
        plain = {name: tensor.detach().cpu().contiguous() for name, tensor in weights.items()}
        save_file(plain, temporary / "weights.safetensors")
        write_json(temporary / "model.json", asdict(info))


class Trained:
    """A network with its weights, as an estimator."""

    def __init__(self, info: TrainedInfo, network: nn.Module, device: torch.device) -> None:
        """Hold `network`, ready to estimate on `device`."""
        self.info = info
        self.network = network.to(device).eval()
        self.device = device

    def estimate(self, signals: Array) -> Array:
        """Estimates of standardised (signals, channels, length), NaN where missing; float32, no NaN."""
        filled = gaps.fill(np.asarray(signals, dtype=np.float32))
        with torch.inference_mode():
            parts = [
                self.network(torch.from_numpy(part).to(self.device)).float().cpu()
                for part in np.split(filled, range(BATCH, len(filled), BATCH))
            ]
        return torch.cat(parts).numpy()


def load(folder: Path, device: torch.device | None = None) -> Trained:
    """Read a trained model; raises `InputError` unless the weights are safetensors of its architecture."""
    if not (folder / "model.json").exists():
        raise InputError(f"{folder}: no trained model there; `tidemark models` lists those there are")
    info = _info(folder / "model.json")
    path = folder / "weights.safetensors"
    network = build(info.arch, info.hyperparameters, info.channels, info.length, str(folder / "model.json"))
    try:
        weights = load_file(path)
    except FileNotFoundError:
        raise InputError(f"{path}: no such file; train the model again with `dvc repro`") from None
    except SafetensorError as error:
        raise InputError(
            f"{path}: not a safetensors file ({error}); other formats, pickles above all, are not loaded"
        ) from None
    expected = {name: tuple(tensor.shape) for name, tensor in network.state_dict().items()}
    found = {name: tuple(tensor.shape) for name, tensor in weights.items()}
    for name in sorted(expected.keys() | found.keys()):
        if expected.get(name) != found.get(name):
            raise InputError(
                f"{path}: weights of another architecture: {name} has shape {found.get(name)}, "
                f"{info.arch} in {folder / 'model.json'} expects {expected.get(name)}"
            )
    network.load_state_dict(weights)
    if (folded := getattr(network, "folded", None)) is not None:  # one map for a chain of linear ones
        network = folded()
    return Trained(info, network, device or torch.device("cuda" if torch.cuda.is_available() else "cpu"))


def _info(path: Path) -> TrainedInfo:
    try:
        return TrainedInfo(**read_json(path))
    except TypeError as error:
        raise InputError(f"{path}: not a description of a trained model ({error})") from None
