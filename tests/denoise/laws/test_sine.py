"""The sine law, against its definition."""

import math

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from tidemark.core.errors import InputError
from tidemark.core.params import validate
from tidemark.denoise.laws import sine

PUBLISHED = sine.Law()
FREE = sine.Law(period=(20, 100), amplitude=(0.3, 1), offset=None)


def draw(law: sine.Law, count: int, seed: int = 0) -> dict[str, np.ndarray]:
    drawn = sine.generate(law, count, torch.Generator().manual_seed(seed))
    return {name: tensor.numpy() for name, tensor in drawn.items()}


def test_published_signals_are_the_sixty_of_the_definition() -> None:
    clean = draw(PUBLISHED, 2000)["clean"][:, 0]
    time = np.arange(100)
    sixty = np.stack([np.sin(2 * np.pi * (time + offset) / 60) for offset in range(60)])
    distance = np.abs(clean[:, None] - sixty[None]).max(-1)
    assert distance.min(1).max() < 1e-5
    # Offsets 0…100 wrap at 60: the first 41 phases come twice as often.
    share = np.isin(distance.argmin(1), range(41)).mean()
    assert share == pytest.approx(82 / 101, abs=0.03)


def test_noise_is_uniform_with_the_published_width() -> None:
    signals = draw(PUBLISHED, 2000)
    noise = (signals["noisy"] - signals["clean"]).ravel()
    assert np.abs(noise).max() <= 0.35 + 1e-6
    assert np.abs(noise).mean() == pytest.approx(0.175, rel=0.01)  # raw L1, SYSTEMS: 0.175
    assert np.square(noise).mean() == pytest.approx(0.35**2 / 3, rel=0.01)  # raw MSE: 0.0408


def test_what_was_drawn_gives_the_clean_signal() -> None:
    signals = draw(FREE, 500)
    time = np.arange(100)
    rebuilt = signals["amplitude"][:, None] * np.sin(
        2 * np.pi * time / signals["period"][:, None] + signals["phase"][:, None]
    )
    np.testing.assert_allclose(signals["clean"][:, 0], rebuilt, atol=1e-5)
    assert signals["period"].min() >= 20
    assert signals["period"].max() <= 100
    assert signals["phase"].std() == pytest.approx(2 * math.pi / math.sqrt(12), rel=0.1)


@settings(max_examples=20, deadline=None)
@given(count=st.integers(1, 20), seed=st.integers(0, 1000), length=st.integers(2, 50))
def test_shapes_and_repeatability(count: int, seed: int, length: int) -> None:
    law = sine.Law(length=length)
    first, second = draw(law, count, seed), draw(law, count, seed)
    assert first["noisy"].shape == first["clean"].shape == (count, 1, length)
    assert first["noisy"].dtype == np.float32
    for name in first:
        np.testing.assert_array_equal(first[name], second[name])


def test_a_range_that_runs_downwards_is_refused() -> None:
    with pytest.raises(InputError, match="datasets.x.law: period range"):
        validate(sine.Law, {"period": [100, 20]}, "datasets.x.law")
