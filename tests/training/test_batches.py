"""Batches: every signal once an epoch, and each step's batch a function of seed and step alone."""

import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from tidemark.training.batches import CurriculumBatches, FreshBatches, StoredBatches

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


def test_the_laws_of_a_curriculum_follow_one_another_and_the_last_one_lasts() -> None:
    def batches(value: float) -> FreshBatches:
        return FreshBatches(lambda count, stream: {"x": torch.full((count,), value)}, CPU, 2, 0)

    curriculum = CurriculumBatches([(2, batches(1)), (3, batches(2)), (100, batches(3))])
    assert [curriculum.at(step)["x"][0].item() for step in range(7)] == [1, 1, 2, 2, 2, 3, 3]
    assert curriculum.at(1000)["x"].tolist() == [3, 3]
