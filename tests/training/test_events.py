"""TensorBoard events: written beside a run that they do not change, each step once."""

from __future__ import annotations

import importlib.util
import shutil
import subprocess
import sys
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from support import small_runs
from support.small_runs import StopAfter, write_lincomb
from tidemark.core.errors import InputError
from tidemark.core.network import Network
from tidemark.denoise.laws import lincomb
from tidemark.training.entry import ModelEntry, TrainingDefaults, TrainingEntry
from tidemark.training.events import Events
from tidemark.training.loop import History
from tidemark.training.optimizers import learning_rate
from tidemark.training.run import train_model
from tidemark.training.stop import Interrupted

needs_tensorboard = pytest.mark.skipif(
    importlib.util.find_spec("tensorboard") is None, reason="TensorBoard is not installed"
)
STEPS = [7, 14, 21, 28, 30]
"""Validations of the run below."""


class Net(Network):
    """A small network with dropout, and with an embedding of each sample's place."""

    def __init__(self) -> None:
        super().__init__()
        self.place = nn.Embedding(16, 4)
        self.layers = nn.Sequential(
            nn.Conv1d(5, 4, 3, padding=1), nn.ReLU(), nn.Dropout(0.2), nn.Conv1d(4, 1, 1)
        )

    def forward(self, signal: Tensor) -> Tensor:
        place = self.place(torch.arange(16)).T.expand(len(signal), 4, 16)
        out: Tensor = self.layers(torch.cat([signal, place], dim=1))
        return out


entry = partial(small_runs.entry, warmup=10)


def train(
    folder: Path, chosen: TrainingEntry, events: Path | None, looks: int = 10**6
) -> tuple[dict[str, Tensor], History]:
    if events is None:
        return small_runs.train(Net, folder, chosen, StopAfter(looks))
    with Events(events) as writer:
        return small_runs.train(Net, folder, chosen, StopAfter(looks), events=writer)


def read(folder: Path) -> Any:
    """What TensorBoard itself reads of a folder."""
    module = importlib.import_module("tensorboard.backend.event_processing.event_accumulator")
    return module.EventAccumulator(str(folder), size_guidance={"histograms": 0, "scalars": 0}).Reload()


@needs_tensorboard
@pytest.mark.parametrize("average", [0.0, 0.9])
def test_events_change_no_byte_of_the_result(tmp_path: Path, average: float) -> None:
    plain = train(tmp_path / "a", entry(average=average), None)
    watched = train(tmp_path / "b", entry(average=average), tmp_path / "runs")
    assert plain[0].keys() == watched[0].keys()
    assert all(torch.equal(plain[0][name], watched[0][name]) for name in plain[0])
    assert plain[1].curve == watched[1].curve
    for (_, one), (_, other) in zip(plain[1].snapshots, watched[1].snapshots, strict=True):
        assert torch.equal(one, other)


@needs_tensorboard
def test_tensorboard_reads_the_curves_and_the_learning_rate(tmp_path: Path) -> None:
    chosen = entry()
    _, history = train(tmp_path / "a", chosen, tmp_path / "runs")
    found = read(tmp_path / "runs")
    for tag, column in (("loss/train", 1), ("loss/validation", 2)):
        shown = [(event.step, event.value) for event in found.Scalars(tag)]
        assert [step for step, _ in shown] == STEPS
        np.testing.assert_allclose([value for _, value in shown], [row[column] for row in history.curve])
    rates = [event.value for event in found.Scalars("learning_rate")]
    np.testing.assert_allclose(rates, [learning_rate(chosen, step - 1) for step in STEPS], rtol=1e-6)


@needs_tensorboard
def test_histograms_are_of_every_weight(tmp_path: Path) -> None:
    chosen = entry(checkpoint_every=7)
    _, history = train(tmp_path / "a", chosen, tmp_path / "runs")
    found = read(tmp_path / "runs")
    assert set(found.Tags()["histograms"]) == {name for name, _ in Net().named_parameters()}
    for name, weight in history.checkpoints["step-14"].items():
        shown = next(e for e in found.Histograms(name) if e.step == 14).histogram_value
        values = weight.double()
        assert shown.num == values.numel()
        assert shown.sum == pytest.approx(values.sum().item())
        assert shown.sum_squares == pytest.approx(values.square().sum().item())
        assert (shown.min, shown.max) == (values.min().item(), values.max().item())


@needs_tensorboard
def test_embeddings_are_those_of_the_best_weights(tmp_path: Path) -> None:
    weights, _ = train(tmp_path / "a", entry(), tmp_path / "runs")
    assert "place.weight" in (tmp_path / "runs/projector_config.pbtxt").read_text()
    (table,) = (tmp_path / "runs").rglob("tensors.tsv")
    np.testing.assert_allclose(np.loadtxt(table), weights["place.weight"].numpy(), rtol=1e-6)


@needs_tensorboard
@pytest.mark.parametrize("looks", [3, 14, 25])
def test_a_resumed_run_has_each_step_once(tmp_path: Path, looks: int) -> None:
    with pytest.raises(Interrupted):
        train(tmp_path / "a", entry(), tmp_path / "runs", looks)
    shutil.copytree(tmp_path / "a", tmp_path / "kept")
    for _ in range(2):  # killed after its last step, the run goes on from the same point once more
        _, history = train(tmp_path / "a", entry(), tmp_path / "runs")
        shutil.rmtree(tmp_path / "a")
        shutil.copytree(tmp_path / "kept", tmp_path / "a")
    found = read(tmp_path / "runs")
    assert [event.step for event in found.Scalars("loss/train")] == STEPS
    assert [event.step for event in found.Histograms("layers.0.bias")] == STEPS
    np.testing.assert_allclose(
        [event.value for event in found.Scalars("loss/validation")], [row[2] for row in history.curve]
    )
    assert len(list((tmp_path / "runs").rglob("tensors.tsv"))) == 1


@needs_tensorboard
def test_a_run_from_the_start_replaces_an_earlier_one(tmp_path: Path) -> None:
    train(tmp_path / "a", entry(), tmp_path / "runs")
    (tmp_path / "runs/notes.txt").write_text("mine")
    train(tmp_path / "b", entry(steps=10), tmp_path / "runs")
    assert [event.step for event in read(tmp_path / "runs").Scalars("loss/train")] == [7, 10]
    assert len(list((tmp_path / "runs").rglob("tensors.tsv"))) == 1
    assert (tmp_path / "runs/notes.txt").exists()


@needs_tensorboard
def test_weights_that_are_not_finite_are_no_error(tmp_path: Path) -> None:
    network = nn.Linear(3, 2)
    with torch.no_grad():
        network.weight.copy_(torch.tensor([[float("nan"), 1, 2], [float("inf"), 1e30, 3]]))
        network.bias.fill_(float("nan"))
    with Events(tmp_path) as events:
        events.begin(0)
        events.validated(1, float("nan"), float("inf"), 0.1, network)
    found = read(tmp_path)
    assert found.Tags()["histograms"] == ["weight"]
    assert found.Histograms("weight")[0].histogram_value.num == 3


def test_tensorboard_that_is_not_installed_is_one_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "tensorboard", None)
    for name in [name for name in sys.modules if name.startswith("torch.utils.tensorboard")]:
        monkeypatch.delitem(sys.modules, name)
    with pytest.raises(InputError, match=r"pip install 'tidemark-signals\[tensorboard\]'") as error:
        Events(tmp_path)
    assert "\n" not in str(error.value)


def test_nothing_of_tensorboard_is_imported_unless_asked_for() -> None:
    code = (
        "import sys, tidemark.training.run\n"
        "assert not {'tensorboard', 'torch.utils.tensorboard'} & sys.modules.keys()"
    )
    subprocess.run([sys.executable, "-c", code], check=True, timeout=300)


@needs_tensorboard
@pytest.mark.parametrize("asked", [False, True])
def test_a_model_has_a_folder_of_its_own_if_asked_for(tmp_path: Path, asked: bool) -> None:
    law = lincomb.Law(samples_per_cycle=16, cycles=2, functions=[{"frequency": 1}])
    write_lincomb(tmp_path / "data", law, 8)
    training = {"loss": "l1", "steps": 2, "batch": 4, "learning_rate": 1e-3, "validate_every": 1}
    chosen = ModelEntry.model_validate(
        {"dataset": "small", "arch": "recurrent", "hyperparameters": {"hidden": 2}}
        | {"source": "training/stored", "training": training}
    )
    defaults = TrainingDefaults(threads=1, checkpoint_seconds=60, snapshots=2, tensorboard=asked)
    train_model(
        "m", chosen, defaults, "models.m", tmp_path / "data", tmp_path / "resume", runs=tmp_path / "runs"
    )
    assert (tmp_path / "runs/m").exists() == asked
    if asked:
        assert [event.step for event in read(tmp_path / "runs/m").Scalars("loss/train")] == [1, 2]
