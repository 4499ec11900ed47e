"""Mixtures of predictions, against sums written out."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from scipy.stats import norm

from tidemark.infer.mixtures import averaged, resampled


def test_moments_and_sequential_weights_are_those_of_bayes_rule() -> None:
    random = np.random.default_rng(0)
    rows = random.normal(size=(3, 1, 8, 6))
    rows[:, :, [1, 3]] = random.uniform(0.5, 1.5, (3, 1, 2, 6))
    truth = random.normal(size=6)
    truth[[0, 3]] = np.nan  # a given point, and one that nobody knows
    chosen = torch.tensor([[2, 0, 1]])
    found = averaged(torch.from_numpy(rows), torch.from_numpy(truth)[None, None], chosen)[0].numpy()
    weight = np.ones(3)
    for t in range(6):
        for row, share in ((0, np.full(3, 1 / 3)), (2, weight / weight.sum())):
            mean, std = rows[:, 0, row, t], rows[:, 0, row + 1, t]
            first, second = (share * mean).sum(), (share * (std**2 + mean**2)).sum()
            assert found[row, t] == pytest.approx(first)
            assert found[row + 1, t] == pytest.approx(np.sqrt(second - first**2))
        if np.isfinite(truth[t]):
            weight = weight * norm.pdf(truth[t], rows[:, 0, 2, t], rows[:, 0, 3, t])
    for path, component in enumerate((2, 0, 1)):
        np.testing.assert_array_equal(found[5 + path], rows[component, 0, 5 + path])


def test_resampling_draws_by_weight() -> None:
    weight = np.array([[0.5, 0.25, 0.125, 0.125], [0.0, 1.0, 0.0, 0.0]])
    with np.errstate(divide="ignore"):
        found = resampled(torch.from_numpy(np.log(weight)) + 7, 800)
    for row in range(2):
        counts = np.bincount(found[row].numpy(), minlength=4)
        np.testing.assert_allclose(counts / 800, weight[row], atol=2 / 800)
