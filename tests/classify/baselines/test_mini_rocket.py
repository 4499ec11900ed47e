"""Features as published, averaged windows against sums written out, sharpness against its purpose."""

import numpy as np
import pytest
import torch
from scipy.special import softmax
from sklearn.metrics import log_loss

from support.activity_windows import INFO, draw
from tidemark.classify.baselines import mini_rocket
from tidemark.classify.baselines.mini_rocket import Options, averaged
from tidemark.core.errors import InputError

OPTIONS = Options(features=252, averaged=3, seed=2)


def test_a_window_is_averaged_over_neighbours_and_the_rest_left_out() -> None:
    signal = np.random.default_rng(0).normal(size=(2, 3, 11)).astype(np.float32)
    found = averaged(signal, OPTIONS)
    assert found.shape == (2, 3, 3) and found.dtype == np.float32
    for place in range(3):
        expected = (signal[..., 3 * place] + signal[..., 3 * place + 1] + signal[..., 3 * place + 2]) / 3
        np.testing.assert_allclose(found[..., place], expected, rtol=1e-5, atol=1e-7)


def test_many_windows_are_averaged_as_one_is(monkeypatch: pytest.MonkeyPatch) -> None:
    signal = draw(10, 1)["signal"]
    whole = averaged(signal, OPTIONS)
    monkeypatch.setattr(mini_rocket, "CHUNK", 4)
    np.testing.assert_array_equal(averaged(signal, OPTIONS), whole)


@pytest.mark.parametrize("features", [84, 300, 84 * 40])
def test_features_are_shares_and_about_as_many_as_wanted(features: int) -> None:
    train = draw(12)
    options = Options(features=features, averaged=4)
    learned = mini_rocket.learn(train, train, INFO, options)
    found = learned.features.transform(averaged(train["signal"], options))
    assert found.shape == (12, features // 84 * 84)
    assert found.min() >= 0 and found.max() <= 1 and found.std(0).max() > 0


def test_the_same_seed_gives_the_same_probabilities() -> None:
    train, test = draw(30, 1), draw(20, 2)
    first, again = (
        mini_rocket.estimate(test, INFO, OPTIONS, mini_rocket.learn(train, test, INFO, OPTIONS))
        for _ in range(2)
    )
    np.testing.assert_array_equal(first, again)


def test_its_sharpness_makes_validation_windows_likeliest() -> None:
    validation = draw(60, 2, noise=0.6)
    learned = mini_rocket.learn(draw(80, 1, noise=0.6), validation, INFO, OPTIONS)
    features = learned.features.transform(averaged(validation["signal"], OPTIONS))
    answers = learned.classifier.decision_function(features)
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


def test_threads_of_networks_stay_as_they_were() -> None:
    """Numba's own, when they start, would become those of torch, and sums depend on how many there are."""
    before = torch.get_num_threads()
    mini_rocket.learn(draw(40, 0), draw(20, 1), INFO, Options(features=84))
    assert torch.get_num_threads() == before
