"""Bootstrap intervals, against SciPy's and against the theory of a mean."""

import numpy as np
import pytest
import scipy.stats
from sklearn.metrics import cohen_kappa_score

from tidemark.classify import learning as classify
from tidemark.evaluation.bootstrap import estimate, interval


def ratio(numerator: np.ndarray, denominator: np.ndarray) -> np.ndarray:
    return numerator / denominator


def test_equals_scipy_for_a_ratio_of_sums() -> None:
    random = np.random.default_rng(0)
    numerator, denominator = random.gamma(2.0, size=200), random.integers(50, 100, 200).astype(float)
    value, low, high = interval((numerator, denominator), ratio, resamples=20_000, confidence=0.9, seed=1)
    theirs = scipy.stats.bootstrap(
        (numerator, denominator),
        lambda a, b, axis: a.sum(axis) / b.sum(axis),
        paired=True,
        n_resamples=20_000,
        confidence_level=0.9,
        method="percentile",
        rng=np.random.default_rng(2),
    ).confidence_interval
    width = theirs.high - theirs.low
    assert value == pytest.approx(numerator.sum() / denominator.sum())
    assert low == pytest.approx(theirs.low, abs=0.03 * width)
    assert high == pytest.approx(theirs.high, abs=0.03 * width)


def test_covers_the_mean_as_often_as_it_says() -> None:
    random = np.random.default_rng(3)
    hits = 0
    for seed in range(200):
        sample = random.exponential(size=100)
        _, low, high = interval((sample, np.ones(100)), ratio, resamples=500, confidence=0.8, seed=seed)
        hits += low <= 1.0 <= high
    assert (
        140 <= hits <= 178
    )  # binomial(200, 0.8), 99.9 %, and a little undercoverage of the percentile method


def test_same_seed_same_interval() -> None:
    sample = np.random.default_rng(0).random(50)
    parts = (sample, np.ones(50))
    results = {interval(parts, ratio, resamples=100, confidence=0.95, seed=7) for _ in range(2)}
    assert len(results) == 1


@pytest.mark.parametrize("units", [3, 64, 1000, 2049])
def test_sums_of_one_number_a_unit_are_to_the_last_bit_what_they_always_were(units: int) -> None:
    """Committed metrics must not change because other tasks have sums of other shapes."""
    random = np.random.default_rng(units)
    numerator, denominator = random.gamma(2.0, size=units), random.integers(50, 100, units).astype(float)
    counts = np.random.default_rng(5).multinomial(units, np.full(units, 1 / units), size=300)
    resampled = (counts.astype(np.float64) @ numerator) / (counts.astype(np.float64) @ denominator)
    low, high = np.nanquantile(resampled, [(1 - 0.95) / 2, 1 - (1 - 0.95) / 2])
    expected = (float(numerator.sum() / denominator.sum()), float(low), float(high))
    found = interval((numerator, denominator), ratio, resamples=300, confidence=0.95, seed=5)
    assert found == expected


def test_units_may_have_sums_of_any_shape() -> None:
    """A resample's κ is that of the windows of the participants drawn, one by one."""
    random = np.random.default_rng(0)
    counts = random.poisson(2.0, (9, 4, 4)) + 5 * np.eye(4)
    drawn = np.random.default_rng(3).multinomial(9, np.full(9, 1 / 9), size=200)
    one_by_one = [
        float(classify.kappa(sum(times * each for times, each in zip(row, counts, strict=True))))
        for row in drawn
    ]
    value, low, high = interval((counts,), classify.kappa, resamples=200, confidence=0.9, seed=3)
    assert value == pytest.approx(float(classify.kappa(counts.sum(0))))
    assert (low, high) == pytest.approx(tuple(np.quantile(one_by_one, [0.05, 0.95])), rel=1e-12)


def test_a_resample_without_a_score_is_left_out() -> None:
    """Three participants of one class each: three draws of the same one have no κ."""
    counts = np.stack([np.diag(row) for row in 10.0 * np.eye(3)])
    assert np.isnan(classify.kappa(3 * counts[0]))
    assert interval((counts,), classify.kappa, resamples=500, confidence=0.95, seed=0) == (1, 1, 1)


def test_no_value_no_interval() -> None:
    counts = np.diag([5.0, 0.0])[None]
    assert np.isnan(interval((counts,), classify.kappa, resamples=10, confidence=0.95, seed=0)).all()


def people(random: np.random.Generator, count: int, windows: int) -> dict[str, np.ndarray]:
    """Windows of people each of whose activities are recognised more or less well."""
    skill = np.repeat(random.beta(2, 1, count), windows)
    label = random.integers(3, size=count * windows)
    right = random.random(count * windows) < skill
    answer = np.where(right, label, random.integers(3, size=count * windows))
    return {"label": label, "answer": answer, "participant": np.repeat(np.arange(count), windows)}


def kappa_interval(drawn: dict[str, np.ndarray], unit: np.ndarray) -> tuple[float, float, float]:
    place = (unit * 3 + drawn["label"]) * 3 + drawn["answer"]
    counts = np.bincount(place, minlength=9 * (unit.max() + 1)).reshape(-1, 3, 3).astype(float)
    return interval((counts,), classify.kappa, resamples=200, confidence=0.9, seed=0)


def test_drawing_participants_is_honest_where_drawing_windows_is_far_too_narrow() -> None:
    """Windows of a person are alike: how often the κ of ever so many other people is in the interval."""
    random = np.random.default_rng(0)
    everyone = people(random, 50_000, 5)
    truth = cohen_kappa_score(everyone["label"], everyone["answer"])
    hits, widths = np.zeros(2, dtype=int), np.zeros(2)
    for _ in range(40):
        drawn = people(random, 20, 50)
        for place, unit in enumerate((drawn["participant"], np.arange(1000))):
            _, low, high = kappa_interval(drawn, unit)
            hits[place] += low <= truth <= high
            widths[place] += high - low
    assert widths[0] > 2 * widths[1]
    assert hits[0] >= 31  # binomial(40, 0.9) has 31 or more in 99 of 100 cases, and few people cost a little
    assert hits[1] <= 26


SETTINGS = {"resamples": 4000, "confidence": 0.9, "seed": 5}


def trainings(effects: np.ndarray, items: np.ndarray, counts: np.ndarray) -> list[tuple[np.ndarray, ...]]:
    """Sums whose ratio is a training's effect plus the mean of test items."""
    return [((items + effect) * counts, counts) for effect in effects]


def test_of_one_training_it_is_the_interval() -> None:
    parts = np.random.default_rng(0).gamma(2.0, size=80), np.ones(80)
    found = estimate([parts], ratio, True, **SETTINGS)
    assert (found.value, found.low, found.high) == interval(parts, ratio, **SETTINGS)
    assert not found.by_training and not found.of_one


def test_without_item_noise_it_is_student_s_law() -> None:
    effects = np.array([1.0, 2.0, 4.0, 4.5, 6.0])
    found = estimate(trainings(effects, np.zeros(30), np.ones(30)), ratio, False, **SETTINGS)
    quantile = scipy.stats.t.ppf(0.95, 4) * effects.std(ddof=1)
    assert found.by_training == pytest.approx(effects)
    assert found.value == pytest.approx(effects.mean())
    spread = {"abs": 0.1 * quantile}
    for bounds, share in (((found.low, found.high), 1 / 5), (found.of_one, 1 + 1 / 5)):
        half = quantile * share**0.5
        assert bounds == pytest.approx((effects.mean() - half, effects.mean() + half), **spread)
    positive = estimate(trainings(np.exp(effects), np.zeros(30), np.ones(30)), ratio, True, **SETTINGS)
    assert np.log(positive.of_one) == pytest.approx(found.of_one)


def test_alike_trainings_leave_the_interval_of_the_items() -> None:
    items = np.random.default_rng(1).normal(5.0, 1.0, 100)
    once = interval((items, np.ones(100)), ratio, **SETTINGS)
    found = estimate(trainings(np.zeros(5), items, np.ones(100)), ratio, False, **SETTINGS)
    assert (found.value, found.low, found.high) == pytest.approx(once)
    assert found.of_one == pytest.approx(once[1:])


def test_one_more_training_scores_within_the_interval_as_often_as_it_says() -> None:
    random, inside = np.random.default_rng(2), 0
    settings = SETTINGS | {"resamples": 400}
    for _ in range(1000):
        items, effects = random.normal(0.0, 10.0, 100), random.normal(0.0, 1.0, 6)
        found = estimate(trainings(effects[:5], items, np.ones(100)), ratio, False, **settings)
        low, high = found.of_one
        inside += low <= effects[5] <= high  # its score on all the items that there could be
    assert scipy.stats.binomtest(inside, 1000, 0.9).pvalue > 1e-3


def test_a_score_without_value_in_one_training_has_none() -> None:
    empty = (np.zeros(10), np.zeros(10))
    with np.errstate(invalid="ignore"):
        assert np.isnan(estimate([(np.ones(10), np.ones(10)), empty], ratio, True, **SETTINGS).value)
