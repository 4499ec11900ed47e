"""Series continued by a forecaster: scaling, many at once, more steps than its horizon."""

import numpy as np
import pytest

from support.models import signals
from tidemark.core.errors import InputError
from tidemark.forecast.prediction import rolling

NAN = np.nan


class Linear:
    """A forecaster that answers with fixed linear maps of what it is given."""

    def __init__(self, seed=0, **info):
        self.info = signals(**{"task": "forecast", "length": 12, "horizon": 3} | info)
        size = (self.info.channels * self.info.length, self.info.channels * self.info.horizon)
        self.map = np.random.default_rng(seed).normal(0, 0.3, size)
        self.seen = []

    def __call__(self, past):
        assert past.shape[1:] == (self.info.channels, self.info.length)
        assert past.dtype == np.float32
        assert np.isfinite(past).all()
        self.seen.append(past)
        flat = past.reshape(len(past), -1).astype(float)
        return (flat @ self.map).reshape(len(past), self.info.channels, self.info.horizon)


def continued(model, past, steps):
    return rolling.continued(model.info, model, past, steps)


def walks(count=5, length=12, seed=0):
    return np.random.default_rng(seed).standard_normal((count, length)).cumsum(-1)


def test_the_models_scaling_is_applied_and_undone():
    model, past = Linear(mean=[100.0], std=[4.0]), 100 + 4 * walks()
    expected = (past - 100) / 4 @ model.map * 4 + 100
    np.testing.assert_allclose(continued(model, past, 3), expected, rtol=1e-6)
    np.testing.assert_allclose(model.seen[0][:, 0], (past - 100) / 4, rtol=1e-6)


def test_a_window_is_scaled_by_itself_as_well():
    model, past = Linear(normalisation="window"), 50 + 7 * walks()
    level = past.mean(1, keepdims=True)
    size = np.abs(past - level).max(1, keepdims=True)
    np.testing.assert_allclose(continued(model, past, 3), ((past - level) / size @ model.map) * size + level)
    assert np.abs(model.seen[0]).max() == 1


@pytest.mark.parametrize("steps", [2, 3, 10])
@pytest.mark.parametrize(("factor", "shift"), [(1e-9, 0.0), (1e9, 0.0), (-2.0, 1000.0)])
def test_a_model_of_windows_takes_any_unit(steps, factor, shift):
    model, past = Linear(normalisation="window"), walks()
    found = continued(model, factor * past + shift, steps)
    np.testing.assert_allclose(found, factor * continued(model, past, steps) + shift, rtol=1e-4)


@pytest.mark.parametrize("normalisation", ["standard", "window"])
def test_feeding_back_equals_asking_again_with_the_forecast_appended(normalisation):
    model, past = Linear(normalisation=normalisation, mean=[3.0], std=[2.0]), walks()
    known = past
    for _ in range(4):
        known = np.concatenate([known, continued(model, known[:, -12:], 3)], axis=1)
    found = continued(model, past, 11)
    assert found.shape == (5, 11)
    np.testing.assert_allclose(found, known[:, 12:23], rtol=1e-6)


def test_feeding_back_steps_of_a_known_recurrence():
    """x(t) = x(t − 1) + x(t − 2): the numbers of Fibonacci, one step at a time."""
    model = Linear(horizon=1)
    model.map = np.zeros((12, 1))
    model.map[-2:] = 1
    past = np.concatenate([np.zeros(10), [1, 1]])[None]
    assert continued(model, past, 9)[0].tolist() == [2, 3, 5, 8, 13, 21, 34, 55, 89]


def test_fewer_steps_are_the_first_ones():
    model, past = Linear(), walks()
    np.testing.assert_array_equal(continued(model, past, 2), continued(model, past, 3)[:, :2])


def test_many_series_equal_one_by_one_in_one_call():
    model, past = Linear(normalisation="window"), walks(40)
    together = continued(model, past, 8)
    assert [len(signals) for signals in model.seen] == [40, 40, 40]
    apart = np.concatenate([continued(model, series[None], 8) for series in past])
    np.testing.assert_allclose(together, apart, rtol=1e-5)


def test_channels_of_one_signal_each_with_its_own_scale():
    model = Linear(channels=2, mean=[0.0, 100.0], std=[1.0, 5.0])
    past = np.stack([walks(1)[0], 100 + 5 * walks(1, seed=1)[0]])
    scaled = (past - [[0], [100]]) / [[1], [5]]
    expected = (scaled.reshape(1, -1) @ model.map).reshape(2, 3) * [[1], [5]] + [[0], [100]]
    np.testing.assert_allclose(continued(model, past, 3), expected, rtol=1e-5)


def test_missing_values_are_interpolated_once():
    model, past = Linear(horizon=1), walks(1)
    past[0, :3] = past[0, 5] = past[0, 11] = NAN
    whole = past.copy()
    whole[0, :3], whole[0, 5], whole[0, 11] = past[0, 3], (past[0, 4] + past[0, 6]) / 2, past[0, 10]
    np.testing.assert_allclose(continued(model, past, 6), continued(model, whole, 6))


def test_a_forecast_that_runs_away_is_refused():
    model = Linear(horizon=1)
    model.map[:] = 1e9
    with pytest.raises(InputError, match="the forecast is infinite within .* steps") as error:
        continued(model, np.ones((1, 12)), 100)
    assert "\n" not in str(error.value)


def test_values_that_the_model_cannot_hold_are_refused():
    with pytest.raises(InputError, match="the series are too large for the model"):
        continued(Linear(), np.full((1, 12), 1e200), 3)
    assert continued(Linear(normalisation="window"), np.full((1, 12), 1e200), 3) == pytest.approx(1e200)


def test_a_model_with_a_history_sees_gaps_and_what_there_is_before_the_lookback():
    """By 12 last values as without; of others, scaled as the lookback is, it is shown as many as there are."""
    model, past = Linear(normalisation="window"), walks(1, length=17)
    past[0, 4] = NAN
    seen = []

    def forward(inputs):
        seen.append(inputs)
        return model(inputs[..., -12:])

    found = rolling.continued(model.info, forward, past, 9, history=8)
    np.testing.assert_allclose(found, continued(model, past[:, -12:], 9))
    assert [inputs.shape[-1] for inputs in seen] == [17, 20, 20]
    level, size = past[0, -12:].mean(), np.abs(past[0, -12:] - past[0, -12:].mean()).max()
    np.testing.assert_allclose(seen[0][0, 0], (past[0] - level) / size, rtol=1e-6)
