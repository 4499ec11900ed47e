"""Recorded windows under new noise at every step, their gaps filled as those of stored signals."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from support.small_runs import write_lincomb
from tidemark.core import gaps, store
from tidemark.core.errors import InputError
from tidemark.core.task import Task
from tidemark.denoise.laws import lincomb
from tidemark.denoise.renoised import SOURCE, RenoisedBatches
from tidemark.training.batches import Request
from tidemark.training.entry import ModelEntry


def test_new_noise_at_every_step_on_the_same_windows() -> None:
    clean = torch.zeros(200, 1, 50)
    batches = RenoisedBatches(clean, ("noisy", "clean"), 0.3, 200, seed=0)
    first, second = batches.at(0), batches.at(1)
    assert torch.equal(first["clean"], second["clean"])
    assert not torch.equal(first["noisy"], second["noisy"])
    assert first["noisy"].std().item() == pytest.approx(0.3, rel=0.03)
    assert torch.equal(
        RenoisedBatches(clean, ("noisy", "clean"), 0.3, 200, seed=0).at(1)["noisy"], second["noisy"]
    )


def test_gaps_under_new_noise_are_interpolated_as_in_stored_signals() -> None:
    clean = torch.randn(8, 2, 30)
    clean[2, 0, 4:9] = torch.nan
    clean[3, 1, :3] = torch.nan
    clean[5, 0, 27:] = torch.nan
    batch = RenoisedBatches(clean, ("noisy", "clean"), 0.5, 8, seed=1).at(0)
    holed = torch.where(batch["clean"].isnan(), torch.nan, batch["noisy"])
    np.testing.assert_allclose(batch["noisy"].numpy(), gaps.fill(holed.numpy()), atol=1e-6)


@pytest.fixture
def request_for(tmp_path: Path) -> Request:
    """What a model of a small dataset asks for."""
    law = lincomb.Law(samples_per_cycle=16, cycles=2, functions=[{"frequency": 1}], noise_std=0.5)
    write_lincomb(tmp_path / "data", law, 12)
    entry = ModelEntry.model_validate(
        {"dataset": "small", "arch": "recurrent", "source": "denoise/renoised", "hyperparameters": {}}
        | {"training": {"loss": "l1", "steps": 2, "batch": 12, "learning_rate": 1e-3}}
    )
    info = store.read_fit_info(tmp_path / "data")
    learning = Task("denoise").learning
    return Request("here", entry, info, tmp_path / "data", learning, torch.device("cpu"))


def test_a_training_sees_the_stored_targets_under_noise_of_the_datasets_size(request_for: Request) -> None:
    batch = SOURCE.batches(request_for).at(0)
    stored = store.read_split(request_for.dataset, "train")["clean"]
    np.testing.assert_array_equal(np.sort(batch["clean"].numpy(), axis=0), np.sort(stored, axis=0))
    noise = batch["noisy"] - batch["clean"]
    assert noise.std().item() == pytest.approx(0.5, rel=0.15)


def test_noise_without_a_known_law_is_refused(request_for: Request) -> None:
    unknown = replace(request_for, info=replace(request_for.info, law={}))
    with pytest.raises(InputError) as error:
        SOURCE.batches(unknown)
    assert str(error.value) == (
        "here.source = 'denoise/renoised': the noise of small has no known law; use training/stored"
    )
