"""A recording of two columns cut into pairs: what is given, what is asked, in which order, and how scaled."""

import numpy as np
import pytest

from tidemark.core.errors import InputError
from tidemark.core.params import validate
from tidemark.core.store import DatasetInfo, Split
from tidemark.infer.windows import InferRecording, pairs

NAN = np.nan
WHERE = "pipelines/infer/params.yaml: recordings.x"


def entry(**changes: object) -> InferRecording:
    settings = {
        "file": "x.csv", "columns": ["a", "b"], "window": 20, "context": 5, "hop": 3,
    }  # fmt: skip
    return InferRecording.model_validate(settings | changes)


def ramps(samples: int = 1000) -> np.ndarray:
    """Two columns whose values are their times, the second ones 10,000 later."""
    return np.arange(samples, dtype=float) + np.array([[0.0], [10_000.0]])


def times(values: np.ndarray, member: np.ndarray, info: DatasetInfo) -> np.ndarray:
    """Standardised values of `ramps` as times, whichever column they are of."""
    number = member.astype(int)
    recorded = values * np.array(info.std)[number] + np.array(info.mean)[number]
    return np.asarray((recorded - 10_000 * number).round())


def known_and_asked(split: Split, info: DatasetInfo) -> tuple[np.ndarray, np.ndarray]:
    """Times that are given and asked for, (windows, points) each, NaN elsewhere; and the member asked for."""
    context, target = split["context"], split["target"][:, 0]
    return times(context[:, 2], context[:, 1], info), times(target, context[:, 1], info)


@pytest.mark.parametrize("asked", ["first", "second"])
def test_one_column_is_known_and_the_start_of_the_other(asked: str) -> None:
    info, splits = pairs("x", {"clean": ramps()}, entry(target=asked), 1.0, WHERE)
    number = 0 if asked == "first" else 1
    for arrays in splits.values():
        known, wanted = known_and_asked(arrays, info)
        start = known[:, :1]
        np.testing.assert_array_equal(known[:, :20], start + np.arange(20))
        np.testing.assert_array_equal(known[:, 20:25], start + np.arange(5))
        np.testing.assert_array_equal(wanted[:, 25:], start + np.arange(5, 20))
        assert np.isnan(known[:, 25:]).all()
        assert np.isnan(wanted[:, :25]).all()
        position, member = arrays["context"][:, 0], arrays["context"][:, 1]
        assert (member[:, :20] == 1 - number).all()
        assert (member[:, 20:] == number).all()
        grid = np.float32(5 + 10 * np.arange(20) / 19)
        np.testing.assert_allclose(
            position, np.tile(np.concatenate([grid, grid]), (len(position), 1)), rtol=1e-6
        )


def test_either_column_is_the_target_in_turn() -> None:
    info, splits = pairs("x", {"clean": ramps()}, entry(), 1.0, WHERE)
    for arrays in splits.values():
        member = arrays["context"][:, 1, -1]
        np.testing.assert_array_equal(member, np.arange(len(member)) % 2)
    known, _ = known_and_asked(splits["train"], info)
    starts = known[:, 0]
    np.testing.assert_array_equal(starts[::2], np.arange(0, 681, 3))
    np.testing.assert_array_equal(starts[1::2], starts[::2])  # both of each window
    _, single = pairs("x", {"clean": ramps()}, entry(target="first"), 1.0, WHERE)
    assert len(splits["train"]["target"]) == 2 * len(single["train"]["target"])
    assert len(splits["validation"]["target"]) == 2 * len(single["validation"]["target"])


@pytest.mark.parametrize("asked", ["first", "second", "either"])
@pytest.mark.parametrize("context", [1, 4, 5, 19])
def test_no_value_of_the_test_block_is_a_target_twice(asked: str, context: int) -> None:
    info, splits = pairs("x", {"clean": ramps()}, entry(target=asked, context=context), 1.0, WHERE)
    _, wanted = known_and_asked(splits["test"], info)
    for number in (0, 1):
        own = splits["test"]["context"][:, 1, -1] == number
        found = np.sort(wanted[own][np.isfinite(wanted[own])])
        if not len(found):
            assert asked == ("second", "first")[number]
            continue
        # One after the other, without a gap, from the first `context` of the block to its end or nearly so.
        np.testing.assert_array_equal(np.diff(found), 1)
        step = 20 - context
        assert found[0] == 850 + context + (number * step // 2 if asked == "either" else 0)
        assert found[-1] > 999 - step


@pytest.mark.parametrize("shares", [[0.6, 0.2, 0.2], [0.7, 0.15, 0.15]])
def test_windows_lie_in_their_own_block(shares: list[float]) -> None:
    info, splits = pairs("x", {"clean": ramps()}, entry(hop=1, blocks=shares), 1.0, WHERE)
    seen = {}
    for split, arrays in splits.items():
        known, wanted = known_and_asked(arrays, info)
        seen[split] = set(known[np.isfinite(known)]) | set(wanted[np.isfinite(wanted)])
    first, second = round(1000 * shares[0]), round(1000 * (shares[0] + shares[1]))
    assert seen["train"] == set(range(first))
    assert seen["validation"] == set(range(first, second))
    assert seen["test"] <= set(range(second, 1000))


def test_the_training_block_alone_sets_mean_and_std() -> None:
    recording = np.random.default_rng(0).normal(300, 7, (2, 2000))
    recording[:, 1000:] += 1e4
    recording[0, 5] = NAN
    info, _ = pairs("x", {"clean": recording}, entry(blocks=[0.5, 0.25, 0.25]), 1.0, WHERE)
    assert info.mean == pytest.approx(np.nanmean(recording[:, :1000], axis=1))
    assert info.std == pytest.approx(np.nanstd(recording[:, :1000], axis=1))


def test_a_window_is_scaled_by_its_context_alone() -> None:
    recording = np.random.default_rng(1).standard_normal((2, 600)).cumsum(-1)
    changes = {"normalisation": "window", "blocks": [0.5, 0.25, 0.25], "target": "second"}
    info, splits = pairs("x", {"clean": recording}, entry(**changes), 1.0, WHERE)
    standard = (recording - np.array(info.mean)[:, None]) / np.array(info.std)[:, None]
    context, target = splits["test"]["context"], splits["test"]["target"]
    for window in range(len(context)):
        known, other = standard[:, 450 + 15 * window :][:, :20]
        levels = known.mean(), other[:5].mean()
        size = max(np.abs(known - levels[0]).max(), np.abs(other[:5] - levels[1]).max())
        np.testing.assert_allclose(context[window, 2, :20], (known - levels[0]) / size, atol=1e-5)
        np.testing.assert_allclose(context[window, 2, 20:25], (other[:5] - levels[1]) / size, atol=1e-5)
        np.testing.assert_allclose(target[window, 0, 25:], (other[5:] - levels[1]) / size, atol=1e-5)
    assert info.normalisation == "window"
    # Asked values that change change nothing else.
    recording[1, 455:470] = 1e4
    _, later = pairs("x", {"clean": recording}, entry(**changes), 1.0, WHERE)
    np.testing.assert_array_equal(later["test"]["context"][0], context[0])
    assert later["test"]["target"][0, 0, 25:].min() > 100


def test_missing_values_are_unknown_targets_and_come_last() -> None:
    recording = ramps()
    recording[0, 853] = NAN  # known in the first test window that asks for the second column
    recording[1, [852, 860]] = NAN  # given in it, and asked for
    info, splits = pairs("x", {"clean": recording}, entry(target="second"), 1.0, WHERE)
    context, target = splits["test"]["context"][0], splits["test"]["target"][0, 0]
    known, wanted = known_and_asked({key: array[:1] for key, array in splits["test"].items()}, info)
    first = [850 + sample for sample in range(20) if sample != 3]
    assert known[0, :23].tolist() == [*first, 850, 851, 853, 854]
    assert wanted[0, 23:37].tolist() == [850 + sample for sample in range(5, 20) if sample != 10]
    assert np.isnan(context[2, 23:]).all()
    assert np.isnan(target[37:]).all()
    np.testing.assert_allclose(context[0, 37:], 5 + 10 * np.array([3, 2, 10]) / 19, rtol=1e-6)
    assert context[1, 37:].tolist() == [0, 1, 1]


def test_windows_with_too_little_context_or_too_few_targets_are_left_out() -> None:
    recording = ramps()
    recording[1, 870:879] = (
        NAN  # nine of the fifteen values asked for by the second window of the second column
    )
    _, whole = pairs("x", {"clean": ramps()}, entry(target="second"), 1.0, WHERE)
    _, splits = pairs("x", {"clean": recording}, entry(target="second"), 1.0, WHERE)
    assert len(splits["test"]["target"]) == len(whole["test"]["target"]) - 1
    known, _ = known_and_asked(splits["test"], pairs("x", {"clean": ramps()}, entry(), 1.0, WHERE)[0])
    assert 865 not in known[:, 0]
    _, either = pairs("x", {"clean": recording}, entry(minimum_present=1.0), 1.0, WHERE)
    for arrays in either.values():
        asked = np.isnan(arrays["context"][:, 2])
        np.testing.assert_array_equal(asked, np.isfinite(arrays["target"][:, 0]))
    # The windows that are left still ask for the column that they did.
    member = either["test"]["context"][:, 1]
    assert (member[:, :20] == 1 - member[:, 20:]).all()


def test_the_description_says_what_the_arrays_are() -> None:
    changes = {"units": "V", "rate_unit": "week", "seed": 4}
    info, splits = pairs("x", {"clean": ramps()}, entry(**changes), 2.0, WHERE)
    assert (info.task, info.generator, info.channels, info.length) == ("infer", "recorded", 2, 20)
    assert (info.sampling_rate, info.rate_unit, info.units, info.seed) == (2.0, "week", "V", 4)
    assert (info.law, info.horizon, info.normalisation) == ({}, 0, "standard")
    for split, arrays in splits.items():
        count = info.splits[split]
        assert {name: array.shape for name, array in arrays.items()} == {
            "context": (count, 3, 40), "target": (count, 1, 40),
        }  # fmt: skip
        assert arrays["context"].dtype == arrays["target"].dtype == np.float32
    again = pairs("x", {"clean": ramps()}, entry(**changes), 2.0, WHERE)[1]
    for split, arrays in splits.items():
        for name, array in arrays.items():
            assert array.tobytes() == again[split][name].tobytes()


@pytest.mark.parametrize(
    ("channels", "samples", "changes", "message"),
    [
        (
            1,
            100,
            {},
            r"^pipelines/infer/params.yaml: recordings.x.columns: 1 of them, but one is inferred from the other; name two",
        ),
        (3, 100, {}, r"^pipelines/infer/params.yaml: recordings.x.columns: 3 of them"),
        (
            2,
            100,
            {},
            r"^pipelines/infer/params.yaml: recordings.x.window = 20: longer than the validation block of 15 samples",
        ),
        (
            2,
            1000,
            {"window": 200, "hop": 9},
            r"^pipelines/infer/params.yaml: recordings.x.window = 200: longer than the validation block of 150",
        ),
    ],
)
def test_what_does_not_fit_is_refused(
    channels: int, samples: int, changes: dict[str, int], message: str
) -> None:
    recording = np.random.default_rng(0).random((channels, samples))
    with pytest.raises(InputError, match=message) as error:
        pairs("x", {"clean": recording}, entry(**changes), 1.0, WHERE)
    assert "\n" not in str(error.value)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"context": 20}, "recordings.x: context 20 is not smaller than window 20"),
        ({"hop": 21}, "recordings.x: hop 21 is larger than window 20"),
        ({"columns": ["a"]}, "recordings.x.columns = ['a']: list should have at least 2 items"),
        ({"columns": ["a", "b", "c"]}, "recordings.x.columns = ['a', 'b', 'c']: list should have at most 2 items"),
        ({"target": "both"}, "recordings.x.target = 'both': input should be 'first', 'second' or 'either'"),
        ({"horizon": 3}, "recordings.x.horizon: unknown key; expected one of blocks, "),
    ],
)  # fmt: skip
def test_an_entry_that_is_wrong_is_named(changes: dict[str, object], message: str) -> None:
    with pytest.raises(InputError) as error:
        validate(InferRecording, entry().model_dump() | changes, WHERE)
    assert str(error.value).startswith(f"pipelines/infer/params.yaml: {message}")
    assert "\n" not in str(error.value)


def test_a_block_without_values_is_refused() -> None:
    recording = ramps()
    recording[:, 880:] = NAN
    with pytest.raises(
        InputError,
        match=r"^pipelines/infer/params.yaml: recordings.x.minimum_present = 0.5: no window of the test block",
    ):
        pairs("x", {"clean": recording}, entry(blocks=[0.8, 0.1, 0.1]), 1.0, WHERE)
