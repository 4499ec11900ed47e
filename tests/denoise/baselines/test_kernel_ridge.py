"""Kernel ridge regression against its closed form."""

from __future__ import annotations

import numpy as np
import pytest

from tidemark.core.errors import InputError
from tidemark.core.store import DatasetInfo, Split
from tidemark.denoise.baselines import kernel_ridge
from tidemark.denoise.baselines.kernel_ridge import Options

INFO = DatasetInfo("some", "denoise", "sine", 2, 16, 1.0, "sample", "", 0, {"test": 1})


def some(count: int, seed: int) -> Split:
    random = np.random.default_rng(seed)
    clean = 3 + random.normal(size=(count, 2, 1)) * np.sin(
        np.arange(16) / 2 + random.normal(size=(count, 1, 1))
    )
    return {"clean": clean, "noisy": clean + 0.1 * random.normal(size=clean.shape)}


@pytest.mark.parametrize("centred", [False, True])
def test_it_is_the_closed_form(centred: bool) -> None:
    train, test = some(30, 0), some(5, 1)
    options = Options(penalty=0.3, gamma=2.0, centred=centred)
    learned = kernel_ridge.learn(train, some(4, 2), INFO, options)

    def rows(signals: np.ndarray, of: np.ndarray) -> np.ndarray:
        return (signals - (of.mean(-1, keepdims=True) if centred else 0)).reshape(len(signals), -1)

    def kernel(a: np.ndarray, b: np.ndarray) -> np.ndarray:
        return np.exp(-2.0 * np.square(a[:, None] - b[None]).mean(-1))

    known = rows(train["noisy"], train["noisy"])
    weights = np.linalg.solve(kernel(known, known) + 0.3 * np.eye(30), rows(train["clean"], train["noisy"]))
    expected = (kernel(rows(test["noisy"], test["noisy"]), known) @ weights).reshape(5, 2, 16)
    if centred:
        expected = expected + test["noisy"].mean(-1, keepdims=True)
    np.testing.assert_allclose(kernel_ridge.estimate(test, INFO, options, learned), expected, atol=1e-9)


def test_only_the_first_signals_are_learned_from() -> None:
    train, options = some(30, 0), Options(signals=10)
    few = {name: values[:10] for name, values in train.items()}
    estimates = [
        kernel_ridge.estimate(some(5, 1), INFO, options, kernel_ridge.learn(each, each, INFO, options))
        for each in (train, few)
    ]
    np.testing.assert_array_equal(*estimates)


def test_signals_of_another_length_are_refused() -> None:
    train = some(30, 0)
    learned = kernel_ridge.learn(train, train, INFO, Options())
    short = {name: values[..., :8] for name, values in train.items()}
    with pytest.raises(InputError, match="signals of 'some' have 16 values, but those learned from 32"):
        kernel_ridge.estimate(short, INFO, Options(), learned)
