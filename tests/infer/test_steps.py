"""Injected steps are measured as what they are: sudden or fading, in either direction, towards the partner."""

from __future__ import annotations

import numpy as np
import pytest

from support.law_signals import draw, info
from tidemark.core.store import Array, Split
from tidemark.infer import metrics, steps
from tidemark.infer.laws.gaussian_process import Law
from tidemark.infer.learning import ROWS
from tidemark.infer.limits import exact_posterior

PAIRS = Law(points=40, context=10, noise_std=0.05)


@pytest.fixture(scope="module")
def split() -> Split:
    return draw(PAIRS, 300)


@pytest.fixture(scope="module")
def exact(split: Split) -> Array:
    """The exact posterior's mean, (signals, points): the prediction that a step is injected into."""
    return exact_posterior.estimate(split, info(PAIRS), exact_posterior.Options())[:, 0]


def score(name: str, mean: Array, split: Split) -> float:
    numerator, denominator = steps.sums(mean, split)[name]
    return float(metrics.metric(name, numerator.sum(), denominator.sum()))


def place(split: Split) -> Array:
    """Of each point among the inferred ones, from 0; below 0 if it is given; (signals, points)."""
    return np.cumsum(np.isnan(split["context"][:, 2]), 1) - 1


@pytest.mark.parametrize("size", [-2.0, -0.5, 0.3, 2.0, 6.0])
def test_a_step_that_lasts_is_a_step_and_an_offset_of_its_size(
    split: Split, exact: Array, size: float
) -> None:
    moved = exact + size
    for name in ("step", "offset"):
        assert score(name, moved, split) - score(name, exact, split) == pytest.approx(size)
        assert score(name, moved, split) == pytest.approx(size, abs=0.02)  # the exact mean has none
        beyond = score(f"{name}_rms", moved, split) ** 2 - score(f"{name}_rms", exact, split) ** 2
        assert beyond == pytest.approx(size**2, rel=0.1)


@pytest.mark.parametrize("size", [-2.0, 1.0])
@pytest.mark.parametrize("fading", [2.0, 8.0])
def test_a_step_that_fades_has_the_same_size_and_a_smaller_offset(
    split: Split, exact: Array, size: float, fading: float
) -> None:
    injected = size * np.exp(-place(split) / fading)
    moved = exact + injected
    assert score("step", moved, split) - score("step", exact, split) == pytest.approx(size)
    left = size * np.exp(-np.arange(1, 30) / fading).mean()
    assert score("offset", moved, split) - score("offset", exact, split) == pytest.approx(left)


def test_a_sudden_error_of_one_point_is_a_step_without_offset(split: Split, exact: Array) -> None:
    moved = exact + 3.0 * (place(split) == 0)
    assert score("step", moved, split) == pytest.approx(3, abs=0.02)
    assert score("offset", moved, split) == score("offset", exact, split)


def test_an_error_that_sets_in_later_is_an_offset_without_step(split: Split, exact: Array) -> None:
    moved = exact + 3.0 * (place(split) >= 1)
    assert score("offset", moved, split) == pytest.approx(3, abs=0.02)
    assert score("step", moved, split) == score("step", exact, split)


def test_steps_in_both_directions_cancel_in_the_mean_alone(split: Split, exact: Array) -> None:
    moved = exact + 2.0 * (-1.0) ** np.arange(len(exact))[:, None]
    for name in ("step", "offset"):
        assert abs(score(name, moved, split)) < 0.02
        assert score(f"{name}_rms", moved, split) == pytest.approx(2, abs=0.02)


@pytest.mark.parametrize("share", [0.0, 0.25, 1.0])
def test_leaving_for_the_level_of_the_partner_is_measured_as_a_share_of_the_way(
    split: Split, exact: Array, share: float
) -> None:
    """Naively: point by point, from the last given point, since positions come in order."""
    way = []
    for member, value in split["context"][:, 1:].astype(np.float64):
        first = int(np.isnan(value).argmax())
        partner = member != member[first]
        way.append(value[partner].mean() - value[first - 1])
    moved = exact + share * np.array(way)[:, None]
    for name in ("step_to_partner", "offset_to_partner"):
        assert score(name, moved, split) == pytest.approx(share, abs=0.01)
        assert score(name, moved, split) - score(name, exact, split) == pytest.approx(share)


def test_a_single_sequence_has_no_partner_and_no_later_point_no_offset() -> None:
    one = draw(Law(members=1, offset_std=0, points=12, context=11), 5)
    found = steps.sums(np.zeros((5, 12)), one)
    assert set(found) == {"step", "step_rms"}
    estimate = np.ones((5, len(ROWS) + 3, 12))
    assert "fed_back_offset_rms" not in metrics.sums(estimate, one)


def test_signals_whose_first_value_is_not_known_count_for_no_step(split: Split, exact: Array) -> None:
    target = split["target"].copy()
    target[::2][place(split)[::2][:, None] == 0] = np.nan
    other = {"context": split["context"], "target": target}
    odd = {name: array[1::2] for name, array in split.items()}
    for name in ("step", "step_rms", "step_to_partner"):
        assert score(name, exact + 1, other) == pytest.approx(score(name, exact[1::2] + 1, odd))
