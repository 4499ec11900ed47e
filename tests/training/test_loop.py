"""The loop: what an interrupted run ends with, what is kept, when it stops."""

from functools import partial
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import Tensor, nn

from support import small_runs
from support.small_runs import StopAfter, signals
from tidemark.core.network import Network
from tidemark.denoise import learning
from tidemark.training.loop import History
from tidemark.training.resume import ResumePoint
from tidemark.training.stop import Interrupted


class Net(Network):
    """A small network with dropout and a buffer: both must survive an interruption."""

    def __init__(self) -> None:
        super().__init__()
        self.layers = nn.Sequential(
            nn.Conv1d(1, 4, 3, padding=1), nn.BatchNorm1d(4), nn.ReLU(), nn.Dropout(0.2), nn.Conv1d(4, 1, 1)
        )

    def forward(self, signal: Tensor) -> Tensor:
        out: Tensor = self.layers(signal)
        return out


entry = partial(small_runs.entry, average=0.9)
train = partial(small_runs.train, Net)


def assert_same(one: tuple[dict[str, Tensor], History], other: tuple[dict[str, Tensor], History]) -> None:
    assert one[0].keys() == other[0].keys()
    assert all(torch.equal(one[0][name], other[0][name]) for name in one[0])
    assert one[1].curve == other[1].curve
    assert [step for step, _ in one[1].snapshots] == [step for step, _ in other[1].snapshots]
    assert all(torch.equal(a, b) for (_, a), (_, b) in zip(one[1].snapshots, other[1].snapshots, strict=True))


@pytest.mark.parametrize(
    "settings", [{"average": 0.0}, {"average": 0.9}, {"optimizer": "sgd"}, {"optimizer": "soap"}]
)
@pytest.mark.parametrize("looks", [0, 1, 2, 10, 11, 29])
def test_an_interrupted_run_ends_with_the_same_bytes(
    tmp_path: Path, looks: int, settings: dict[str, Any]
) -> None:
    whole = train(tmp_path / "a", entry(**settings), StopAfter(10**6))
    with pytest.raises(Interrupted):
        train(tmp_path / "b", entry(**settings), StopAfter(looks))
    assert_same(train(tmp_path / "b", entry(**settings), StopAfter(10**6)), whole)


def test_saving_resume_points_changes_nothing(tmp_path: Path) -> None:
    rarely = train(tmp_path / "a", entry(), StopAfter(10**6))
    always = train(tmp_path / "b", entry(), StopAfter(10**6), checkpoint_seconds=0)
    assert_same(rarely, always)
    # And a run that was killed right after its last step still gives the same.
    assert_same(train(tmp_path / "b", entry(), StopAfter(10**6)), rarely)


def test_a_damaged_resume_point_counts_as_none(tmp_path: Path) -> None:
    whole = train(tmp_path / "a", entry(), StopAfter(10**6))
    with pytest.raises(Interrupted):
        train(tmp_path / "b", entry(), StopAfter(10))
    state = next((tmp_path / "b").rglob("state.safetensors"))
    state.write_bytes(state.read_bytes()[:100])
    assert_same(train(tmp_path / "b", entry(), StopAfter(10**6)), whole)


def test_a_resume_point_of_another_run_is_dropped(tmp_path: Path) -> None:
    with pytest.raises(Interrupted):
        train(tmp_path, entry(), StopAfter(3))
    assert ResumePoint(tmp_path, "another").load() is None
    assert not list(tmp_path.rglob("state.safetensors"))


def test_the_best_validated_weights_are_returned(tmp_path: Path) -> None:
    # A rate far too high: the loss swings, and the last weights are not the best.
    settings = entry(learning_rate=3.0, clip=None, average=0.0, schedule="constant", validate_every=1)
    weights, history = train(tmp_path, settings, StopAfter(10**6))
    losses = [loss for _, _, loss in history.curve]
    assert min(losses) < losses[-1]
    net = Net().eval()
    net.load_state_dict(weights)
    arrays = signals()
    with torch.no_grad():
        loss = learning.loss(net(arrays["noisy"][:10]), arrays["clean"][:10], "mse")
    assert loss.item() == pytest.approx(min(losses), rel=1e-6)


def test_patience_stops_early(tmp_path: Path) -> None:
    settings = entry(steps=1000, learning_rate=3.0, clip=None, average=0.0, validate_every=1, patience=4)
    _, history = train(tmp_path, settings, StopAfter(10**6))
    losses = [loss for _, _, loss in history.curve]
    assert len(losses) < 1000
    assert losses.index(min(losses)) == len(losses) - 5
