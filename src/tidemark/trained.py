"""A trained model on disk: its weights and what is needed to use them, and nothing that runs code."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import torch
from safetensors import SafetensorError
from safetensors.torch import load_file, save_file
from torch import Tensor, nn

from tidemark import gaps
from tidemark.core import registry
from tidemark.core.errors import InputError
from tidemark.core.params import validate
from tidemark.core.store import Array, described, read_json, replacing, write_json

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
    horizon: int = 0
    """Samples forecast after the `length` given ones; 0 of a model that forecasts nothing."""
    normalisation: str = "standard"
    """`window`: each signal is scaled by itself as well, less its mean, over its largest absolute value."""
    classes: Sequence[str] = ()
    """What it tells windows apart as; empty of a model that classifies nothing."""
    spectrogram: Mapping[str, Any] = field(default_factory=dict)
    """The short-time Fourier transform that it is given of a window …"""
    picture: Sequence[int] = ()
    """… and that one's frequencies and frames."""


class Signals(Protocol):
    """What a network must know of the signals that it takes; datasets and trained models say it of theirs."""

    @property
    def channels(self) -> int:
        """Channels of a signal."""
        ...

    @property
    def length(self) -> int:
        """Samples given."""
        ...

    @property
    def horizon(self) -> int:
        """Samples forecast after those; 0 where nothing is forecast."""
        ...

    @property
    def classes(self) -> Sequence[str]:
        """What windows are told apart as; empty where nothing is classified."""
        ...

    @property
    def picture(self) -> Sequence[int]:
        """Frequencies and frames of the spectrogram that stands for a window to classify."""
        ...


def build(
    task: str, arch: str, hyperparameters: Mapping[str, Any], signals: Signals, where: str
) -> nn.Module:
    """The untrained network of an architecture; raises `InputError` naming the key below `where`."""
    module = registry.load(f"models/{task}", arch, f"{where}.arch")
    chosen = validate(module.Hyperparameters, hyperparameters, f"{where}.hyperparameters")
    shape: list[object] = [signals.channels, signals.length]
    if signals.horizon:
        shape.append(signals.horizon)
    if signals.classes:
        shape = [signals.channels, tuple(signals.picture), len(signals.classes)]
    network: nn.Module = module.Model(chosen, *shape)
    return network


def save(
    folder: Path,
    info: TrainedInfo,
    weights: Mapping[str, Tensor],
    checkpoints: Mapping[str, Mapping[str, Tensor]] | None = None,
    settings: Mapping[str, Any] | None = None,
) -> None:
    """Write a model into `folder`, whole or not at all.

    `weights.safetensors`, `model.json`, `training.json` (the `settings` it was trained with), and the
    weights of each checkpoint as `checkpoints/<name>.safetensors`.
    """
    with replacing(folder) as temporary:
        temporary.mkdir(parents=True)
        _save(temporary / "weights.safetensors", weights)
        for name, kept in (checkpoints or {}).items():
            (temporary / "checkpoints").mkdir(exist_ok=True)
            _save(temporary / "checkpoints" / f"{name}.safetensors", kept)
        write_json(temporary / "model.json", described(info))
        if settings is not None:
            write_json(temporary / "training.json", settings)


def _save(path: Path, weights: Mapping[str, Tensor]) -> None:
    save_file({name: tensor.detach().cpu().contiguous() for name, tensor in weights.items()}, path)


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

    def infer(self, context: Array) -> Array:
        """Mean and standard deviation of what is asked: `context` (signals, 3, points) → (signals, 2,
        points).

        The context holds position, member and value of each point, NaN where the value is asked for.
        """
        given = torch.from_numpy(np.asarray(context, dtype=np.float32))
        with torch.inference_mode():
            parts = [self.network(part.to(self.device)).float().cpu() for part in torch.split(given, BATCH)]
        return torch.cat(parts).numpy()

    def classify(self, spectrograms: Array) -> Array:
        """Probabilities, (windows, classes) float32, of spectrograms (windows, axes, frequencies, frames).

        Memory-mapped ones are read batch by batch.
        """
        given = (spectrograms[start : start + BATCH] for start in range(0, len(spectrograms), BATCH))
        with torch.inference_mode():
            parts = [
                self.network(torch.from_numpy(np.array(part, dtype=np.float32)).to(self.device))
                .float()
                .softmax(-1)
                .cpu()
                for part in given
            ]
        return torch.cat(parts).numpy()


def load(folder: Path, device: torch.device | None = None) -> Trained:
    """Read a trained model; raises `InputError` unless the weights are safetensors of its architecture."""
    if not (folder / "model.json").exists():
        raise InputError(f"{folder}: no trained model there; `tidemark models` lists those there are")
    info = _info(folder / "model.json")
    network = build(info.task, info.arch, info.hyperparameters, info, str(folder / "model.json"))
    put_weights(network, folder)
    if (folded := getattr(network, "folded", None)) is not None:  # one map for a chain of linear ones
        network = folded()
    return Trained(info, network, device or torch.device("cuda" if torch.cuda.is_available() else "cpu"))


def put_weights(network: nn.Module, folder: Path, checkpoint: str | None = None) -> None:
    """Give `network` the weights of the model in `folder`, its best ones or those of a checkpoint.

    Raises `InputError` unless they are safetensors of its architecture.
    """
    path = folder / ("weights.safetensors" if checkpoint is None else f"checkpoints/{checkpoint}.safetensors")
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
                f"the network here expects {expected.get(name)}"
            )
    network.load_state_dict(weights)


def _info(path: Path) -> TrainedInfo:
    try:
        return TrainedInfo(**read_json(path))
    except TypeError as error:
        raise InputError(f"{path}: not a description of a trained model ({error})") from None
