"""Spectrograms computed while training: of the windows that are stored, changed anew at every step."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from support.activity_windows import INFO, draw
from tidemark.classify.augmented import SOURCE, Augmentation, AugmentedBatches
from tidemark.core import store
from tidemark.core.errors import InputError
from tidemark.core.spectra import log_spectrogram
from tidemark.core.store import Array
from tidemark.core.task import Task
from tidemark.training.batches import Request
from tidemark.training.entry import ModelEntry
from tidemark.training.streaming import StreamedBatches

CPU = torch.device("cpu")
SPECTROGRAM = {"window": "hann", "length": 20, "hop": 8, "precision": "float32"}
every_way = pytest.mark.parametrize("held", [0, 1 << 30], ids=["read", "held"])


def stored(folder: Path, count: int = 37) -> Mapping[str, Array]:
    """Memory-mapped arrays."""
    rng = np.random.default_rng(0)
    arrays = {
        "signal": rng.normal(size=(count, 3, 60)).astype("float32"),
        "label": rng.integers(4, size=count),
    }
    store.write_arrays(folder / "stored", arrays)
    return store.read_arrays(folder / "stored")


def same(first: Mapping[str, torch.Tensor], second: Mapping[str, torch.Tensor]) -> None:
    assert first.keys() == second.keys()
    for name, tensor in first.items():
        assert torch.equal(tensor, second[name]), name


@every_way
def test_they_are_spectrograms_of_the_same_windows(tmp_path: Path, held: int) -> None:
    arrays = stored(tmp_path)
    plain = StreamedBatches(arrays, CPU, 6, 1)
    augmented = AugmentedBatches(arrays, SPECTROGRAM, Augmentation(), CPU, 6, 1, held=held)
    for step in range(8):
        signal, found = plain.at(step)["signal"], augmented.at(step)
        same(found, {"spectrogram": log_spectrogram(signal, "hann", 20, 8), "label": plain.at(step)["label"]})


@every_way
def test_changes_differ_by_step_and_process_and_repeat_by_seed(tmp_path: Path, held: int) -> None:
    arrays = {name: array[:6] for name, array in stored(tmp_path).items()}
    arrays["label"] = np.arange(6)

    def drawn(step: int, seed: int = 1, rank: int = 0, world: int = 1) -> Mapping[str, torch.Tensor]:
        augmentation = Augmentation(rotation=90, noise_std=0.1, time_mask=0.3)
        batch = AugmentedBatches(arrays, SPECTROGRAM, augmentation, CPU, 6, seed, rank, world, held=held).at(
            step
        )
        order = batch["label"].argsort()
        return {name: tensor[order] for name, tensor in batch.items()}

    same(drawn(3), drawn(3))
    for other in (drawn(4), drawn(3, seed=2)):
        assert torch.equal(other["label"], drawn(3)["label"])
        assert not torch.equal(other["spectrogram"], drawn(3)["spectrogram"])
    assert len(drawn(0, rank=1, world=2)["label"]) == 3


@pytest.mark.skipif(not torch.cuda.is_available(), reason="no GPU")
@every_way
def test_on_a_gpu_they_are_the_same(tmp_path: Path, held: int) -> None:
    arrays, gpu = stored(tmp_path), torch.device("cuda")
    augmented = AugmentedBatches(arrays, SPECTROGRAM, Augmentation(), gpu, 8, 5, held=held)
    plain = StreamedBatches(arrays, CPU, 8, 5)
    for step in range(30):
        found = augmented.at(step)["spectrogram"]
        assert found.is_cuda
        expected = log_spectrogram(plain.at(step)["signal"], "hann", 20, 8)
        torch.testing.assert_close(found.cpu().exp(), expected.exp(), rtol=1e-4, atol=1e-4)


def request_for(folder: Path, arrays: Mapping[str, Array], **training: object) -> Request:
    """What a model of a dataset with these training arrays asks for."""
    store.write_arrays(folder / "fit" / "train", arrays)
    settings = {"loss": "cross_entropy", "steps": 2, "batch": 6, "learning_rate": 1e-3, **training}
    entry = ModelEntry.model_validate(
        {"dataset": "some", "arch": "a", "source": "classify/augmented", "hyperparameters": {}}
        | {"training": settings}
    )
    return Request(
        "here", entry, replace(INFO, spectrogram=SPECTROGRAM), folder, Task("classify").learning, CPU
    )


def test_a_training_sees_windows_changed_as_its_entry_says(tmp_path: Path) -> None:
    windows = draw(6)
    plain = SOURCE.batches(request_for(tmp_path, windows)).at(0)
    expected = log_spectrogram(torch.from_numpy(windows["signal"]), "hann", 20, 8)
    found = sorted(each.sum().item() for each in plain["spectrogram"])
    assert found == pytest.approx(sorted(each.sum().item() for each in expected), rel=1e-5)
    turned = SOURCE.batches(request_for(tmp_path, windows, augmentation={"rotation": 90})).at(0)
    assert torch.equal(turned["label"], plain["label"])
    assert not torch.allclose(turned["spectrogram"], plain["spectrogram"])


def test_a_dataset_without_windows_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError) as error:
        SOURCE.batches(request_for(tmp_path, {"label": np.zeros(6, dtype=int)}))
    assert str(error.value) == (
        "here.source = 'classify/augmented': some has no windows to change; use training/stored"
    )


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"rotate": 3}, "rotate: unknown key; expected one of frequency_mask, noise_std, rotation, "),
        ({"rotation": 200}, "rotation = 200: input should be less than or equal to 180"),
    ],
)
def test_a_change_that_is_none_is_named(tmp_path: Path, changes: dict[str, float], message: str) -> None:
    with pytest.raises(InputError) as error:
        SOURCE.batches(request_for(tmp_path, draw(6), augmentation=changes))
    assert str(error.value).startswith(f"here.training.augmentation.{message}")
