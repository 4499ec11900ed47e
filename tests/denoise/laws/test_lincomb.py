"""The lincomb law, against its definition in float64, one signal at a time."""

import math

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats
from scipy.special import binom

from tidemark.core.errors import InputError
from tidemark.core.params import validate
from tidemark.denoise.laws import lincomb
from tidemark.denoise.laws.lincomb import Function, Law

FORMS = ["sine", "exponential_sine", "sine_cosine", "sine_of_cosine"]
PURE = [Function(frequency=f) for f in (1, 5, 10, 15, 20, 30)]
PSEUDO = [
    Function(frequency=f, power=p)
    for f, p in [(1, 1.3), (5, 0.8), (10, 1.2), (15, 1.1), (20, 0.7), (30, 0.85)]
]
ENRICHMENT = [Function(form=form) for form in FORMS[1:]]


def draw(law: Law, count: int, seed: int = 0) -> dict[str, np.ndarray]:
    drawn = lincomb.generate(law, count, torch.Generator().manual_seed(seed))
    return {name: tensor.numpy() for name, tensor in drawn.items()}


def by_definition(function: Function, x: np.ndarray) -> np.ndarray:
    u = function.frequency * (x if function.power is None else np.abs(x) ** function.power)
    return {
        "sine": lambda: np.sin(u),
        "exponential_sine": lambda: np.exp(np.sin(u)),
        "sine_cosine": lambda: np.sin(u) * np.cos(u),
        "sine_of_cosine": lambda: np.sin(np.cos(u)),
    }[function.form]()


def combined(law: Law, signals: dict[str, np.ndarray], row: int) -> np.ndarray:
    x = np.linspace(0, 2 * np.pi * law.cycles, law.cycles * law.samples_per_cycle) + signals["offset"][row]
    parts = zip(signals["coefficients"][row].astype(np.float64), law.functions, strict=True)
    return sum((a * by_definition(f, x) for a, f in parts), np.zeros_like(x))


@pytest.mark.parametrize(
    "law",
    [
        Law(functions=PURE),
        Law(functions=PSEUDO),
        Law(functions=PSEUDO, samples_per_cycle=64),
        Law(functions=[*PURE, *ENRICHMENT]),
        Law(functions=[*PSEUDO, *ENRICHMENT], offset=3),
        # No block of samples divides this length, and the offset puts 0 at a sample.
        Law(functions=PSEUDO[:2], cycles=3, samples_per_cycle=25, offset=0),
        Law(functions=[Function(frequency=1.3), Function(frequency=29.7, power=0.9)], coefficient=0.1),
        *[Law(functions=[Function(form=f, frequency=7.3, power=p)]) for f in FORMS for p in (None, 0.6, 1.7)],
    ],
    ids=lambda law: (
        f"{len(law.functions)}-{law.functions[-1].form}-{law.functions[-1].power}-{law.samples_per_cycle}"
    ),
)
def test_what_was_drawn_gives_the_clean_signal(law: Law) -> None:
    signals = draw(law, 150)
    signs = np.sign(signals["offset"])
    assert law.offset == 0 or {-1, 1} <= set(signs)
    for row, clean in enumerate(signals["clean"][:, 0]):
        expected = combined(law, signals, row)
        span = np.ptp(expected)
        expected = (expected - expected.min()) / (span + 1e-5)
        # 2e-6 of the sum, which coefficients as small as 0.01 may leave small.
        size = np.abs(signals["coefficients"][row]).sum()
        np.testing.assert_allclose(clean, expected, atol=3e-6 * (1 + size / (span + 1e-5)), err_msg=f"{row}")
        assert clean.min() == 0
        assert clean.max() < 1


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("power", [None, 0.5, 0.85, 1.0, 1.3, 2.0])
def test_values_equal_the_definition_on_either_side_of_zero(form: str, power: float | None) -> None:
    function = Function(form=form, frequency=17.3, power=power)
    x = np.linspace(-12, 36, 4001)
    result = lincomb.values(function, torch.from_numpy(x))
    assert result.dtype == torch.float64
    np.testing.assert_allclose(result, by_definition(function, x), atol=2e-6)
    at_zero = lincomb.values(function, torch.zeros(1, dtype=torch.float64))
    np.testing.assert_allclose(at_zero, by_definition(function, np.zeros(1)), atol=1e-7)


@settings(max_examples=40, deadline=None)
@given(
    form=st.sampled_from(FORMS),
    frequency=st.floats(0.1, 40),
    power=st.none() | st.floats(0.3, 2),
    offset=st.floats(-20, 20),
    samples=st.sampled_from([16, 50, 63, 200]),
)
def test_one_function_alone_equals_the_definition(
    form: str, frequency: float, power: float | None, offset: float, samples: int
) -> None:
    law = Law(functions=[Function(form=form, frequency=frequency, power=power)], samples_per_cycle=samples)
    place = lincomb.positions(law)
    one = torch.ones(1, 1, dtype=torch.float64)
    result = lincomb.combine(law.functions, one, place, torch.tensor([offset], dtype=torch.float64))
    expected = by_definition(law.functions[0], place.numpy() + offset)
    # Of an angle of thousands of turns the float64 definition knows less; and where angles come from a
    # series, |x|^p = c^p Σ binomial(p, n) (x/c − 1)ⁿ, it leaves out the terms above DEGREE (Taylor's remainder; exp(sin u) has slope e).
    angle = math.e * frequency * np.abs(place.numpy() + offset).max() ** (power or 1)
    beyond = lincomb.DEGREE + 1
    remainder = (
        angle * abs(binom(power or 1, beyond)) * lincomb.LARGEST_RATIO**beyond / (1 - lincomb.LARGEST_RATIO)
    )
    np.testing.assert_allclose(result[0], expected, atol=5e-6 + remainder)


def test_what_a_series_leaves_out_is_within_its_remainder() -> None:
    """A case near the largest ratio: 5.5e-6 off, of a remainder of 1e-5."""
    law = Law(functions=[Function(frequency=12, power=0.5)], samples_per_cycle=16)
    place = lincomb.positions(law)
    one = torch.ones(1, 1, dtype=torch.float64)
    result = lincomb.combine(law.functions, one, place, torch.tensor([-15.0], dtype=torch.float64))
    np.testing.assert_allclose(result[0], by_definition(law.functions[0], place.numpy() - 15), atol=1e-5)


def test_coefficients_and_offsets_are_uniform_and_small_coefficients_zero() -> None:
    law = Law(functions=PURE, samples_per_cycle=2, coefficient=0.5, offset=3, smallest_coefficient=0.05)
    signals = draw(law, 4000)
    coefficients = signals["coefficients"].ravel()
    assert coefficients.dtype == np.float32
    zero = coefficients == 0
    assert zero.mean() == pytest.approx(0.1, abs=0.01)
    assert np.abs(coefficients[~zero]).min() >= 0.05
    assert stats.kstest(np.abs(coefficients[~zero]), stats.uniform(0.05, 0.45).cdf).pvalue > 1e-3
    assert (coefficients > 0).mean() == pytest.approx(0.45, abs=0.02)
    assert signals["offset"].dtype == np.float64
    assert stats.kstest(signals["offset"], stats.uniform(-3, 6).cdf).pvalue > 1e-3


@pytest.mark.parametrize("kind", ["gaussian", "uniform"])
def test_noise_has_its_law_and_its_standard_deviation(kind: str) -> None:
    law = Law(functions=PURE, samples_per_cycle=64, noise=kind, noise_std=0.3)
    signals = draw(law, 200)
    noise = (signals["noisy"] - signals["clean"]).ravel()
    expected = stats.norm(0, 0.3) if kind == "gaussian" else stats.uniform(-0.3 * 3**0.5, 0.6 * 3**0.5)
    assert stats.kstest(noise, expected.cdf).pvalue > 1e-3
    assert noise.std() == pytest.approx(0.3, rel=0.01)
    # White, and unrelated to the signal.
    assert abs(np.corrcoef(noise[:-1], noise[1:])[0, 1]) < 0.02
    assert abs(np.corrcoef(noise, signals["clean"].ravel())[0, 1]) < 0.02


@pytest.mark.parametrize("kind", ["gaussian", "uniform"])
def test_a_range_of_noise_is_drawn_signal_by_signal(kind: str) -> None:
    law = Law(functions=PSEUDO[:1], noise=kind, noise_std=(0.1, 0.9))
    signals = draw(law, 500)
    measured = (signals["noisy"] - signals["clean"]).std(axis=(1, 2))
    assert measured.min() == pytest.approx(0.1, abs=0.05)
    assert measured.max() == pytest.approx(0.9, abs=0.05)
    assert stats.kstest(measured, stats.uniform(0.1, 0.8).cdf).pvalue > 1e-3


def test_no_noise_leaves_the_clean_signal() -> None:
    signals = draw(Law(functions=PSEUDO, noise_std=0), 5)
    np.testing.assert_array_equal(signals["noisy"], signals["clean"])


def test_published_raw_error_and_that_of_the_mean() -> None:
    """Noisy input 0.0899 at std 0.3 (2,500 signals of 1,024); answering the mean of pseudo signals 0.037."""
    signals = draw(Law(functions=PSEUDO, noise_std=0.3), 1000)
    assert np.square(signals["noisy"] - signals["clean"]).mean() == pytest.approx(0.09, rel=0.005)
    clean = signals["clean"].astype(np.float64)
    assert (clean - clean.mean(-1, keepdims=True)).var() == pytest.approx(0.037, rel=0.03)


@settings(max_examples=20, deadline=None)
@given(count=st.integers(1, 300), seed=st.integers(0, 1000), samples=st.integers(2, 20))
def test_shapes_and_repeatability(count: int, seed: int, samples: int) -> None:
    law = Law(functions=[PURE[0], PSEUDO[0]], cycles=3, samples_per_cycle=samples)
    first, second = draw(law, count, seed), draw(law, count, seed)
    assert first["noisy"].shape == first["clean"].shape == (count, 1, 3 * samples)
    assert first["noisy"].dtype == first["clean"].dtype == np.float32
    assert first["coefficients"].shape == (count, 2)
    assert first["offset"].shape == (count,)
    for name in first:
        np.testing.assert_array_equal(first[name], second[name])


def test_another_seed_and_a_later_draw_give_other_signals() -> None:
    law = Law(functions=PURE, samples_per_cycle=8)
    stream = torch.Generator().manual_seed(0)
    now, later = (lincomb.generate(law, 4, stream)["noisy"] for _ in range(2))
    assert not np.isin(now, later).any()
    assert not np.isin(now, draw(law, 4, seed=1)["noisy"]).any()


def test_samples_are_those_of_the_published_axis() -> None:
    place = lincomb.positions(Law(functions=PURE))
    assert len(place) == 1024
    np.testing.assert_allclose(place, np.linspace(0, 8 * math.pi, 1024), rtol=1e-14)
    described = lincomb.describe(Law(functions=PURE, cycles=2, samples_per_cycle=10))
    assert described["length"] == 20
    assert described["channels"] == 1


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"noise_std": [0.9, 0.1]}, r"x: noise_std range \[0.9, 0.1\] runs downwards"),
        ({"noise": "pink"}, "x.noise = 'pink'"),
        ({"functions": []}, "x.functions"),
        ({"functions": [{"form": "cosine"}]}, "x.functions.0.form = 'cosine'"),
        ({"functions": [{"frequency": 0}]}, "x.functions.0.frequency"),
        ({"samples_per_cycle": 1}, "x.samples_per_cycle = 1"),
        ({"frequency": 3}, "x.frequency: unknown key"),
    ],
)
def test_a_law_that_makes_no_sense_is_refused(wrong: dict[str, object], message: str) -> None:
    with pytest.raises(InputError, match=message) as caught:
        validate(Law, {"functions": [{"form": "sine"}]} | wrong, "x")
    assert "\n" not in str(caught.value)
