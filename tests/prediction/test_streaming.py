"""Batches of rows get the estimates of their own samples, however both are cut."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from tidemark.prediction.streaming import Waiting


@settings(max_examples=100, deadline=None)
@given(st.data())
def test_every_batch_gets_its_own_estimates(data):
    """Some batches hold no sample, and estimates may end where a batch does."""
    sizes = data.draw(st.lists(st.integers(0, 5), min_size=1, max_size=8))
    total = sum(sizes)
    late = data.draw(st.integers(0, 6))  # samples that have to come before an estimate does
    signal = np.arange(2.0 * total).reshape(2, total)
    waiting, came, known, got = Waiting(), 0, 0, []
    for number, size in enumerate(sizes):
        waiting.put(number, np.arange(size), size)
        came += size
        parts = []
        while known < came - late:
            length = data.draw(st.integers(1, came - late - known))
            parts.append(signal[:, known : known + length])
            known += length
        got += waiting.take(parts)
    got += waiting.take([signal[:, known:]])
    expected = np.split(signal, np.cumsum(sizes)[:-1], axis=1)
    assert [number for number, _ in got] == list(range(len(sizes)))
    for (_, own), part in zip(got, expected, strict=True):
        np.testing.assert_array_equal(own, part)


def test_rows_are_told_from_the_samples_between_them():
    waiting = Waiting()
    waiting.put("rows", np.array([0, 3]), 4)
    ((_, own),) = waiting.take([np.array([[1.0, 2.0]]), np.array([[3.0, 4.0]])])
    np.testing.assert_array_equal(own, [[1, 4]])
