"""The forecasting task's loss and metrics, against their definitions written out in loops."""

import numpy as np
import pytest
import torch
from torch import Tensor

from tidemark.core.network import Network
from tidemark.forecast import learning, metrics
from tidemark.training.stored import on_device

NAN = np.nan


def signals(seed: int = 0) -> tuple[np.ndarray, dict[str, np.ndarray]]:
    random = np.random.default_rng(seed)
    past = random.standard_normal((6, 2, 30)).cumsum(-1).astype(np.float32)
    future = past[..., -1:] + random.standard_normal((6, 2, 4)).cumsum(-1).astype(np.float32)
    estimate = future + 0.3 * random.standard_normal(future.shape).astype(np.float32)
    future[2, 0, 1:] = NAN
    future[4] = NAN  # of which nothing is known
    return estimate, {"past": past, "future": future, "season": np.array([1, 1, 7, 7, 1, 7])}


def score(name: str, estimate: np.ndarray, split: dict[str, np.ndarray]) -> float:
    numerator, denominator = metrics.sums(estimate, split)[name]
    assert numerator.shape == denominator.shape == (len(estimate),)
    return float(metrics.metric(name, numerator.sum(), denominator.sum()))


# Loss


@pytest.mark.parametrize(
    ("kind", "definition"),
    [
        ("l1", lambda error, step: abs(error)),
        ("mse", lambda error, step: error**2),
        ("step_weighted_mse", lambda error, step: error**2 / (step + 1)),
    ],
)
def test_loss_is_the_mean_over_present_targets(kind: str, definition) -> None:
    estimate, split = signals()
    target = split["future"]
    terms = [
        definition(float(estimate[place]) - float(value), place[2])
        for place, value in np.ndenumerate(target)
        if not np.isnan(value)
    ]
    found = learning.loss(torch.from_numpy(estimate), torch.from_numpy(target), kind)
    assert found.item() == pytest.approx(np.mean(terms), rel=1e-5)


@pytest.mark.parametrize("kind", ["l1", "mse", "step_weighted_mse"])
def test_a_missing_target_gives_no_gradient(kind: str) -> None:
    estimate = torch.zeros(1, 1, 3, requires_grad=True)
    learning.loss(estimate, torch.tensor([[[1.0, NAN, -1.0]]]), kind).backward()
    assert estimate.grad is not None
    assert torch.isfinite(estimate.grad).all()
    assert (estimate.grad != 0).tolist() == [[[True, False, True]]]


def test_nothing_to_learn_is_no_loss() -> None:
    assert learning.loss(torch.ones(1, 1, 2), torch.full((1, 1, 2), NAN), "mse").item() == 0


# Metrics


def test_metrics_equal_their_definitions() -> None:
    estimate, split = signals()
    past, future = split["past"].astype(float), split["future"].astype(float)
    squared, first, spread, naive, scaled = [], [], [], [], []
    present = [value for value in future.ravel() if not np.isnan(value)]
    mean = sum(present) / len(present)
    for signal in range(6):
        ratios = []
        for channel in range(2):
            season = int(split["season"][signal])
            values = past[signal, channel]
            changes = [abs(values[t] - values[t - season]) for t in range(season, 30)]
            for step in range(4):
                target = future[signal, channel, step]
                if np.isnan(target):
                    continue
                error = float(estimate[signal, channel, step]) - target
                squared.append(error**2)
                spread.append((target - mean) ** 2)
                naive.append((values[-1] - target) ** 2)
                ratios.append(abs(error) / np.mean(changes))
                if step == 0:
                    first.append(error**2)
        if ratios:
            scaled.append(np.mean(ratios))
    expected = {
        "mse": np.mean(squared),
        "normalised_mse": sum(squared) / sum(spread),
        "one_step_mse": np.mean(first),
        "skill": 1 - sum(squared) / sum(naive),
        "mase": np.mean(scaled),
    }
    assert {name: score(name, estimate, split) for name in metrics.BETTER} == pytest.approx(
        expected, rel=1e-6
    )
    assert next(iter(metrics.sums(estimate, split))) == metrics.HEADLINE


def test_a_perfect_estimate() -> None:
    _, split = signals()
    perfect = {name: score(name, np.nan_to_num(split["future"]), split) for name in metrics.BETTER}
    assert perfect == {"mse": 0, "normalised_mse": 0, "one_step_mse": 0, "skill": 1, "mase": 0}


def test_the_last_value_has_no_skill_also_where_it_is_missing() -> None:
    _, split = signals()
    split["past"][1, 0, -3:] = NAN
    last = np.repeat(split["past"][..., -1:], 4, axis=-1)
    last[1, 0] = split["past"][1, 0, -4]
    assert score("skill", last, split) == pytest.approx(0, abs=1e-12)


def test_the_mean_of_all_futures_has_a_normalised_error_of_one() -> None:
    _, split = signals()
    mean = np.full(split["future"].shape, np.nanmean(split["future"].astype(float)))
    assert score("normalised_mse", mean, split) == pytest.approx(1, rel=1e-9)


def test_mase_by_hand() -> None:
    """Changes of 1, 2 and 3 a sample, so a naive error of 2; of 3 and 5 over a season of two, so 4."""
    split = {"past": np.array([[[0.0, 1.0, 3.0, 6.0]]]), "future": np.array([[[7.0, 9.0]]])}
    estimate = np.array([[[6.0, 6.0]]])
    assert score("mase", estimate, split) == pytest.approx((1 + 3) / 2 / 2)
    assert score("mase", estimate, split | {"season": np.array([2])}) == pytest.approx((1 + 3) / 2 / 4)


def test_mase_does_not_depend_on_the_unit() -> None:
    estimate, split = signals()
    unit = np.array([1e-3, 1e4])[:, None]  # each channel has its own
    other = split | {"past": split["past"] * unit, "future": split["future"] * unit}
    assert score("mase", estimate * unit, other) == pytest.approx(score("mase", estimate, split), rel=1e-4)


def test_mase_of_a_past_with_gaps_is_scaled_by_the_changes_that_are_known() -> None:
    split = {"past": np.array([[[0.0, 4.0, NAN, 0.0, NAN, 5.0, 7.0]]]), "future": np.array([[[8.0]]])}
    assert score("mase", np.array([[[5.0]]]), split) == pytest.approx(3 / np.mean([4, 2]))


def test_mase_leaves_out_what_has_no_scale() -> None:
    """The paper's one exception: all values of the past are equal."""
    past = np.array([[[1.0, 2.0, 3.0]], [[5.0, 5.0, 5.0]], [[NAN, 5.0, NAN]]])
    split = {"past": past, "future": np.array([[[4.0]], [[6.0]], [[6.0]]])}
    assert score("mase", np.array([[[6.0]], [[9.0]], [[9.0]]]), split) == pytest.approx(2)
    assert np.isnan(score("mase", np.full((3, 1, 1), 9.0), split | {"season": np.array([3, 3, 9])}))


def test_error_by_position() -> None:
    estimate, split = signals()
    split["future"][..., 3] = NAN
    found = metrics.error_by_position(estimate, split)
    assert found.shape == (4,)
    kept = [
        (float(estimate[place]) - float(value)) ** 2
        for place, value in np.ndenumerate(split["future"])
        if place[2] == 1 and not np.isnan(value)
    ]
    assert found[1] == pytest.approx(np.mean(kept), rel=1e-5)
    assert np.isnan(found[3])


# What else a task gives


def test_a_networks_input_has_no_gap() -> None:
    _, split = signals()
    split["past"][0, 0, 10] = NAN
    given = learning.inputs(split)
    assert given.dtype == np.float32
    assert given[0, 0, 10] == pytest.approx((given[0, 0, 9] + given[0, 0, 11]) / 2, rel=1e-6)
    np.testing.assert_array_equal(given[1:], split["past"][1:])


@pytest.mark.parametrize(("samples", "held"), [(5, 5), (20, 20), (99, 20)])
def test_a_network_with_a_history_sees_it_and_every_gap(samples: int, held: int) -> None:
    """What a network is shown, in training and in scoring alike, ends with the past."""
    _, split = signals()
    split["past"][0, 0, 10] = NAN
    split["history"] = np.random.default_rng(0).normal(size=(6, 2, 20))
    expected = np.concatenate([split["history"][..., 20 - held :], split["past"]], axis=-1).astype(np.float32)

    class Remembers(Network):
        history = samples

        def forward(self, past: Tensor) -> Tensor:
            np.testing.assert_array_equal(past.numpy(), expected)
            return past[..., -1:]

    metrics.predict(Remembers(), torch.device("cpu"), split)
    shown = on_device(split, learning.LEARNING, torch.device("cpu"), samples)
    np.testing.assert_array_equal(shown["past"], expected)


def test_without_a_recording_before_it_the_past_is_all_there_is() -> None:
    _, split = signals()
    np.testing.assert_array_equal(learning.LEARNING.seen(split, 7), np.asarray(split["past"], np.float32))


def test_an_example_is_the_past_then_the_future() -> None:
    estimate, split = signals()
    rows = np.array(list(metrics.example(estimate, split, 3)))
    assert rows.shape == (34, len(metrics.EXAMPLE))
    np.testing.assert_array_equal(rows[:, 0], np.arange(34))
    np.testing.assert_array_equal(rows[:30, 1], split["past"][3, 0])
    np.testing.assert_array_equal(rows[30:, 2:].T, [split["future"][3, 0], estimate[3, 0]])
    assert np.isnan(rows[:30, 2:]).all()
    assert np.isnan(rows[30:, 1]).all()
