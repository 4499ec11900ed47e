"""Shares of places against convolutions written out, kernels against their description."""

import numpy as np
import pytest
from scipy.special import softmax
from sklearn.metrics import log_loss

from support.activity_windows import INFO, draw
from tidemark.baselines.classify import mini_rocket
from tidemark.baselines.classify.mini_rocket import PLACES, Options, fitted, transformed
from tidemark.core.errors import InputError

OPTIONS = Options(features=252, averaged=3, seed=2)


def test_there_are_84_kernels_that_sum_to_zero() -> None:
    assert len(set(PLACES)) == 84
    assert all(2 * len(places) - (9 - len(places)) == 0 for places in PLACES)


def test_features_are_shares_of_places_above_the_threshold() -> None:
    signal = draw(40, 1)["signal"]  # more than are worked on at once
    kernels = fitted(signal, OPTIONS)
    found = transformed(signal, kernels, OPTIONS)
    assert found.shape == (40, 252) and found.dtype == np.float32
    window = signal[37].astype(np.float64).reshape(3, -1, 3).mean(2)
    samples, column = window.shape[1], 0
    for each in kernels:
        for number, places in enumerate(PLACES):
            weights = np.full(9, -1.0)
            weights[list(places)] = 2
            seen = window[each.axes[number] == 1].sum(0)
            reach = 4 * each.dilation
            padded = np.pad(seen, reach)
            answer = np.array([
                sum(weights[k] * padded[t + k * each.dilation] for k in range(9)) for t in range(samples)
            ])  # fmt: skip
            if number % 2:
                answer = answer[reach : samples - reach]
            for threshold in each.thresholds[number]:
                # One place more or less: the threshold is itself an answer, rounded.
                assert found[37, column] == pytest.approx((answer > threshold).mean(), abs=1.01 / len(answer))
                column += 1
    assert column == found.shape[1]


def test_dilations_double_up_to_the_length_of_a_window() -> None:
    kernels = fitted(draw(5)["signal"], Options(features=84 * 16, averaged=1))
    dilation = np.array([each.dilation for each in kernels])
    assert dilation[0] == 1 and (np.diff(dilation) > 0).all()
    assert 8 * dilation[-1] < 300 <= 8 * (dilation[-1] + 1) + 8
    assert sum(each.thresholds.shape[1] for each in kernels) == 16
    assert all(set(np.unique(each.axes)) <= {0, 1} and each.axes.any(1).all() for each in kernels)


@pytest.mark.parametrize("features", [84, 300, 84 * 40])
def test_there_are_about_as_many_features_as_asked_for(features: int) -> None:
    signal = draw(4)["signal"]
    options = Options(features=features, averaged=4)
    assert transformed(signal, fitted(signal, options), options).shape == (4, features // 84 * 84)


def test_its_sharpness_makes_validation_windows_likeliest() -> None:
    validation = draw(60, 2, noise=0.6)
    learned = mini_rocket.learn(draw(80, 1, noise=0.6), validation, INFO, OPTIONS)
    answers = learned.classifier.decision_function(
        transformed(validation["signal"], learned.kernels, OPTIONS)
    )
    loss = [
        log_loss(validation["label"], softmax(factor * learned.sharpness * answers, axis=1))
        for factor in (0.9, 1, 1.1)
    ]
    assert loss[1] < min(loss[0], loss[2])


def test_what_it_cannot_learn_from_is_refused() -> None:
    train = draw(20)
    with pytest.raises(InputError, match="windows of 300 samples are 6 after averaging, a kernel has 9; set"):
        mini_rocket.learn(train, train, INFO, Options(averaged=50))
    same = {"signal": train["signal"], "label": np.zeros(20, dtype=np.int64)}
    with pytest.raises(InputError, match="all training windows of 'some' are of one class; choose a split"):
        mini_rocket.learn(same, train, INFO, OPTIONS)
