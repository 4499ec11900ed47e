"""Rows of the table, and the stage that writes them."""

from __future__ import annotations

import csv
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from stages import project
from tidemark import trained
from tidemark.core import params, registry
from tidemark.core.entries import ProjectionEntry
from tidemark.core.errors import InputError
from tidemark.core.frozen import Frozen
from tidemark.core.store import DatasetInfo, write_dataset
from tidemark.projection import points

SIGNALS, POINTS = 20, 12


class Hyperparameters(Frozen):
    """Of the network below."""

    width: int = 5


class Model(nn.Module):
    """Embeds what is given of each point and shifts it."""

    causal = False

    def __init__(self, hyperparameters: Hyperparameters, members: int, length: int) -> None:
        super().__init__()
        self.position = nn.Linear(3, hyperparameters.width)
        self.dense = nn.Sequential(nn.Dropout(0.5), nn.Linear(hyperparameters.width, 2))

    def forward(self, context: Tensor) -> Tensor:
        out: Tensor = self.dense(self.position(context.nan_to_num().transpose(1, 2)))
        return out.transpose(1, 2)


def entry(**changes: Any) -> ProjectionEntry:
    settings = {"model": "m", "task": "infer", "dataset": "d", "arch": "tiny", "layer": "position"}
    return ProjectionEntry.model_validate(settings | {"points": 40, "perplexity": 5} | changes)


def signals() -> tuple[np.ndarray, np.ndarray]:
    """Six points given, five asked, one asked whose value nobody knows."""
    random = np.random.default_rng(0)
    context = random.standard_normal((SIGNALS, 3, POINTS)).astype(np.float32)
    context[:, 1] = np.arange(POINTS) % 2
    target = np.full((SIGNALS, 1, POINTS), np.nan, dtype=np.float32)
    target[:, 0, 6:11] = context[:, 2, 6:11]
    context[:, 2, 6:] = np.nan
    return context, target


def network() -> nn.Module:
    torch.manual_seed(0)
    return Model(Hyperparameters(), 2, 6).eval()


def test_rows_are_points_of_the_first_signals_with_their_values() -> None:
    context, target = signals()
    rows = points.rows(network(), entry(), context, target, "p")
    value = np.where(np.isnan(context[:, 2]), target[:, 0], context[:, 2])
    expected = [
        (context[s, 0, p].item(), int(context[s, 1, p]), value[s, p].item())
        for s in range(points.SIGNALS)
        for p in range(POINTS - 1)
    ]
    kept = [row[:3] for row in rows]
    assert len(kept) == 40
    assert kept == [expected[place] for place in np.linspace(0, len(expected) - 1, 40).round().astype(int)]
    assert {member for _, member, _ in kept} == {0, 1}
    assert all(np.isfinite(row).all() for row in np.array(rows, dtype=float))


def test_fewer_points_than_asked_for_are_all_there() -> None:
    context, target = signals()
    rows = points.rows(network(), entry(points=1000), context[:2], target[:2], "p")
    assert len(rows) == 2 * (POINTS - 1)


def test_several_layers_have_a_picture_of_their_own() -> None:
    context, target = signals()
    one = points.rows(network(), entry(), context, target, "p")
    both = points.rows(network(), entry(layer=["position", "dense.1"]), context, target, "p")
    assert [row[:3] for row in one] == [row[:3] for row in both]
    assert one != both


def test_perplexity_is_checked_against_points() -> None:
    with pytest.raises(InputError, match=r"p: perplexity 40 is not smaller than points 40"):
        params.validate(ProjectionEntry, entry().model_dump() | {"perplexity": 40}, "p")


@pytest.fixture
def pipeline(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A dataset and a model on disk, and an entry that names them."""
    context, target = signals()
    splits = {split: {"context": context, "target": target} for split in ("train", "validation", "test")}
    info = DatasetInfo(
        name="d", generator="made_up", channels=2, length=6, sampling_rate=1.0, rate_unit="sample", units="",
        seed=0, splits=dict.fromkeys(splits, SIGNALS), task="infer",
    )  # fmt: skip
    write_dataset(tmp_path / "d", info, splits)
    description = trained.TrainedInfo(
        name="m", task="infer", dataset="d", arch="tiny", hyperparameters={}, channels=2, length=6,
        sampling_rate=1.0, rate_unit="sample", units="", mean=[0.0], std=[1.0], causal=False, parameters=32,
    )  # fmt: skip
    trained.save(tmp_path / "m", description, network().state_dict())
    load = registry.load
    made_up: Any = SimpleNamespace(Hyperparameters=Hyperparameters, Model=Model)
    monkeypatch.setattr(
        registry, "load", lambda room, *rest: made_up if room == "models/infer" else load(room, *rest)
    )
    monkeypatch.setattr(
        params, "load", lambda: SimpleNamespace(projections={"p": entry(), "q": entry(seed=1)})
    )
    return tmp_path


def test_the_stage_writes_the_same_bytes_each_time(pipeline: Path) -> None:
    tables = [pipeline / f"{number}.csv" for number in range(2)]
    for seed, table in enumerate(tables):
        torch.manual_seed(seed)  # chance is the entry's alone
        np.random.seed(seed)
        project.project("p", pipeline / "d", pipeline / "m", table)
    assert tables[0].read_bytes() == tables[1].read_bytes()
    with tables[0].open() as file:
        found = list(csv.reader(file))
    assert found[0] == ["x", "member", "value", "first", "second"]
    expected = points.rows(network(), entry(), *signals(), "p")
    np.testing.assert_allclose(np.array(found[1:], float), np.array(expected, float), rtol=1e-4)


def test_an_unknown_projection_is_one_line(pipeline: Path) -> None:
    with pytest.raises(InputError, match=r"projections\.r: unknown; expected one of p, q"):
        project.project("r", pipeline / "d", pipeline / "m", pipeline / "r.csv")
