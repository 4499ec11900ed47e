"""Spectrograms against SciPy's, and against the sum that defines them."""

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.signal import get_window, stft

from tidemark.core.errors import InputError
from tidemark.core.spectra import ROWS, log_spectrogram, picture

WINDOWS = ("hann", "hamming", "blackman", "boxcar")


@pytest.mark.parametrize("window", WINDOWS)
@pytest.mark.parametrize(("length", "hop"), [(120, 48), (100, 10), (64, 64), (33, 7), (2, 1)])
def test_magnitudes_are_those_of_scipy_up_to_its_scaling(window, length, hop):
    signal = np.random.default_rng(0).normal(size=(2, 3, 500))
    _, _, expected = stft(
        signal, nperseg=length, noverlap=length - hop, window=window, boundary=None, padded=False
    )
    found = log_spectrogram(torch.from_numpy(signal), window, length, hop).exp().numpy()
    scale = get_window(window, length).sum()
    assert found.shape == expected.shape
    np.testing.assert_allclose(found, np.abs(expected) * scale, rtol=1e-9, atol=1e-12)


def test_published_settings_give_the_published_picture():
    signal = torch.randn(4, 3, 3000, generator=torch.Generator().manual_seed(0))
    found = log_spectrogram(signal, "hann", 120, 48)
    assert found.shape == (4, 3, 61, 61) == (4, 3, *picture(3000, 120, 48))
    assert found.dtype == torch.float32
    double = log_spectrogram(signal.double(), "hann", 120, 48)
    torch.testing.assert_close(found.exp().double(), double.exp(), rtol=1e-4, atol=1e-5)


@settings(max_examples=25, deadline=None)
@given(samples=st.integers(12, 60), length=st.integers(2, 12), hop=st.integers(1, 20), seed=st.integers(0, 9))
def test_it_is_the_sum_that_defines_it(samples, length, hop, seed):
    signal = np.random.default_rng(seed).normal(size=samples)
    weights = get_window("hann", length)
    frames = [signal[start : start + length] for start in range(0, samples - length + 1, hop)]
    turn = np.exp(-2j * np.pi * np.outer(np.arange(length // 2 + 1), np.arange(length)) / length)
    expected = np.abs(turn @ (np.stack(frames, 1) * weights[:, None]))
    found = log_spectrogram(torch.from_numpy(signal), "hann", length, hop)
    assert tuple(found.shape) == picture(samples, length, hop) == expected.shape
    np.testing.assert_allclose(found.exp().numpy(), expected, atol=1e-12)


def test_a_signal_alone_has_the_picture_that_it_has_among_others():
    signal = torch.randn(2 * ROWS + 5, 200, generator=torch.Generator().manual_seed(1))
    whole = log_spectrogram(signal, "hamming", 50, 20)
    for row in (0, ROWS - 1, ROWS, 2 * ROWS + 4):
        torch.testing.assert_close(whole[row], log_spectrogram(signal[row], "hamming", 50, 20))


def test_silence_has_a_logarithm_that_half_precision_holds():
    found = log_spectrogram(torch.zeros(1, 200), "hann", 50, 20)
    torch.testing.assert_close(found, torch.full_like(found, np.log(1e-16)))
    assert found.half().isfinite().all()


def test_no_windows_give_no_pictures():
    assert log_spectrogram(torch.zeros(0, 3, 200), "hann", 50, 20).shape == (0, 3, 26, 8)


def test_a_signal_shorter_than_a_segment_is_refused():
    with pytest.raises(InputError, match="signal of 100 samples is shorter than a segment of 120; make"):
        log_spectrogram(torch.zeros(1, 100), "hann", 120, 48)
