"""Streamed batches are those of arrays in memory, bit for bit; what goes wrong while reading is not lost."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from tidemark.training.batches import StoredBatches
from tidemark.training.streaming import Ahead, StreamedBatches

CPU = torch.device("cpu")
every_way = pytest.mark.parametrize("held", [0, 1 << 30], ids=["read", "held"])


def stored(folder: Path, precision: str = "float32", count: int = 37) -> Mapping[str, Any]:
    """Memory-mapped arrays."""
    rng = np.random.default_rng(0)
    arrays = {
        "spectrogram": rng.normal(size=(count, 3, 5, 4)).astype(precision),
        "signal": rng.normal(size=(count, 3, 60)).astype("float32"),
        "label": rng.integers(4, size=count),
    }
    for name, array in arrays.items():
        np.save(folder / f"{name}.npy", array)
    return {name: np.load(folder / f"{name}.npy", mmap_mode="r") for name in arrays}


def same(first: Mapping[str, torch.Tensor], second: Mapping[str, torch.Tensor]) -> None:
    assert first.keys() == second.keys()
    for name, tensor in first.items():
        assert torch.equal(tensor, second[name]), name


@every_way
@pytest.mark.parametrize("precision", ["float16", "float32"])
@pytest.mark.parametrize(("rank", "world"), [(0, 1), (1, 2)])
def test_they_are_the_stored_batches(
    tmp_path: Path, held: int, precision: str, rank: int, world: int
) -> None:
    arrays = stored(tmp_path, precision)
    plain = {
        name: torch.from_numpy(np.array(array, "float32" if array.dtype.kind == "f" else array.dtype))
        for name, array in arrays.items()
    }
    expected = StoredBatches(plain, 8, 5, rank, world)
    found = StreamedBatches(arrays, CPU, 8, 5, rank, world, held=held)
    for step in range(11):
        same(found.at(step), expected.at(step))


@every_way
def test_a_run_that_goes_on_sees_what_it_would_have_seen(tmp_path: Path, held: int) -> None:
    arrays = stored(tmp_path)
    walked = StreamedBatches(arrays, CPU, 6, 1, held=held)
    visited = [walked.at(step) for step in range(9)]
    resumed = StreamedBatches(arrays, CPU, 6, 1, held=held)
    for step in (5, 6, 7, 2, 8, 0):
        same(resumed.at(step), visited[step])


def test_the_next_batches_are_begun_and_no_others() -> None:
    made: list[int] = []

    class Source:
        def at(self, step: int) -> Mapping[str, torch.Tensor]:
            made.append(step)
            return {"x": torch.tensor(step)}

    ahead = Ahead(Source(), CPU, ahead=2)
    assert ahead.at(4)["x"] == 4
    assert ahead.at(5)["x"] == 5
    ahead._thread.shutdown(wait=True)
    assert made == [4, 5, 6, 7]
    assert 0 <= ahead.waited < 5


def test_what_goes_wrong_in_the_thread_is_raised_at_its_step_and_the_next_goes_on() -> None:
    class Source:
        def at(self, step: int) -> Mapping[str, torch.Tensor]:
            if step == 2:
                raise OSError("the disk is gone")
            return {"x": torch.tensor(step)}

    ahead = Ahead(Source(), CPU)
    assert ahead.at(1)["x"] == 1
    with pytest.raises(OSError, match="the disk is gone"):
        ahead.at(2)
    assert ahead.at(3)["x"] == 3


@pytest.mark.parametrize("death", [SystemExit, KeyboardInterrupt])
def test_a_thread_that_dies_is_no_endless_wait(death: type[BaseException]) -> None:
    class Source:
        def at(self, step: int) -> Mapping[str, torch.Tensor]:
            raise death

    with pytest.raises(death):
        Ahead(Source(), CPU).at(0)


def test_a_thread_that_has_been_ended_is_no_endless_wait() -> None:
    class Source:
        def at(self, step: int) -> Mapping[str, torch.Tensor]:
            return {"x": torch.tensor(step)}

    ahead = Ahead(Source(), CPU)
    ahead.at(0)
    ahead._thread.shutdown(wait=True)
    with pytest.raises(RuntimeError, match="shutdown"):
        ahead.at(9)


@pytest.mark.skipif(not torch.cuda.is_available(), reason="no GPU")
@every_way
def test_on_a_gpu_batches_are_the_same(tmp_path: Path, held: int) -> None:
    arrays, gpu = stored(tmp_path, "float16"), torch.device("cuda")
    found = StreamedBatches(arrays, gpu, 8, 5, held=held)
    expected = StreamedBatches(arrays, CPU, 8, 5)
    for step in range(30):
        batch = found.at(step)
        assert all(tensor.is_cuda for tensor in batch.values())
        same({name: tensor.cpu() for name, tensor in batch.items()}, expected.at(step))
