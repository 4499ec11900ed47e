"""Any signal, with as many sample paths and as far as asked."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from support.law_signals import draw, info
from tidemark.core.errors import InputError
from tidemark.core.store import Split
from tidemark.core.trained import Trained, TrainedInfo
from tidemark.infer.figures.example import figure, inferred
from tidemark.infer.laws.gaussian_process import Law
from tidemark.infer.learning import conditioned
from tidemark.infer.models.learned_covariance import Hyperparameters, Model

LAW = Law(points=12, context=4)


@pytest.fixture
def split() -> Split:
    return draw(LAW, 3)


@pytest.fixture
def model() -> Trained:
    torch.manual_seed(0)
    described = TrainedInfo("model", "learned_covariance", {}, causal=False, parameters=0, dataset=info(LAW))
    return Trained(described, Model(Hyperparameters(), 2, 12).eval(), torch.device("cpu"))


@pytest.mark.parametrize("steps", [1, 5, None])
def test_the_first_steps_are_those_of_the_whole_signal(
    model: Trained, split: Split, steps: int | None
) -> None:
    pair = inferred(model, split, 2, paths=20, steps=steps)
    count = steps or 8
    assert int(pair.inferred.sum()) == count and pair.paths.shape == (20, 16 + count)
    context, target = (torch.from_numpy(split[name][2:]) for name in ("context", "target"))
    network = model.network
    assert isinstance(network, Model)
    with torch.no_grad():
        whole = conditioned(network.covariance(context), context, target, torch.zeros(1, 0, 24))
    np.testing.assert_allclose(pair.mean[16:], whole[0, 0, 16 : 16 + count], rtol=1e-4, atol=1e-5)
    np.testing.assert_array_equal(pair.target[16:], split["target"][2, 0, 16 : 16 + count])
    assert np.isnan(pair.mean[:16]).all() and np.isnan(pair.paths[:, :16]).all()


@pytest.mark.parametrize("paths", [0, 7])
def test_every_path_is_a_line(model: Trained, split: Split, paths: int) -> None:
    (axes,) = figure(model, split, 1, paths, 6).axes
    assert sum(line.get_linewidth() == 0.6 for line in axes.get_lines()) == paths


@pytest.mark.parametrize(
    ("chosen", "words"),
    [((3, 1, None), "signals 0 to 2"), ((0, -1, None), "--paths -1"), ((0, 1, 0), "--steps 0")],
)
def test_what_there_is_not_is_refused(
    model: Trained, split: Split, chosen: tuple[int, int, int | None], words: str
) -> None:
    with pytest.raises(InputError, match=words):
        figure(model, split, *chosen)
