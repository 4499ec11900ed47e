"""The transform's forecast of dataset signals is that of the window, repeated."""

import numpy as np

from support.figures import results
from support.scored import predictor
from tidemark.forecast.figures import continuation
from tidemark.forecast.figures.view import VIEW
from tidemark.report.figures.signals import Example
from tidemark.report.figures.style import styled


def test_a_signal_is_continued_by_its_own_beginning() -> None:
    past, future = np.random.default_rng(0).normal(size=(2, 40))
    nothing = np.full(40, np.nan)
    signal = Example(
        np.arange(80.0),
        np.concatenate([past, nothing]),
        np.concatenate([nothing, future]),
        np.concatenate([nothing, future]),
    )
    with styled():
        drawn, amplitudes = continuation.continued([signal]).axes
    lines = {line.get_color(): line.get_ydata() for line in drawn.lines}
    np.testing.assert_allclose(lines[continuation.RECTANGULAR], past, atol=1e-10)
    np.testing.assert_allclose(lines[continuation.HAMMING], past * np.hamming(41)[:-1], atol=1e-10)
    error = np.mean(np.square(past - future))
    assert drawn.get_title(loc="left").startswith(f"MSE {error:.3g}"[:8])
    assert len(amplitudes.collections) == 2


def test_a_dataset_without_the_transform_has_no_such_figure() -> None:
    assert list(continuation.draw(results(VIEW, predictor("net", "model", mse=1.0)))) == []
