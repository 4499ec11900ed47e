"""Missing values, each from the window in which it is most central, whatever the pieces."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tidemark.infer.prediction import central
from tidemark.infer.prediction.central import Central

NAN = np.nan


def level(windows):
    """Mean of what is present, so that every window says something else of a value."""
    count = (~np.isnan(windows)).sum((1, 2), keepdims=True)
    assert (count > 0).all()
    return np.broadcast_to(np.nansum(windows, (1, 2), keepdims=True) / count, windows.shape)


def naive(signal, length):
    """Each missing value from the window with the nearest middle, the earlier of two."""
    samples = signal.shape[1]
    padded = np.pad(signal, ((0, 0), (0, max(0, length - samples))), constant_values=NAN)
    last = max(0, samples - length)
    starts = np.append(np.arange(0, last, max(1, length // 2)), last)
    result = signal.copy()
    for channel, sample in np.argwhere(np.isnan(signal)):
        start = starts[np.abs(starts + (length - 1) / 2 - sample).argmin()]
        window = padded[None, :, start : start + length]
        if np.isfinite(window).any():
            result[channel, sample] = level(window)[0, channel, sample - start]
    return result


def through(signal, length, cuts):
    """The signal through `Central` in pieces that end at `cuts`."""
    values = Central(level, len(signal), length)
    parts = [part for piece in np.split(signal, cuts, axis=1) for part in values.add(piece)]
    return np.concatenate([np.empty((len(signal), 0)), *parts, *values.finish()], axis=1)


@settings(max_examples=150, deadline=None)
@given(
    samples=st.integers(1, 150),
    length=st.integers(1, 20),
    channels=st.integers(1, 2),
    batch=st.integers(1, 200),
    share=st.sampled_from([0.0, 0.1, 0.6, 0.95, 1.0]),
    pieces=st.integers(0, 6),
    seed=st.integers(0, 99),
)
def test_equals_a_loop_over_values(samples, length, channels, batch, share, pieces, seed):
    random = np.random.default_rng(seed)
    signal = random.standard_normal((channels, samples))
    signal[random.random(signal.shape) < share] = NAN
    cuts = np.sort(random.integers(0, samples + 1, pieces))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(central, "BATCH_VALUES", batch)
        result = through(signal, length, cuts)
        np.testing.assert_array_equal(result, through(signal, length, []))
    np.testing.assert_allclose(result, naive(signal, length), rtol=1e-12)
    present = ~np.isnan(signal)
    np.testing.assert_array_equal(result[present], signal[present])


def test_windows_from_which_nothing_is_taken_are_not_asked_for(monkeypatch):
    seen = []

    def watch(windows):
        seen.append(windows.copy())
        return level(windows)

    signal = np.arange(2000.0).reshape(2, 1000)
    signal[1, 503:508] = NAN
    values = Central(watch, 2, 20)
    parts = [*values.add(signal), *values.finish()]
    assert np.isfinite(np.concatenate(parts, axis=1)).all()
    assert [len(windows) for windows in seen] == [2]
    assert seen[0][:, 0, 0].tolist() == [490, 500]  # middles at 499.5 and 509.5


def test_memory_does_not_grow_with_the_signal():
    values = Central(level, 2, 50)
    held = 0
    for _ in range(300):
        list(values.add(np.full((2, 1000), 1.0)))
        held = max(held, values._signal.shape[1] + sum(part.shape[1] for part in values._arrived))
    assert held < 12_000


def test_an_estimator_that_returns_another_shape_is_refused():
    values = Central(lambda windows: windows[:, :1], 2, 5)
    with pytest.raises(ValueError, match=r"inferred shape \(1, 1, 5\) for \(1, 2, 5\)"):
        list(values.add(np.array([[1.0, NAN], [2.0, 3.0]]))), list(values.finish())
