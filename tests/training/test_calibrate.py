"""What is described of training signals, whatever the batches were made of."""

from __future__ import annotations

import os
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
import torch

from support.models import Function, signals
from tidemark.core import calibration
from tidemark.core.errors import InputError
from tidemark.core.likeness import describe
from tidemark.core.store import Array, write_dataset
from tidemark.core.task import Task
from tidemark.training.batches import Request
from tidemark.training.calibrate import calibrate

RANDOM = np.random.default_rng(0)
WINDOWS = RANDOM.normal(1, 0.2, (12, 3, 40)).astype(np.float32)


class Drawn:
    """Batches of these arrays, the first signals at each step."""

    def __init__(self, **arrays: Array) -> None:
        self.arrays = {name: torch.from_numpy(array) for name, array in arrays.items()}

    def at(self, step: int) -> dict[str, torch.Tensor]:
        return self.arrays


def request(folder: Path, task: str, source: str, **arrays: Array) -> Request:
    """To train a model on stored arrays."""
    splits = dict.fromkeys(("train", "validation", "test"), arrays)
    info = signals(task=task, splits=dict.fromkeys(splits, 12))
    write_dataset(folder, info, splits)
    learning = Task(task).learning
    entry: Any = SimpleNamespace(source=source, training=SimpleNamespace(steps=3))
    return Request("models.m", entry, info, folder, learning, torch.device("cpu"))


def test_residuals_that_are_none_are_one_line(tmp_path: Path) -> None:
    calibration.write(tmp_path, calibration.Calibration(describe(WINDOWS), None))
    stored = tmp_path / "residuals.npy"
    stored.touch()  # as a full disk leaves it
    with pytest.raises(InputError, match="residuals.npy are not what training wrote .*; copy them again"):
        calibration.read(tmp_path, signals(channels=3))
    header = b"{'descr': '<f8', 'fortran_order': False, 'shape': (1000000000000000,), }\n"
    stored.write_bytes(b"\x93NUMPY\x01\x00" + len(header).to_bytes(2, "little") + header)
    with pytest.raises(InputError, match="residuals.npy are not what training wrote"):
        calibration.read(tmp_path, signals(channels=3))
    stored.unlink()
    os.mkfifo(stored)
    with pytest.raises(InputError, match="residuals.npy: is a FIFO"):
        calibration.read(tmp_path, signals(channels=3))


@pytest.mark.parametrize("source", ["training/stored", "classify/augmented"])
def test_a_classifier_describes_the_windows_behind_its_spectrograms(tmp_path: Path, source: str) -> None:
    pictures = np.zeros((12, 3, 5, 4), dtype=np.float32)
    asked = request(tmp_path / "data", "classify", source, signal=WINDOWS, spectrogram=pictures)
    known = calibrate(Function(np.asarray), asked, Drawn(spectrogram=pictures), {})
    assert known == calibration.Calibration(describe(WINDOWS), None)
    calibration.write(tmp_path, known)
    assert (
        calibration.read(tmp_path, signals(channels=3)) == known and not (tmp_path / "residuals.npy").exists()
    )


def test_a_dataset_without_windows_gives_no_description(tmp_path: Path) -> None:
    pictures = np.zeros((12, 3, 5, 4), dtype=np.float32)
    asked = request(tmp_path / "data", "classify", "training/stored", spectrogram=pictures)
    assert calibrate(Function(np.asarray), asked, Drawn(spectrogram=pictures), {}) is None


def test_drawn_signals_are_described_without_their_history(tmp_path: Path) -> None:
    stored = WINDOWS[:, :1]
    asked = request(tmp_path / "data", "denoise", "denoise/laws/sine", noisy=stored, clean=stored)
    longer = np.concatenate([np.full((12, 1, 7), 99, dtype=np.float32), stored], axis=-1)
    given = {name: torch.from_numpy(stored) for name in ("noisy", "clean")}
    known = calibrate(Function(np.asarray), asked, Drawn(noisy=longer, clean=stored), given)
    assert known is not None and known.widths is not None
    assert known.inputs.location.largest == describe(stored).location.largest
    assert (known.widths[..., 0] == 0).all()
