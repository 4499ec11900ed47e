"""What every baseline that classifies must do, each found by its file."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from sklearn.metrics import cohen_kappa_score

from support.activity_windows import INFO, draw
from tidemark.core import registry
from tidemark.core.errors import InputError
from tidemark.core.method import Method
from tidemark.core.store import Array

SMALL: dict[str, dict[str, Any]] = {
    "gradient_boosting": {"rounds": 10, "smallest_leaf": 3},
    "majority": {},
    "mini_rocket": {"features": 168, "averaged": 2},
    "random_forest": {"trees": 20},
}
EVERY = sorted(registry.names("classify/baselines"))
every_baseline = pytest.mark.parametrize("method", EVERY)


def load(method: str) -> tuple[Callable[..., Any], Callable[..., Array], Any]:
    """How it is fitted, how it predicts, and its options."""
    found = registry.load("classify/baselines", method, "method", Method)
    assert found.fit is not None
    return found.fit, found.predict, found.options(**SMALL[method])


def fitted(method: str) -> tuple[Callable[..., Array], Any, Any]:
    fit, predict, options = load(method)
    return predict, options, fit(draw(90, 1), draw(40, 2), INFO, options)


def test_every_baseline_is_tried() -> None:
    assert sorted(SMALL) == EVERY


@every_baseline
def test_probabilities_sum_to_one_and_a_class_never_seen_has_none(method: str) -> None:
    predict, options, known = fitted(method)
    found = predict(draw(25, 3), INFO, options, known)
    assert found.shape == (25, 4)
    np.testing.assert_allclose(found.sum(1), 1)
    assert found.min() >= 0
    assert not found[:, 3].any()


@every_baseline
def test_a_window_by_itself_has_what_it_has_among_others(method: str) -> None:
    predict, options, known = fitted(method)
    test = draw(6, 3)
    whole = predict(test, INFO, options, known)
    for place in (0, 5):
        alone = {name: array[place : place + 1] for name, array in test.items()}
        np.testing.assert_allclose(predict(alone, INFO, options, known)[0], whole[place], atol=1e-5)
    nothing = {name: array[:0] for name, array in test.items()}
    assert predict(nothing, INFO, options, known).shape == (0, 4)


@every_baseline
def test_it_is_the_same_every_time(method: str) -> None:
    found = []
    for _ in range(2):
        predict, options, known = fitted(method)
        found.append(predict(draw(10, 3), INFO, options, known))
    np.testing.assert_array_equal(*found)


@pytest.mark.parametrize("method", [method for method in EVERY if method != "majority"])
def test_it_recognises_what_is_easy(method: str) -> None:
    predict, options, known = fitted(method)
    test = draw(60, 3)
    found = predict(test, INFO, options, known)
    assert cohen_kappa_score(test["label"], found.argmax(1)) > 0.8


@pytest.mark.parametrize("method", ["random_forest", "gradient_boosting"])
def test_leaves_that_no_tree_can_have_are_refused(method: str) -> None:
    fit, _, options = load(method)
    train = draw(30, 1)
    fit(train, train, INFO, options.model_copy(update={"smallest_leaf": 15}))
    with pytest.raises(InputError, match=rf"^{method}: smallest_leaf = 16: .* 30 .* set it to 15 or less$"):
        fit(train, train, INFO, options.model_copy(update={"smallest_leaf": 16}))


@every_baseline
def test_two_classes_are_enough(method: str) -> None:
    fit, predict, options = load(method)
    splits = []
    for seed in (1, 2, 3):
        split = draw(60, seed)
        splits.append({name: array[split["label"] != 1] for name, array in split.items()})
    known = fit(splits[0], splits[1], INFO, options)
    found = predict(splits[2], INFO, options, known)
    np.testing.assert_allclose(found.sum(1), 1)
    assert not found[:, [1, 3]].any()
