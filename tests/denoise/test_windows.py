"""A recording cut into a dataset: blocks that do not touch, scaling and noise as stated."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tidemark.core.errors import InputError
from tidemark.core.params import validate
from tidemark.denoise.windows import DenoiseRecording, windowed
from tidemark.signals.windows.cut import cut

WHERE = "pipelines/denoise/params.yaml: recordings.x"


def entry(**changes: object) -> DenoiseRecording:
    settings = {"file": "x.csv", "window": 20, "hop": 5, "snr_db": 10.0}
    return DenoiseRecording.model_validate(settings | changes)


def ramp(samples: int = 1000) -> np.ndarray:
    return np.arange(samples, dtype=float)[None]


def unscaled(windows: np.ndarray, info: object) -> np.ndarray:
    return np.asarray(windows * info.std[0] + info.mean[0])  # type: ignore[attr-defined]


@settings(max_examples=40, deadline=None)
@given(samples=st.integers(5, 60), window=st.integers(1, 5), hop=st.integers(1, 7))
def test_windows_equal_a_loop_over_slices(samples: int, window: int, hop: int) -> None:
    block = np.random.default_rng(samples).random((2, samples))
    expected = [block[:, start : start + window] for start in range(0, samples - window + 1, hop)]
    np.testing.assert_array_equal(cut(block, window, hop), np.stack(expected))


def test_splits_are_disjoint_blocks_in_time_order() -> None:
    info, splits = windowed("x", {"clean": ramp()}, entry(blocks=[0.6, 0.2, 0.2]), 1.0, WHERE)
    times = {name: unscaled(arrays["clean"], info).round() for name, arrays in splits.items()}
    assert times["train"].max() < times["validation"].min()
    assert times["validation"].max() < times["test"].min()
    assert times["train"].max() == 599
    assert (np.diff(times["train"][:, 0, 0]) == 5).all()
    assert (np.diff(times["test"][:, 0, 0]) == 20).all()  # test windows do not overlap


def test_the_training_block_has_mean_zero_and_variance_one() -> None:
    recording = np.random.default_rng(0).normal(300, 7, (1, 2000))
    info, splits = windowed("x", {"clean": recording}, entry(hop=20, blocks=[0.5, 0.25, 0.25]), 1.0, WHERE)
    assert info.mean[0] == pytest.approx(300, abs=0.5)
    assert splits["train"]["clean"].mean() == pytest.approx(0, abs=1e-6)
    assert splits["train"]["clean"].std() == pytest.approx(1, abs=1e-6)


def test_noise_has_the_stated_ratio_and_is_one_realisation() -> None:
    recording = np.sin(np.arange(40_000) / 7)[None]
    _, splits = windowed("x", {"clean": recording}, entry(snr_db=6.0), 1.0, WHERE)
    noise = splits["train"]["noisy"] - splits["train"]["clean"]
    ratio = 10 * np.log10(np.var(splits["train"]["clean"]) / np.var(noise))
    assert ratio == pytest.approx(6.0, abs=0.1)
    np.testing.assert_allclose(noise[0, 0, 5:], noise[1, 0, :15], atol=1e-6)  # windows overlap by 15


def test_a_pair_keeps_its_own_noise_and_channels() -> None:
    clean = np.stack([np.arange(400.0), 5 * np.arange(400.0)])
    noisy = clean + 3
    info, splits = windowed(
        "x", {"clean": clean, "noisy": noisy}, entry(snr_db=None, noisy_columns=["a", "b"]), 1.0, WHERE
    )
    difference = (splits["test"]["noisy"] - splits["test"]["clean"]) * np.array(info.std)[:, None]
    np.testing.assert_allclose(difference, 3, atol=1e-3)
    assert info.channels == 2


def test_windows_with_too_many_gaps_are_left_out() -> None:
    recording = ramp()
    recording[0, 100:132] = np.nan
    info, splits = windowed("x", {"clean": recording}, entry(minimum_present=0.9), 1.0, WHERE)
    assert all(np.isfinite(arrays["clean"]).mean((1, 2)).min() >= 0.9 for arrays in splits.values())
    assert len(splits["train"]["clean"]) == info.splits["train"] < 137  # of 137 whole windows


def test_a_window_longer_than_a_block_is_refused() -> None:
    with pytest.raises(
        InputError,
        match=r"^pipelines/denoise/params.yaml: recordings.x.window = 200: longer than the validation block of 150",
    ):
        windowed("x", {"clean": ramp()}, entry(window=200), 1.0, WHERE)


def test_a_block_without_values_is_refused() -> None:
    recording = ramp()
    recording[0, 900:] = np.nan
    with pytest.raises(
        InputError,
        match=r"^pipelines/denoise/params.yaml: recordings.x.minimum_present = 0.5: no window of the test block",
    ):
        windowed("x", {"clean": recording}, entry(blocks=[0.8, 0.1, 0.1]), 1.0, WHERE)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"window": -4}, "recordings.x.window = -4: input should be greater than or equal to 1"),
        ({"hop": 1000}, "recordings.x: hop 1000 is larger than window 20"),
        ({"blocks": [0.9, 0.2, 0.1]}, "recordings.x: blocks are three positive shares that sum to 1"),
        ({"lookback": 10}, "recordings.x.lookback: unknown key; expected one of blocks, columns, "),
        (
            {"snr_db": None},
            "recordings.x: give either snr_db (noise is added), noisy_columns (a pair) or reference: none",
        ),
        ({"noisy_columns": ["b"]}, "recordings.x: give either snr_db"),
    ],
)
def test_an_entry_that_is_wrong_is_named(changes: dict[str, object], message: str) -> None:
    with pytest.raises(InputError) as error:
        validate(DenoiseRecording, entry().model_dump() | changes, WHERE)
    assert str(error.value).startswith(f"pipelines/denoise/params.yaml: {message}")
    assert "\n" not in str(error.value)
