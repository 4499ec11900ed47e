"""Small networks trained on few signals: in memory by the loop, or from a dataset on disk."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import torch
from lightning_fabric import Fabric
from torch import Tensor

from tidemark.core.network import Network
from tidemark.core.progress import Progress
from tidemark.core.store import DatasetInfo, write_dataset
from tidemark.denoise import learning as denoise
from tidemark.denoise.laws import lincomb
from tidemark.training.batches import StoredBatches
from tidemark.training.entry import TrainingEntry
from tidemark.training.events import Events
from tidemark.training.loop import History, Problem, fit
from tidemark.training.resume import ResumePoint
from tidemark.training.stop import StopRequest


class StopAfter(StopRequest):
    """Asks to stop once, after a number of looks."""

    def __init__(self, looks: int) -> None:
        self.left = looks

    def __bool__(self) -> bool:
        self.left -= 1
        return self.left == -1


def entry(**changes: object) -> TrainingEntry:
    settings = {"loss": "l1", "steps": 30, "batch": 8, "learning_rate": 0.01, "validate_every": 7}
    return TrainingEntry.model_validate(settings | changes)


def signals() -> dict[str, Tensor]:
    stream = torch.Generator().manual_seed(0)
    clean = torch.randn(40, 1, 16, generator=stream)
    return {"noisy": clean + 0.3 * torch.randn(clean.shape, generator=stream), "clean": clean}


def train(
    network: Callable[[], Network],
    folder: Path,
    chosen: TrainingEntry,
    stop: StopRequest,
    *,
    checkpoint_seconds: float = 1e9,
    events: Events | None = None,
) -> tuple[dict[str, Tensor], History]:
    """Weights and history of a denoiser of `signals`, whose resume points are kept in `folder`."""
    arrays = signals()
    torch.manual_seed(1)
    problem = Problem(
        "noisy",
        "clean",
        lambda e, t: denoise.loss(e, t, "mse"),
        {key: value[:10] for key, value in arrays.items()},
    )
    return fit(
        Fabric(accelerator="cpu", devices=1),
        network(),
        StoredBatches(arrays, 8, seed=0),
        problem,
        chosen,
        snapshots=5,
        resume=ResumePoint(folder, "key"),
        checkpoint_seconds=checkpoint_seconds,
        stop=stop,
        progress=Progress("net", chosen.steps, "step"),
        events=events,
    )


def write_lincomb(folder: Path, law: lincomb.Law, count: int) -> Path:
    """The dataset `small`: splits of `count` signals, drawn from seeds of their own."""
    splits = {
        split: {
            key: values.numpy()
            for key, values in lincomb.generate(law, count, torch.Generator().manual_seed(seed)).items()
        }
        for seed, split in enumerate(("train", "validation", "test"))
    }
    info = DatasetInfo(
        name="small", task="denoise", generator="lincomb", seed=0, splits=dict.fromkeys(splits, count), law=law.model_dump(),
        **lincomb.describe(law),
    )  # fmt: skip
    write_dataset(folder, info, splits)
    return folder
