"""The genie that knows the periods against signals drawn from the law itself, and Bayes' rule."""

import numpy as np
import pytest
from scipy import stats

from support.law_signals import draw, info
from tidemark.core.errors import InputError
from tidemark.forecast.laws import harmonics
from tidemark.forecast.limits import known_periods
from tidemark.forecast.oracles import known_periods as linear

NOISY = harmonics.Law(noise_std=0.1)


def answer(split, law, **options):
    return known_periods.answer(split, info(law), known_periods.Options(**options))


def by_drawing_from_the_law(past, periods, noise_std, law, count=60_000):
    """Mean and median future of one signal: amplitudes, phases and scaling drawn, weighted by what is seen."""
    random, samples = np.random.default_rng(5), law.lookback + law.horizon
    periods = periods[periods > 0]
    amplitude = random.uniform(0, 1, (count, len(periods)))
    phase = random.uniform(0, 2 * np.pi, (count, len(periods)))
    angle = 2 * np.pi * np.arange(samples)[:, None] / periods
    waves = np.concatenate([np.sin(angle), np.cos(angle)], axis=1)
    clean = np.concatenate([amplitude * np.cos(phase), amplitude * np.sin(phase)], axis=1) @ waves.T
    clean /= np.abs(clean).max(1, keepdims=True)
    largest = law.noise_std / noise_std
    seen, future = clean[:, : law.lookback], clean[:, law.lookback :]
    noise = stats.norm(scale=law.noise_std)
    weight = noise.logpdf(past * largest - seen).sum(1)
    within = noise.cdf(largest - future) - noise.cdf(-largest - future)
    if np.abs(past).max() > 0.999:  # the largest value lies in the past: none of the future is above it
        weight += np.log(within).sum(1)
    else:  # one of the future is it
        edge = noise.pdf(largest - future) + noise.pdf(-largest - future)
        others = within.prod(1, keepdims=True) / within
        weight += np.log((edge * others).sum(1))
    share = np.exp(weight - weight.max())
    share /= share.sum()
    medians = []
    for values in future.T:
        order = values.argsort()
        medians.append(values[order][np.searchsorted(np.cumsum(share[order]), 0.5)])
    return share @ future / largest, np.array(medians) / largest


@pytest.mark.parametrize("components", [(1, 2), 2])
def test_equals_drawing_from_the_law_and_weighting_by_what_is_seen(components):
    law = harmonics.Law(lookback=6, horizon=3, components=components, period=(3, 12), noise_std=0.5)
    split = draw(law, 5)
    assert (np.abs(split["past"]).max((1, 2)) < 0.999).any()  # of both kinds there are some
    best = answer(split, law, draws=8_000).best
    expected = [
        by_drawing_from_the_law(past.astype(float), periods, std, law)
        for past, periods, std in zip(split["past"][:, 0], split["periods"], split["noise_std"], strict=True)
    ]
    mean, median = np.stack(expected, axis=1)
    spread = np.abs(split["future"]).std()
    np.testing.assert_allclose(best["mse"][:, 0], mean, atol=0.08 * spread)
    np.testing.assert_allclose(best["mase"][:, 0], median, atol=0.1 * spread)


def test_it_beats_the_best_linear_estimate_that_knows_as_much():
    split = draw(NOISY, 200)
    own = np.square(answer(split, NOISY, draws=200).best["mse"] - split["future"]).mean((1, 2))
    other = linear.estimate(split, info(NOISY), linear.Options()) - split["future"]
    assert own.mean() < 0.95 * np.square(other).mean()


def test_its_mean_is_calibrated():
    """The error of a posterior mean has nothing to do with the mean."""
    split = draw(NOISY, 200)
    mean = answer(split, NOISY, draws=200).best["mse"]
    slope = ((mean - split["future"]) * mean).mean((1, 2))
    assert abs(slope.mean()) < 4 * slope.std() / 200**0.5


def test_halves_are_independent_and_their_mean_is_near_the_whole():
    split = draw(NOISY, 20)
    answers = answer(split, NOISY, draws=800)
    one, two = (half["mse"] for half in answers.halves)
    assert (one != two).all()
    apart = np.abs(one - two).mean()
    assert np.abs((one + two) / 2 - answers.best["mse"]).mean() < apart


def test_without_noise_nothing_but_rounding_is_left():
    law = harmonics.Law()
    split = draw(law, 50)
    answers = answer(split, law)
    assert not answers.halves
    assert np.square(answers.best["mse"] - split["future"]).mean() < 2e-14


def test_other_laws_and_gaps_are_refused():
    for law in (harmonics.Law(drift=(0.5, 2)), harmonics.Law(noise_std=(0.1, 0.2))):
        with pytest.raises(InputError, match="use the oracle known_periods"):
            answer(draw(NOISY, 2), law)
    split = draw(NOISY, 3)
    split["past"][1, 0, 3] = np.nan
    with pytest.raises(InputError, match="signal 1 of 'some' has missing values"):
        answer(split, NOISY)
