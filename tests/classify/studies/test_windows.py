from pathlib import Path

import numpy as np
import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

from tidemark.classify.studies.grid import on_grid
from tidemark.classify.studies.rows import Rows
from tidemark.classify.studies.windows import cut_windows

STEP = 10_000_000


def resample_loop(rows, length, label):
    """The published rule, window by window, by pandas' resample."""
    frame = pd.DataFrame(dict(zip("xyz", rows.values, strict=True)), index=pd.DatetimeIndex(rows.time))
    frame["code"] = pd.array(np.where(rows.code < 0, np.nan, rows.code), dtype=float)
    found, dropped = [], 0
    for _, window in frame.resample(pd.Timedelta(length * STEP, "ns"), origin="start"):
        values = window[["x", "y", "z"]].to_numpy()
        if len(window) and (len(window) != length or np.isnan(values).any() or window["code"].isna().all()):
            dropped += 1
        elif len(window):
            found.append((values.T, window.index[0].value, label[int(window["code"].mode()[0])]))
    return found, dropped


@st.composite
def recordings(draw):
    """Rows 10 ms apart in stretches between gaps of any length, with missing values and annotations."""
    lengths = draw(st.lists(st.integers(1, 60), min_size=1, max_size=6))
    gaps = draw(st.lists(st.integers(20, 900), min_size=len(lengths), max_size=len(lengths)))
    offsets, now = [], 0
    for length, gap in zip(lengths, gaps, strict=True):
        offsets.append(now + np.arange(length) * STEP)
        now = offsets[-1][-1] + gap * 1_000_000
    time = 10**18 + np.concatenate(offsets)
    rng = np.random.default_rng(draw(st.integers(0, 99)))
    values = rng.normal(0, 1, (3, len(time))).astype(np.float32)
    values[0, rng.random(len(time)) < draw(st.sampled_from([0, 0.02]))] = np.nan
    code = np.repeat(rng.integers(-1, 3, len(time) // 3 + 1), 3)[: len(time)].astype(np.int32)
    return Rows(time, values, code)


@settings(max_examples=60, deadline=None)
@given(recordings(), st.integers(2, 12))
def test_windows_are_those_of_a_resample_loop(rows, length):
    label = np.array([1, 0, 1])
    if len(rows.time) < 20:
        return
    windows = cut_windows(on_grid(Path("x"), rows, 100.0, "g", length), length, length, label)
    expected, dropped = resample_loop(rows, length, label)
    assert len(windows.time) == len(expected)
    assert sum(windows.dropped.values()) == dropped
    for place, (signal, time, number) in enumerate(expected):
        np.testing.assert_array_equal(windows.signal[place], signal)
        assert (windows.time[place], windows.label[place]) == (time, number)


@settings(max_examples=30, deadline=None)
@given(recordings(), st.integers(2, 12), st.integers(1, 12))
def test_overlapping_windows_are_all_that_lack_nothing(rows, length, hop):
    if len(rows.time) < 20 or hop > length:
        return
    samples = on_grid(Path("x"), rows, 100.0, "g", length)
    windows = cut_windows(samples, length, hop, np.array([0, 1, 2]))
    place = {int(position): index for index, position in enumerate(samples.position)}
    starts = []
    for start in range(0, int(samples.position[-1]) + 1, hop):
        indices = [place.get(start + offset) for offset in range(length)]
        if None not in indices:
            inside = slice(indices[0], indices[-1] + 1)
            if np.isfinite(samples.values[:, inside]).all() and (samples.code[inside] >= 0).any():
                starts.append(int(samples.time[indices[0]]))
    assert windows.time.tolist() == starts


def test_equally_frequent_annotations_go_to_the_first():
    rows = Rows(
        10**18 + np.arange(40) * STEP,
        np.ones((3, 40), np.float32),
        np.tile([2, 1, 0, -1], 10).astype(np.int32),
    )
    windows = cut_windows(on_grid(Path("x"), rows, 100.0, "g", 20), 20, 20, np.array([5, 6, 7]))
    assert windows.label.tolist() == [5, 5]
    bare = cut_windows(on_grid(Path("x"), rows, 100.0, "g", 20), 20, 20, None)
    assert bare.label.tolist() == [-1, -1]
