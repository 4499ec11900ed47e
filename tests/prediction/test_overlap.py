"""Overlap-add against a version written from the definition, window by window on the whole array."""

from unittest import mock

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.signal.windows import hann

from tidemark.prediction import overlap
from tidemark.prediction.causal import CausalOverlapAdd
from tidemark.prediction.overlap import OverlapAdd, weights


def identity(windows):
    return windows


def uneven(windows):
    """Depends on the place in the window and on the other samples; fills gaps."""
    filled = np.nan_to_num(windows)
    return filled[..., ::-1] * 0.5 + filled.mean(-1, keepdims=True) + np.arange(windows.shape[-1])


def running_mean(windows):
    """A causal estimator."""
    filled = np.nan_to_num(windows.astype(np.float64))
    return np.cumsum(filled, axis=-1) / np.arange(1, windows.shape[-1] + 1)


def in_pieces(adder, signal, sizes):
    parts = []
    start = 0
    for size in sizes:
        parts += adder.add(signal[:, start : start + size])
        start += size
    parts += adder.add(signal[:, start:])
    parts += adder.finish()
    return np.concatenate(parts, axis=1)


def naive(signal, estimate, length, hop, causal):
    count = signal.shape[1]
    if causal:  # windows start as long as there are samples, and know nothing of what comes after
        padded = np.pad(signal, ((0, 0), (0, length)), constant_values=np.nan)
        starts = list(range(0, count, hop))
        signal = padded
    elif count < length:  # mirrored again and again, the last sample twice
        round_trip = np.concatenate([signal, signal[:, ::-1]], axis=1)
        signal = np.concatenate([round_trip] * length, axis=1)[:, :length]
    total = np.zeros(signal.shape)
    weight = np.zeros(signal.shape[1])
    if not causal:
        starts = list(range(0, signal.shape[1] - length + 1, hop))
        if starts[-1] + length < signal.shape[1]:
            starts.append(signal.shape[1] - length)
    for start in starts:
        window = signal[None, :, start : start + length]
        total[:, start : start + length] += weights(length, causal) * estimate(window)[0]
        weight[start : start + length] += weights(length, causal)
    with np.errstate(invalid="ignore"):
        result = total / weight
    result[np.isnan(signal)] = np.nan
    return result[:, :count]


@st.composite
def signals(draw):
    length = draw(st.integers(1, 12))
    hop = draw(st.integers(1, length))
    channels = draw(st.integers(1, 3))
    count = draw(st.integers(1, 80))
    rng = np.random.default_rng(draw(st.integers(0, 2**32)))
    signal = rng.standard_normal((channels, count)).astype(np.float32)
    signal[rng.random(signal.shape) < draw(st.sampled_from([0, 0.3]))] = np.nan
    sizes = draw(st.lists(st.integers(0, 30), max_size=8))
    batch = draw(st.integers(1, 200))
    return signal, length, hop, sizes, batch


@settings(max_examples=40, deadline=None)
@given(signals(), st.booleans())
def test_equals_the_definition_whatever_the_pieces(case, causal):
    signal, length, hop, sizes, batch = case
    with mock.patch.object(overlap, "BATCH_VALUES", batch):
        kind, estimate = (CausalOverlapAdd, running_mean) if causal else (OverlapAdd, uneven)
        pieces = in_pieces(kind(estimate, len(signal), length, hop), signal, sizes)
        whole = in_pieces(kind(estimate, len(signal), length, hop), signal, [])
        prompt = in_pieces(kind(estimate, len(signal), length, hop, prompt=True), signal, sizes)
    np.testing.assert_array_equal(pieces, whole)  # to the bit
    expected = naive(signal.astype(np.float64), estimate, length, hop, causal)
    np.testing.assert_allclose(pieces, expected, rtol=1e-5, atol=1e-5)
    np.testing.assert_allclose(prompt, expected, rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize("batch", [8, 40, 2**16])
def test_sums_of_two_windows_are_those_of_the_definition_to_the_bit(batch):
    """In whatever order the memory for them is used again; a zero keeps no sign."""
    signal = np.random.default_rng(0).standard_normal((2, 501)).astype(np.float32)
    signal[:, 100:140] = -0.0
    with mock.patch.object(overlap, "BATCH_VALUES", batch):
        known = in_pieces(OverlapAdd(identity, 2, 8), signal, [7, 100, 3])
    assert known.tobytes() == naive(signal, identity, 8, 4, causal=False).astype(np.float32).tobytes()


@settings(max_examples=40, deadline=None)
@given(signals(), st.booleans())
def test_promptly_each_estimate_comes_as_soon_as_it_can_be_known(case, causal):
    """At once, or when so many samples more have come that not even a window that ends there reaches it."""
    signal, length, hop, _, batch = case
    kind, estimate = (CausalOverlapAdd, running_mean) if causal else (OverlapAdd, uneven)
    with mock.patch.object(overlap, "BATCH_VALUES", batch):
        adder = kind(estimate, len(signal), length, hop, prompt=True)
        held, known = 0, 0
        for sample in range(signal.shape[1]):
            known += sum(part.shape[1] for part in adder.add(signal[:, sample : sample + 1]))
            assert known == (sample + 1 if causal else max(0, sample + 1 - length))
            held = max(held, adder._past.shape[1] if causal else adder._signal.shape[1])
        known += sum(part.shape[1] for part in adder.finish())
    assert known == signal.shape[1]
    assert held <= length + 1


@settings(max_examples=40, deadline=None)
@given(signals(), st.data())
def test_a_causal_estimate_does_not_depend_on_where_the_signal_ends(case, data):
    signal, length, hop, sizes, _ = case
    now = data.draw(st.integers(1, signal.shape[1]))
    whole = in_pieces(CausalOverlapAdd(running_mean, len(signal), length, hop), signal, sizes)
    part = in_pieces(CausalOverlapAdd(running_mean, len(signal), length, hop), signal[:, :now], [])
    np.testing.assert_array_equal(part, whole[:, :now])


@settings(max_examples=40, deadline=None)
@given(signals(), st.booleans())
def test_identity_gives_back_the_signal(case, causal):
    signal, length, hop, sizes, batch = case
    with mock.patch.object(overlap, "BATCH_VALUES", batch):
        kind = CausalOverlapAdd if causal else OverlapAdd
        result = in_pieces(kind(identity, len(signal), length, hop), signal, sizes)
    np.testing.assert_array_equal(result, signal)


@settings(max_examples=40, deadline=None)
@given(signals(), st.sampled_from([(OverlapAdd, uneven), (CausalOverlapAdd, running_mean)]))
def test_separate_channels_are_denoised_as_if_alone(case, able):
    signal, length, hop, sizes, _ = case
    kind, estimate = able
    together = in_pieces(kind(estimate, len(signal), length, hop, separate=True), signal, sizes)
    for channel, result in zip(signal, together, strict=True):
        alone = in_pieces(kind(estimate, 1, length, hop), channel[None], [])
        np.testing.assert_array_equal(result, alone[0])


@settings(max_examples=40, deadline=None)
@given(signals(), st.data())
def test_a_causal_estimator_stays_causal(case, data):
    signal, length, hop, sizes, _ = case
    now = data.draw(st.integers(0, signal.shape[1] - 1))
    changed = signal.copy()
    changed[:, now + 1 :] = 100.0
    results = [
        in_pieces(CausalOverlapAdd(running_mean, len(signal), length, hop), given, sizes)
        for given in (signal, changed)
    ]
    np.testing.assert_array_equal(results[0][:, : now + 1], results[1][:, : now + 1])


def test_an_estimator_that_looks_ahead_does_not():
    signal = np.zeros((1, 50), dtype=np.float32)
    changed = signal.copy()
    changed[:, 25:] = 100.0
    before, after = (in_pieces(OverlapAdd(uneven, 1, 20), given, []) for given in (signal, changed))
    assert not np.array_equal(before[:, :25], after[:, :25])


def test_weights_are_a_hann_window_between_its_zeros():
    np.testing.assert_allclose(weights(10, causal=False), hann(21)[1::2], atol=1e-15)


def test_causal_weights_favour_the_past():
    place = np.arange(64)
    symmetric, late = (weights(64, causal) for causal in (False, True))
    assert (late > 0).all()
    assert (place * late).sum() / late.sum() > (place * symmetric).sum() / symmetric.sum() + 64 / 8


def test_the_estimator_never_gets_more_than_a_batch():
    seen = []

    def estimate(windows):
        seen.append(windows.size)
        return windows

    signal = np.zeros((2, 100_000), dtype=np.float32)
    in_pieces(OverlapAdd(estimate, 2, 100), signal, [])
    assert len(seen) > 2
    assert max(seen) <= overlap.BATCH_VALUES + 200  # one window more, at the end


def test_a_wrong_shape_from_the_estimator_is_told():
    with pytest.raises(ValueError, match=r"shape \(1, 1, 9\) for \(1, 1, 10\)"):
        in_pieces(OverlapAdd(lambda windows: windows[..., 1:], 1, 10), np.zeros((1, 10)), [])
