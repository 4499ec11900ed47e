"""Rows of the table, and the stage that writes them."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from stages import project
from support.changed_params import default_tree, write_params
from tidemark.core import params, paths, registry, trained
from tidemark.core.errors import InputError
from tidemark.core.frozen import Frozen
from tidemark.core.network import Architecture, Network
from tidemark.core.store import DatasetInfo, write_dataset
from tidemark.infer.projection import points
from tidemark.infer.projection.entry import ProjectionEntry

SIGNALS, POINTS = 20, 12


class Hyperparameters(Frozen):
    """Of the network below."""

    width: int = 5


class Model(Network):
    """Embeds what is given of each point and shifts it."""

    def __init__(self, hyperparameters: Hyperparameters, members: int, length: int) -> None:
        super().__init__()
        self.position = nn.Linear(3, hyperparameters.width)
        self.dense = nn.Sequential(nn.Dropout(0.5), nn.Linear(hyperparameters.width, 2))

    def forward(self, context: Tensor) -> Tensor:
        out: Tensor = self.dense(self.position(context.nan_to_num().transpose(1, 2)))
        return out.transpose(1, 2)


def entry(**changes: Any) -> ProjectionEntry:
    settings = {"model": "m", "dataset": "d", "layer": "position"}
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


def test_fewer_points_than_wanted_are_all_there() -> None:
    context, target = signals()
    rows = points.rows(network(), entry(points=1000), context[:2], target[:2], "p")
    assert len(rows) == 2 * (POINTS - 1)


def test_several_layers_have_a_picture_of_their_own() -> None:
    context, target = signals()
    one = points.rows(network(), entry(), context, target, "p")
    both = points.rows(network(), entry(layer=["position", "dense.1"]), context, target, "p")
    assert [row[:3] for row in one] == [row[:3] for row in both]
    assert one != both


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"perplexity": 40}, "p: perplexity 40 is not smaller than points 40"),
        ({"layer": []}, "p.layer"),
        ({"arch": "tiny"}, "p.arch: unknown key; expected one of dataset, layer, model, "),
    ],
)
def test_an_entry_that_is_wrong_is_named(changes: dict[str, Any], message: str) -> None:
    with pytest.raises(InputError) as error:
        params.validate(ProjectionEntry, entry().model_dump() | changes, "p")
    assert str(error.value).startswith(message)
    assert "\n" not in str(error.value)


@pytest.fixture
def pipeline(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A dataset and a model on disk, and entries that name them."""
    context, target = signals()
    splits = {split: {"context": context, "target": target} for split in ("train", "validation", "test")}
    info = DatasetInfo(
        name="d", task="infer", generator="made_up", channels=2, length=6, sampling_rate=1.0,
        rate_unit="sample", units="", seed=0, splits=dict.fromkeys(splits, SIGNALS),
    )  # fmt: skip
    write_dataset(tmp_path / paths.dataset("d"), info, splits)
    description = trained.TrainedInfo("m", "tiny", {}, causal=False, parameters=32, dataset=info)
    trained.save(tmp_path / paths.model("d", "m"), description, network().state_dict())
    load = registry.load
    made_up: Any = Architecture(Hyperparameters, Model)
    monkeypatch.setattr(
        registry, "load", lambda room, *rest: made_up if room == "infer/models" else load(room, *rest)
    )
    tree = default_tree("infer")
    tree["projections"] = {"p": entry().model_dump(), "q": entry(seed=1).model_dump()}
    write_params(tmp_path, {"infer": tree})
    monkeypatch.chdir(tmp_path)


def test_the_stage_writes_the_same_bytes_each_time(pipeline: None) -> None:
    table = paths.details("infer", "d") / "projections" / "p.csv"
    contents = []
    for seed in range(2):
        torch.manual_seed(seed)  # chance is the entry's alone
        np.random.seed(seed)
        project.project("infer", "p")
        contents.append(table.read_bytes())
    assert contents[0] == contents[1]
    with table.open() as file:
        found = list(csv.reader(file))
    assert found[0] == ["x", "member", "value", "first", "second"]
    expected = points.rows(network(), entry(), *signals(), "p")
    np.testing.assert_allclose(np.array(found[1:], float), np.array(expected, float), rtol=1e-4)


def test_an_unknown_projection_is_one_line(pipeline: None) -> None:
    expected = r"^pipelines/infer/params\.yaml: projections\.r: unknown; expected one of p, q$"
    with pytest.raises(InputError, match=expected):
        project.project("infer", "r")
