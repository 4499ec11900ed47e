"""The generated study: its recordings against the law, and against the other participants'."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.lib.stride_tricks import sliding_window_view

from tidemark.classify.laws import wrist
from tidemark.classify.laws.wearing.activities import ACTIVITIES
from tidemark.classify.laws.wrist import Law, Participant
from tidemark.core.errors import InputError
from tidemark.core.params import validate

LABELS = np.array([activity.label for activity in ACTIVITIES])


@pytest.fixture(scope="module")
def participant() -> Participant:
    return wrist.draw(Law(hours=0.5), seed=3, number=2)


def of_label(found: Participant, label: str) -> np.ndarray:
    """Acceleration while that is done, (rows, 3)."""
    rows: np.ndarray = found.xyz[LABELS[found.performed] == label]
    return rows


def test_shapes_and_types(participant: Participant) -> None:
    rows = len(participant.time)
    assert participant.xyz.shape == (rows, 3)
    assert participant.xyz.dtype == np.float32
    assert participant.annotated.shape == participant.performed.shape == (rows,)
    assert participant.name == "P002"


def test_rows_lie_on_a_grid_of_10_ms_and_some_are_missing(participant: Participant) -> None:
    steps = np.diff(participant.time)
    assert steps.min() == 10_000_000
    assert not (steps % 10_000_000).any()
    gaps = steps[steps > 10_000_000] / 1e9
    assert 1 <= len(gaps) <= 8
    assert gaps.min() >= 10
    missing = 0.5 * 3600 * 100 - len(participant.time)
    assert missing == pytest.approx(100 * gaps.sum() - len(gaps), abs=12_001)  # one may be at an end


def test_nothing_is_missing_where_nothing_should_be() -> None:
    law = Law(hours=0.2, gaps_per_hour=0, unlabelled=0, clipped_seconds=0, sampling_rate=50)
    found = wrist.draw(law, 0, 1)
    assert len(found.time) == 0.2 * 3600 * 50
    assert set(np.diff(found.time)) == {20_000_000}
    assert (found.annotated >= 0).all()
    assert np.abs(found.xyz).max() < 8


def test_a_stretch_is_clipped_and_values_are_whole_steps(participant: Participant) -> None:
    assert np.abs(participant.xyz).max() == 8
    clipped = np.flatnonzero((np.abs(participant.xyz) == 8).any(1))
    assert len(clipped) > 20
    assert np.ptp(participant.time[clipped]) < 3e9
    steps = participant.xyz.astype(float) * 64
    np.testing.assert_array_equal(steps, np.rint(steps))


def test_some_stretches_have_no_annotation_as_much_as_wanted() -> None:
    law = Law(sampling_rate=25)
    shares = [(wrist.timeline(law, 5, number).annotated < 0).mean() for number in range(1, 31)]
    assert min(shares) > 0
    assert np.mean(shares) == pytest.approx(0.12, abs=0.02)


def test_activities_have_their_shares_and_none_is_left_out() -> None:
    law = Law(sampling_rate=25)
    found = np.array(
        [
            [(LABELS[wrist.timeline(law, 1, number).performed] == label).mean() for label in law.shares]
            for number in range(1, 16)
        ]
    )
    np.testing.assert_allclose(found.mean(0), list(law.shares.values()), atol=0.05)
    assert found.min() > 0.015


def test_every_label_and_intensity_is_annotated_by_each_default_participant() -> None:
    intensity = np.array([activity.intensity for activity in ACTIVITIES])
    for number in range(1, 16):
        when = wrist.timeline(Law(sampling_rate=25), 0, number)
        codes = when.annotated[when.kept & (when.annotated >= 0)]
        for kinds in (LABELS, intensity):
            _, counts = np.unique(kinds[codes], return_counts=True)
            assert len(counts) == len(set(kinds))
            assert counts.min() > 60 * 25  # two windows of 30 s


def test_annotations_are_a_few_seconds_off_and_leave_asides_out() -> None:
    quiet = Law(hours=1, sampling_rate=25, unlabelled=0, gaps_per_hour=0, asides_per_hour=0)
    exact = wrist.timeline(quiet.model_copy(update={"annotation_delay": 0}), 0, 1)
    np.testing.assert_array_equal(exact.annotated, exact.performed)
    late = wrist.timeline(quiet, 0, 1)
    assert 0 < (late.annotated != late.performed).mean() < 0.05
    aside = wrist.timeline(quiet.model_copy(update={"annotation_delay": 0, "asides_per_hour": 10}), 0, 1)
    assert 0.01 < (LABELS[aside.annotated] != LABELS[aside.performed]).mean() < 0.15


def test_a_still_wrist_measures_gravity_alone(participant: Participant) -> None:
    sleep = of_label(participant, "sleep")
    seconds = sleep[: len(sleep) // 100 * 100].reshape(-1, 100, 3)
    still = seconds[seconds.std(1).max(1) < 0.012]
    assert len(still) > 0.4 * len(seconds)
    assert np.linalg.norm(still.mean(1), axis=1) == pytest.approx(1, abs=0.06)


def test_sleep_is_stiller_than_rest_and_that_than_all_else(participant: Participant) -> None:
    def liveliness(label: str) -> float:
        norm = np.linalg.norm(of_label(participant, label), axis=1)
        return float(np.median(sliding_window_view(norm, 100)[::100].std(1)))

    assert liveliness("sleep") < liveliness("sit-stand")
    assert liveliness("sit-stand") < liveliness("bicycling")
    assert liveliness("sit-stand") < liveliness("walking")


def test_the_same_seed_and_number_give_the_same_whoever_else_is_there() -> None:
    law = Law(hours=0.15, participants=3, sampling_rate=50)
    three = list(wrist.generate(law, 7))
    alone = wrist.draw(Law(hours=0.15, participants=1, sampling_rate=50), 7, 3)
    for name in ("time", "xyz", "annotated", "performed"):
        np.testing.assert_array_equal(getattr(three[2], name), getattr(alone, name))
    assert [one.name for one in three] == ["P001", "P002", "P003"]
    assert not np.array_equal(three[0].xyz[:1000], three[1].xyz[:1000])
    other = wrist.draw(law, 8, 3)
    assert not np.array_equal(other.xyz[:1000], alone.xyz[:1000])


@settings(max_examples=10, deadline=None)
@given(
    rate=st.sampled_from([25.0, 50.0, 87.5, 100.0]),
    hours=st.floats(0.1, 0.3),
    seed=st.integers(0, 2**31),
    number=st.integers(1, 999),
)
def test_any_rate_length_and_seed(rate: float, hours: float, seed: int, number: int) -> None:
    found = wrist.draw(Law(hours=hours, sampling_rate=rate), seed, number)
    assert 0.5 < len(found.time) / (3600 * hours * rate) < 1.001
    assert (np.diff(found.time) > 0).all()
    assert np.isfinite(found.xyz).all()
    assert found.annotated.max() < len(ACTIVITIES)
    assert not (found.time % 1000).any()


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"shares": {"sleep": 0.5, "walking": 0.6}}, r"x\.law: shares sum to 1\.1; make them sum to 1$"),
        ({"shares": {"jogging": 1}}, r"x\.law\.shares\.jogging.*input should be 'sleep'"),
        ({"hours": 0.05}, r"x\.law: hours 0\.05 is too short for 6 activities"),
        ({"gap_seconds": [60, 5]}, r"x\.law: gap_seconds range \[60\.0, 5\.0\] runs downwards"),
        ({"resolution": 9}, r"x\.law: resolution 9 is larger than range 8; fix one"),
        ({"participants": 0}, r"x\.law\.participants = 0: input should be greater than or equal to 1"),
        ({"sampling_rate": 10}, r"x\.law\.sampling_rate = 10"),
        ({"people": 3}, r"x\.law\.people: unknown key; expected one of annotation_delay, asides_per_hour"),
    ],
)
def test_a_law_that_cannot_be_is_refused_in_one_line(values: dict[str, object], message: str) -> None:
    with pytest.raises(InputError, match=message) as refused:
        validate(Law, values, "x.law")
    assert "\n" not in str(refused.value)
