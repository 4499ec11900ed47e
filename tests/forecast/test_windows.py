"""A recording cut into pasts and futures: what may be seen, what is asked, and how it is scaled."""

import numpy as np
import pytest

from tidemark.core.errors import InputError
from tidemark.core.params import validate
from tidemark.core.store import DatasetInfo
from tidemark.forecast.windows import ForecastRecording, forecasts

NAN = np.nan
WHERE = "pipelines/forecast/params.yaml: recordings.x"


def entry(**changes: object) -> ForecastRecording:
    settings = {"file": "x.csv", "lookback": 20, "horizon": 5, "hop": 3}
    return ForecastRecording.model_validate(settings | changes)


def ramp(samples: int = 1000) -> np.ndarray:
    """A recording whose values are its times."""
    return np.arange(samples, dtype=float)[None]


def times(windows: np.ndarray, info: DatasetInfo) -> np.ndarray:
    return np.asarray((windows * info.std[0] + info.mean[0]).round())


def test_a_future_follows_its_past_without_a_gap() -> None:
    info, splits = forecasts("x", {"clean": ramp()}, entry(), 1.0, WHERE)
    for arrays in splits.values():
        joined = times(np.concatenate([arrays["past"], arrays["future"]], axis=-1), info)
        assert joined.shape[1:] == (1, 25)
        assert (np.diff(joined) == 1).all()


@pytest.mark.parametrize("shares", [[0.6, 0.2, 0.2], [0.7, 0.15, 0.15], [0.5, 0.3, 0.2]])
def test_futures_lie_in_their_own_block(shares: list[float]) -> None:
    info, splits = forecasts("x", {"clean": ramp()}, entry(hop=1, blocks=shares), 1.0, WHERE)
    asked = {split: set(times(arrays["future"], info).ravel()) for split, arrays in splits.items()}
    first, second = round(1000 * shares[0]), round(1000 * (shares[0] + shares[1]))
    # All of a block is asked for, but for the first lookback of the recording.
    assert asked["train"] == set(range(20, first))
    assert asked["validation"] == set(range(first, second))
    assert asked["test"] == set(range(second, 1000))


def test_origins_roll_on_by_the_hop_and_each_test_value_is_a_target_once() -> None:
    info, splits = forecasts("x", {"clean": ramp(998)}, entry(blocks=[0.6, 0.2, 0.2]), 1.0, WHERE)
    assert (np.diff(times(splits["train"]["future"], info)[:, 0, 0]) == 3).all()
    assert (np.diff(times(splits["validation"]["future"], info)[:, 0, 0]) == 3).all()
    asked = times(splits["test"]["future"], info).ravel()
    # The block of 200 begins at 798; what does not fill a horizon at its end is left out.
    assert asked.tolist() == list(range(798, 998))
    info, splits = forecasts("x", {"clean": ramp(996)}, entry(blocks=[0.6, 0.2, 0.2]), 1.0, WHERE)
    asked = times(splits["test"]["future"], info).ravel()
    assert asked.tolist() == list(range(797, 992))


def test_the_training_block_alone_sets_mean_and_std() -> None:
    recording = np.random.default_rng(0).normal(300, 7, (2, 2000))
    recording[:, 1000:] += 1e4
    recording[0, 5] = NAN
    info, splits = forecasts("x", {"clean": recording}, entry(blocks=[0.5, 0.25, 0.25]), 1.0, WHERE)
    assert info.mean == pytest.approx(np.nanmean(recording[:, :1000], axis=1))
    assert info.std == pytest.approx(np.nanstd(recording[:, :1000], axis=1))
    first = splits["test"]["past"][0] * np.array(info.std)[:, None] + np.array(info.mean)[:, None]
    np.testing.assert_allclose(first, recording[:, 1480:1500], rtol=1e-5)


def test_a_window_is_scaled_by_its_past_alone() -> None:
    recording = np.random.default_rng(1).standard_normal((1, 600)).cumsum(-1)
    changes = {"normalisation": "window", "hop": 5, "blocks": [0.5, 0.25, 0.25]}
    info, splits = forecasts("x", {"clean": recording}, entry(**changes), 1.0, WHERE)
    past, future = splits["test"]["past"], splits["test"]["future"]
    for window in range(len(past)):
        start = 450 + 5 * window  # of the future
        seen = recording[0, start - 20 : start]
        moved = seen - seen.mean()
        size = np.abs(moved).max()
        np.testing.assert_allclose(past[window, 0], moved / size, atol=1e-6)
        expected = (recording[0, start : start + 5] - seen.mean()) / size
        np.testing.assert_allclose(future[window, 0], expected, atol=1e-5)
    np.testing.assert_allclose(np.abs(past).max(-1), 1, atol=1e-6)
    assert np.abs(future).max() > 1  # a future may lie outside
    # What comes later changes nothing in an earlier past or its scale.
    recording[0, 525:] = 1e6
    _, later = forecasts("x", {"clean": recording}, entry(**changes), 1.0, WHERE)
    np.testing.assert_allclose(later["test"]["past"][:15], past[:15], atol=1e-6)
    np.testing.assert_allclose(later["test"]["future"][:15], future[:15], atol=1e-5)
    assert info.normalisation == "window"


def test_a_past_that_does_not_move_leaves_its_future_in_sight() -> None:
    recording = np.full((1, 600), 0.1)
    recording[0, ::2] = 0.3
    recording[0, 500:530] = 0.1
    _, splits = forecasts("x", {"clean": recording}, entry(normalisation="window"), 1.0, WHERE)
    assert all(np.abs(arrays["future"]).max() < 10 for arrays in splits.values())


def test_windows_with_too_many_gaps_in_past_or_future_are_left_out() -> None:
    recording = ramp()
    recording[0, 900:903] = NAN  # three of one test future's five values
    _, whole = forecasts("x", {"clean": ramp()}, entry(), 1.0, WHERE)
    _, splits = forecasts("x", {"clean": recording}, entry(minimum_present=0.5), 1.0, WHERE)
    assert len(splits["test"]["future"]) == len(whole["test"]["future"]) - 1
    assert np.isfinite(splits["test"]["future"]).mean((1, 2)).min() >= 0.5
    assert np.isnan(splits["test"]["past"]).any()  # few gaps stay as they are
    _, splits = forecasts("x", {"clean": recording}, entry(minimum_present=1.0), 1.0, WHERE)
    assert all(np.isfinite(array).all() for arrays in splits.values() for array in arrays.values())


def test_the_description_says_what_the_arrays_are() -> None:
    info, splits = forecasts(
        "x",
        {"clean": np.concatenate([ramp(), -ramp()])},
        entry(season=7, units="ppm", rate_unit="week"),
        1.0,
        WHERE,
    )
    assert (info.channels, info.length, info.horizon, info.season) == (2, 20, 5, 7)
    assert (info.sampling_rate, info.rate_unit, info.units) == (1.0, "week", "ppm")
    for split, arrays in splits.items():
        count = info.splits[split]
        assert {name: array.shape for name, array in arrays.items()} == {
            "past": (count, 2, 20), "future": (count, 2, 5), "season": (count,),
        }  # fmt: skip
        assert arrays["past"].dtype == arrays["future"].dtype == np.float32
        assert arrays["season"].dtype == np.int64
        assert (arrays["season"] == 7).all()


@pytest.mark.parametrize(
    ("samples", "changes", "message"),
    [
        (
            20,
            {},
            r"^pipelines/forecast/params.yaml: recordings.x.lookback = 20: with the horizon of 5 longer than the train block.* 14 samples",
        ),
        (
            100,
            {"horizon": 16},
            r"^pipelines/forecast/params.yaml: recordings.x.lookback = 20: with the horizon of 16 .* validation block",
        ),
        (
            100,
            {"season": 20},
            r"^pipelines/forecast/params.yaml: recordings.x.season = 20: not shorter than the lookback of 20",
        ),
    ],
)
def test_what_does_not_fit_is_refused(samples: int, changes: dict[str, int], message: str) -> None:
    with pytest.raises(InputError, match=message) as error:
        forecasts("x", {"clean": ramp(samples)}, entry(**changes), 1.0, WHERE)
    assert "\n" not in str(error.value)


def test_a_block_without_values_is_refused() -> None:
    recording = ramp()
    recording[0, 880:] = NAN
    with pytest.raises(
        InputError,
        match=r"^pipelines/forecast/params.yaml: recordings.x.minimum_present = 0.5: no window of the test block",
    ):
        forecasts("x", {"clean": recording}, entry(blocks=[0.8, 0.1, 0.1]), 1.0, WHERE)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"horizon": None}, "recordings.x.horizon = None: input should be a valid integer"),
        ({"window": 10}, "recordings.x.window: unknown key; expected one of blocks, columns, "),
        ({"season": 0}, "recordings.x.season = 0: input should be greater than or equal to 1"),
        ({"blocks": [0.9, 0.1, 0.0]}, "recordings.x: blocks are three positive shares that sum to 1"),
        ({"normalisation": "none"}, "recordings.x.normalisation = 'none': input should be 'standard' or 'window'"),
    ],
)  # fmt: skip
def test_an_entry_that_is_wrong_is_named(changes: dict[str, object], message: str) -> None:
    with pytest.raises(InputError) as error:
        validate(ForecastRecording, entry().model_dump() | changes, WHERE)
    assert str(error.value).startswith(f"pipelines/forecast/params.yaml: {message}")
    assert "\n" not in str(error.value)


def test_a_missing_horizon_is_named() -> None:
    values = entry().model_dump()
    del values["horizon"]
    with pytest.raises(InputError, match=r"recordings\.x\.horizon: missing key; add it"):
        validate(ForecastRecording, values, WHERE)


def test_the_history_ends_where_the_past_begins_and_nothing_is_before_the_recording() -> None:
    info, splits = forecasts("x", {"clean": ramp()}, entry(history=700), 1.0, WHERE)
    _, without = forecasts("x", {"clean": ramp()}, entry(), 1.0, WHERE)
    for split, arrays in splits.items():
        joined = np.concatenate([arrays["history"], arrays["past"]], axis=-1)
        seen = times(joined, info)
        first = times(arrays["future"], info)[..., :1]
        wanted = first - np.arange(720, 0, -1)
        np.testing.assert_array_equal(seen, np.where(wanted < 0, NAN, wanted))
        assert "history" not in without[split]
        for name in ("past", "future", "season"):
            np.testing.assert_array_equal(arrays[name], without[split][name])


def test_the_history_is_scaled_as_its_past_is() -> None:
    _, splits = forecasts("x", {"clean": ramp()}, entry(history=5, normalisation="window"), 1.0, WHERE)
    for arrays in splits.values():
        joined = np.concatenate([arrays["history"], arrays["past"], arrays["future"]], axis=-1)
        steps = np.diff(joined)
        np.testing.assert_allclose(steps[~np.isnan(steps)], 1 / 9.5, atol=1e-5)
