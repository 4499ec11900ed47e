"""Batches: every signal once an epoch, and each step's batch a function of seed and step alone."""

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from tidemark import gaps
from tidemark.training.batches import FreshBatches, RenoisedBatches, StoredBatches

CPU = torch.device("cpu")


@settings(max_examples=30, deadline=None)
@given(count=st.integers(1, 40), size=st.integers(1, 50), seed=st.integers(0, 5))
def test_an_epoch_visits_no_signal_twice(count: int, size: int, seed: int) -> None:
    batches = StoredBatches({"x": torch.arange(count).float()[:, None, None]}, size, seed)
    steps = count // min(size, count)
    seen = torch.cat([batches.at(step)["x"].ravel() for step in range(steps)])
    assert len(seen.unique()) == len(seen) == steps * min(size, count)


def test_a_step_does_not_depend_on_the_steps_before() -> None:
    arrays = {"x": torch.arange(20.0)[:, None, None]}
    walked = StoredBatches(arrays, 6, seed=3)
    visited = [walked.at(step)["x"] for step in range(10)]
    for step in (9, 2, 7):
        assert torch.equal(StoredBatches(arrays, 6, seed=3).at(step)["x"], visited[step])


def test_processes_share_a_batch_without_overlap() -> None:
    arrays = {"x": torch.arange(24.0)[:, None, None]}
    whole = StoredBatches(arrays, 8, seed=1).at(1)["x"].ravel().sort().values
    parts = [StoredBatches(arrays, 8, 1, rank, 2).at(1)["x"].ravel() for rank in range(2)]
    assert torch.equal(torch.cat(parts).sort().values, whole)


def test_fresh_batches_differ_by_step_and_process_and_repeat_by_seed() -> None:
    def draw(count: int, stream: torch.Generator) -> dict[str, torch.Tensor]:
        return {"x": torch.rand(count, 1, 3, generator=stream)}

    first, second = FreshBatches(draw, CPU, 4, 0), FreshBatches(draw, CPU, 4, 0)
    assert torch.equal(first.at(5)["x"], second.at(5)["x"])
    assert not torch.equal(first.at(5)["x"], first.at(6)["x"])
    ranks = [FreshBatches(draw, CPU, 4, 0, rank, 2).at(5)["x"] for rank in range(2)]
    assert ranks[0].shape == (2, 1, 3)
    assert not torch.equal(*ranks)


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
