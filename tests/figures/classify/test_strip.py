"""A participant's day as strips."""

from collections import Counter
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from matplotlib.colors import to_hex
from matplotlib.patches import PathPatch

from support.report_inputs import assert_refused
from tidemark.figures import strip
from tidemark.figures.strip import Shown, Strip
from tidemark.figures.style import INK, class_colours
from tidemark.figures.tables import Row

HEADER = "test,participant,time,true,predicted,smoothed,confidence\n"
ROWS = "test,P2,2016-11-13T02:18:30,walk,sit,walk,0.6\ntest,P2,2016-11-13T02:18:00.000,sit,sit,sit,0.9\ntest,P1,2016-11-13T02:18:00,sit,sit,sit,0.9\n"
CLASSES = ["sit", "sleep", "walk"]


def day() -> Strip:
    """Four windows, a gap of a minute, and one more."""
    names = np.array(["sit", "sit", "walk", "walk", "sit"])
    predicted = np.array(["sit", "walk", "walk", "walk", "sit"])
    return Strip(np.array([0, 30, 60, 90, 180]), names, predicted, names, np.full(5, 0.9))


def test_windows_are_in_order_of_time(tmp_path: Path) -> None:
    path = tmp_path / "strip.csv"
    assert strip.read(path) == {}
    path.write_text(HEADER + ROWS)
    found = strip.read(path)
    assert list(found) == [("test", "P2"), ("test", "P1")]
    two = found["test", "P2"]
    assert two.true.tolist() == ["sit", "walk"] and two.confidence.tolist() == [0.9, 0.6]
    assert two.time.tolist() == [1479003480, 1479003510] and two.step == 30
    assert two.classes == {"sit", "walk"} and found["test", "P1"].step == 30


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            HEADER + ROWS.replace("02:18:30", "2:18 pm"),
            "row 2, column time: '2016-11-13T2:18 pm'; expected a time",
        ),
        (HEADER.replace("smoothed", "smooth") + ROWS, "no column smoothed"),
    ],
)
def test_bad_tables_are_refused(tmp_path: Path, text: str, message: str) -> None:
    assert_refused(strip.read, tmp_path / "strip.csv", text, message)


@settings(deadline=None, max_examples=60)
@given(st.lists(st.tuples(st.integers(1, 3), st.integers(0, 2)), min_size=1, max_size=40))
def test_runs_are_those_of_a_loop(windows: list[tuple[int, int]]) -> None:
    time = 30.0 * np.cumsum([apart for apart, _ in windows])
    codes = np.array([code for _, code in windows])
    wanted: list[list[float]] = []
    for at, code in zip(time.tolist(), codes.tolist(), strict=True):
        if wanted and wanted[-1][1:] == [at, code]:
            wanted[-1][1] = at + 30
        else:
            wanted.append([at, at + 30, code])
    assert np.stack(strip.runs(time, codes, 30.0), axis=1).tolist() == wanted


def test_of_a_long_recording_the_most_frequent_of_neighbours_is_drawn(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(strip, "MOST", 4)
    random = np.random.default_rng(0)
    codes = random.integers(0, 3, 20)
    time = 10 * np.arange(20) + 1000
    starts, ends, found = strip.runs(time, codes, 10.0)
    cells = [Counter(codes[first : first + 5].tolist()) for first in range(0, 20, 5)]
    for start, end, code in zip(starts, ends, found, strict=True):
        for cell in range(int(start - 1000) // 50, int(end - 1000) // 50):
            assert cells[cell][int(code)] == max(cells[cell].values())
    assert starts[0] == 1000 and ends[-1] == 1200 and all(a <= b for a, b in pairwise(ends))


def test_strips_gaps_and_marks(row: Callable[..., Row]) -> None:
    figure = strip.figure([Shown(row("model", "net"), "best model", day())], CLASSES)
    assert figure is not None
    (axes,) = figure.axes
    drawn = [each for each in axes.get_children() if isinstance(each, PathPatch)]
    colours = class_colours(CLASSES)
    found: dict[tuple[str, float], list[tuple[float, float]]] = {}
    for each in drawn:
        corners = np.asarray(each.get_path().vertices).reshape(-1, 5, 2)
        for corner in corners:
            key = (to_hex(each.get_facecolor()), round(float(corner[0, 1]), 3))
            found.setdefault(key, []).append((float(corner[0, 0]), float(corner[1, 0])))
    assert found[colours["sit"], 0.0] == [(0, 60), (180, 210)] and found[colours["walk"], 0.0] == [(60, 120)]
    marks = [spans for (colour, _), spans in found.items() if colour == INK]
    assert marks == [[(30, 60)]]
    assert [text.get_text() for text in figure.legends[0].get_texts()] == ["sit", "walk"]
    assert {"80 %", "100 %", "annotated", "net"} <= {text.get_text() for text in axes.texts}


def test_hours_and_days_are_written(row: Callable[..., Row]) -> None:
    time = 1_478_998_800 + 1800 * np.arange(60)  # from one o'clock, thirty hours
    names = np.full(60, "sit")
    figure = strip.figure(
        [Shown(row("model", "net"), "best model", Strip(time, names, names, names, np.ones(60)))], CLASSES
    )
    assert figure is not None
    ticks = [text.get_text() for text in figure.axes[0].get_xticklabels()]
    assert ticks[0] == "03:00\n2016-11-13" and ticks[1:7] == [
        "06:00",
        "09:00",
        "12:00",
        "15:00",
        "18:00",
        "21:00",
    ]
    assert ticks[7] == "00:00\n2016-11-14" and len(ticks) <= strip.TICKS


def test_nothing_to_draw(row: Callable[..., Row]) -> None:
    empty = np.array([], dtype=np.int64)
    none = Strip(empty, *[empty.astype(str)] * 3, empty)
    assert strip.figure([], CLASSES) is None
    assert strip.figure([Shown(row("model", "net"), "best model", none)], CLASSES) is None
    assert all(len(each) == 0 for each in strip.runs(empty, empty, 30.0))
