"""One linear map for all signals, against scikit-learn's ridge regression and maps that are known."""

import numpy as np
import pytest
from sklearn.linear_model import Ridge

from tidemark.core.errors import InputError
from tidemark.core.store import DatasetInfo
from tidemark.forecast.baselines import linear_map

Options = linear_map.Options


def info(lookback: int, horizon: int) -> DatasetInfo:
    return DatasetInfo("some", "forecast", "x", 1, lookback, 1.0, "day", "", 0, {"test": 1}, horizon=horizon)


def random(count: int, samples: int, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).normal(size=(count, 1, samples)).cumsum(-1)


def by_ridge(train: np.ndarray, test: np.ndarray, level: str, scaled: bool) -> np.ndarray:
    """Windows (signals, 12 + 3) through scikit-learn."""

    def prepared(windows: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        past = windows[:, :12]
        base = {"none": 0 * past[:, :1], "mean": past.mean(1, keepdims=True), "last": past[:, -1:]}[level]
        size = past.std(1, keepdims=True) if scaled else np.ones_like(base)
        return (windows - base) / size, base, size

    inputs, _, _ = prepared(train)
    model = Ridge(alpha=0.05 * len(train), fit_intercept=False).fit(inputs[:, :12], inputs[:, 12:])
    given, base, size = prepared(test)
    return np.asarray(model.predict(given[:, :12]) * size + base)


@pytest.mark.parametrize("level", ["none", "mean", "last"])
@pytest.mark.parametrize("scaled", [False, True])
def test_it_is_ridge_regression(level: str, scaled: bool) -> None:
    train, test = random(60, 15), random(7, 15, 1)
    options = Options(penalty=0.05, level=level, scaled=scaled)
    learned = linear_map.learn({"past": train[..., :12], "future": train[..., 12:]}, {}, info(12, 3), options)
    found = linear_map.estimate({"past": test[..., :12]}, info(12, 3), options, learned)
    np.testing.assert_allclose(found[:, 0], by_ridge(train[:, 0], test[:, 0], level, scaled), atol=1e-8)


def test_a_moving_average_and_the_rest_have_maps_of_their_own() -> None:
    """Of equal penalties on both maps, so on the inputs' sum and difference: ridge on both side by side."""
    train = random(50, 15)
    options = Options(penalty=0.01, level="none", average=5)
    learned = linear_map.learn({"past": train[..., :12], "future": train[..., 12:]}, {}, info(12, 3), options)
    past = train[:, 0, :12]
    padded = np.concatenate([past[:, :1]] * 2 + [past] + [past[:, -1:]] * 2, axis=1)
    slow = np.stack([padded[:, t : t + 5].mean(1) for t in range(12)], axis=1)
    model = Ridge(alpha=0.5, fit_intercept=False)
    model.fit(np.concatenate([slow, past - slow], axis=1), train[:, 0, 12:])
    np.testing.assert_allclose(learned, model.coef_.T, atol=1e-8)


def test_windows_with_gaps_in_the_future_do_not_teach() -> None:
    train = random(40, 15)
    whole = {"past": train[1:, :, :12], "future": train[1:, :, 12:]}
    train[0, 0, -1] = np.nan
    options = Options()
    learned = linear_map.learn({"past": train[..., :12], "future": train[..., 12:]}, {}, info(12, 3), options)
    np.testing.assert_array_equal(learned, linear_map.learn(whole, {}, info(12, 3), options))
    with pytest.raises(InputError, match="no training window of 'some' is whole"):
        nothing = np.full((2, 1, 3), np.nan)
        linear_map.learn({"past": train[:2, :, :12], "future": nothing}, {}, info(12, 3), options)
