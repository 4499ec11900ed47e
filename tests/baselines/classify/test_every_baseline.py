"""What every baseline that classifies must do, each found by its file."""

from typing import Any

import numpy as np
import pytest
from sklearn.metrics import cohen_kappa_score

from support.activity_windows import INFO, draw
from tidemark.core import registry

SMALL: dict[str, dict[str, Any]] = {
    "majority": {},
    "mini_rocket": {"features": 168, "averaged": 2},
    "random_forest": {"trees": 20},
}
EVERY = sorted(registry.names("baselines/classify"))
every_baseline = pytest.mark.parametrize("method", EVERY)


def learned(method: str, **changed: Any) -> tuple[Any, Any, Any]:
    module = registry.load("baselines/classify", method, "method")
    options = module.Options(**SMALL[method] | changed)
    return module, options, module.learn(draw(90, 1), draw(40, 2), INFO, options)


def test_every_baseline_is_tried() -> None:
    assert sorted(SMALL) == EVERY


@every_baseline
def test_probabilities_sum_to_one_and_a_class_never_seen_has_none(method: str) -> None:
    module, options, known = learned(method)
    found = module.estimate(draw(25, 3), INFO, options, known)
    assert found.shape == (25, 4)
    np.testing.assert_allclose(found.sum(1), 1)
    assert found.min() >= 0
    assert not found[:, 3].any()


@every_baseline
def test_a_window_by_itself_has_what_it_has_among_others(method: str) -> None:
    module, options, known = learned(method)
    test = draw(6, 3)
    whole = module.estimate(test, INFO, options, known)
    for place in (0, 5):
        alone = {name: array[place : place + 1] for name, array in test.items()}
        np.testing.assert_allclose(module.estimate(alone, INFO, options, known)[0], whole[place], atol=1e-5)
    nothing = {name: array[:0] for name, array in test.items()}
    assert module.estimate(nothing, INFO, options, known).shape == (0, 4)


@every_baseline
def test_it_is_the_same_every_time(method: str) -> None:
    found = []
    for _ in range(2):
        module, options, known = learned(method)
        found.append(module.estimate(draw(10, 3), INFO, options, known))
    np.testing.assert_array_equal(*found)


@pytest.mark.parametrize("method", [method for method in EVERY if method != "majority"])
def test_it_tells_apart_what_is_easy(method: str) -> None:
    module, options, known = learned(method)
    test = draw(60, 3)
    found = module.estimate(test, INFO, options, known)
    assert cohen_kappa_score(test["label"], found.argmax(1)) > 0.8


@every_baseline
def test_two_classes_are_enough(method: str) -> None:
    module = registry.load("baselines/classify", method, "method")
    options = module.Options(**SMALL[method])
    splits = []
    for seed in (1, 2, 3):
        split = draw(60, seed)
        splits.append({name: array[split["label"] != 1] for name, array in split.items()})
    known = module.learn(splits[0], splits[1], INFO, options)
    found = module.estimate(splits[2], INFO, options, known)
    np.testing.assert_allclose(found.sum(1), 1)
    assert not found[:, [1, 3]].any()
