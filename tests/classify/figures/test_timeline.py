"""A participant's day as bands."""

from collections import Counter
from itertools import pairwise
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from matplotlib.colors import to_hex
from matplotlib.patches import PathPatch

from support.figures import results
from support.scored import predictor
from tidemark.classify.figures import timeline
from tidemark.classify.figures.view import VIEW
from tidemark.core.errors import InputError
from tidemark.report.figures.colours import INK, class_colours
from tidemark.report.figures.results import Results, Shown

HEADER = "test,participant,time,true,predicted,smoothed,confidence\n"
ROWS = (
    "test,P2,2016-11-13T02:18:30,walk,sit,walk,0.6\ntest,P2,2016-11-13T02:18:00.000,sit,sit,sit,0.9\n"
    "test,P1,2016-11-13T02:18:00,sit,sit,sit,0.9\n"
)
CLASSES = ["sit", "sleep", "walk"]
NET = predictor("net", "model", kappa=0.5)
SHOWN = Shown(NET, "best model")


def day(time: object, true: object, predicted: object) -> pd.DataFrame:
    return pd.DataFrame({"days": time, "true": true, "predicted": predicted, "smoothed": true})


@pytest.fixture
def known(tmp_path: Path) -> Results:
    found = results(VIEW, NET, root=tmp_path, classes=CLASSES)
    found.details_of(NET).mkdir(parents=True)
    return found


def test_windows_are_in_order_of_time(known: Results) -> None:
    assert timeline.read(known) == {} and list(timeline.draw(known)) == []
    (known.details_of(NET) / "timeline.csv").write_text(HEADER + ROWS)
    (table,) = timeline.read(known).values()
    two = table[table["participant"] == "P2"]
    assert two["true"].tolist() == ["sit", "walk"] and (two["days"] * 86400).round(3).tolist() == [
        1479003480,
        1479003510,
    ]
    assert timeline.step_of(two["days"].to_numpy()) * 86400 == pytest.approx(30)
    assert [picture.title for picture in timeline.draw(known)] == ["A day of P1", "A day of P2"]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (ROWS.replace("02:18:30", "2:18 pm"), "timeline.csv: .*2016-11-13T2:18 pm.*expected times"),
        (ROWS.replace("walk", "run"), "timeline.csv: class 'run'; expected sit, sleep, walk"),
    ],
)
def test_bad_tables_are_refused(known: Results, text: str, message: str) -> None:
    (known.details_of(NET) / "timeline.csv").write_text(HEADER + text)
    with pytest.raises(InputError, match=message) as caught:
        timeline.read(known)
    assert "\n" not in str(caught.value)


@settings(deadline=None, max_examples=60)
@given(st.lists(st.tuples(st.integers(1, 3), st.integers(0, 2)), min_size=1, max_size=40))
def test_runs_are_those_of_a_loop(windows: list[tuple[int, int]]) -> None:
    time = 30.0 * np.cumsum([steps for steps, _ in windows])
    codes = np.array([code for _, code in windows])
    wanted: list[list[float]] = []
    for at, code in zip(time.tolist(), codes.tolist(), strict=True):
        if wanted and wanted[-1][1:] == [at, code]:
            wanted[-1][1] = at + 30
        else:
            wanted.append([at, at + 30, code])
    assert np.stack(timeline.runs(time, codes, 30.0), axis=1).tolist() == wanted


def test_of_a_long_recording_the_most_frequent_of_neighbours_is_drawn(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(timeline, "MOST", 4)
    random = np.random.default_rng(0)
    codes = random.integers(0, 3, 20)
    time = 10 * np.arange(20) + 1000
    starts, ends, found = timeline.runs(time, codes, 10.0)
    cells = [Counter(codes[first : first + 5].tolist()) for first in range(0, 20, 5)]
    for start, end, code in zip(starts, ends, found, strict=True):
        for cell in range(int(start - 1000) // 50, int(end - 1000) // 50):
            assert cells[cell][int(code)] == max(cells[cell].values())
    assert starts[0] == 1000 and ends[-1] == 1200 and all(a <= b for a, b in pairwise(ends))


def test_bands_gaps_and_marks() -> None:
    """Four windows, a gap of a minute, and one more; the second is wrong."""
    true = ["sit", "sit", "walk", "walk", "sit"]
    whole = day([0, 30, 60, 90, 180], true, ["sit", "walk", "walk", "walk", "sit"])
    figure = timeline.figure([(SHOWN, whole)], CLASSES)
    (axes,) = figure.axes
    colours = class_colours(CLASSES)
    found: dict[tuple[str, float], list[tuple[float, float]]] = {}
    for each in [each for each in axes.get_children() if isinstance(each, PathPatch)]:
        for corner in np.asarray(each.get_path().vertices).reshape(-1, 5, 2):
            key = (to_hex(each.get_facecolor()), round(float(corner[0, 1]), 3))
            found.setdefault(key, []).append((float(corner[0, 0]), float(corner[1, 0])))
    assert found[colours["sit"], 0.0] == [(0, 60), (180, 210)] and found[colours["walk"], 0.0] == [(60, 120)]
    marks = [spans for (colour, _), spans in found.items() if colour == INK]
    assert marks == [[(30, 60)]]
    assert [text.get_text() for text in figure.legends[0].get_texts()] == ["sit", "walk"]
    assert {"80 %", "100 %", "annotated", "net"} <= {text.get_text() for text in axes.texts}


def test_hours_and_days_are_written() -> None:
    time = (
        np.datetime64("2016-11-13T01:00").astype("datetime64[s]").astype(float) / 86400 + np.arange(60) / 48
    )
    figure = timeline.figure([(SHOWN, day(time, "sit", "sit"))], CLASSES)  # thirty hours
    axis = figure.axes[0].xaxis
    ticks = [text.get_text() for text in figure.axes[0].get_xticklabels()]
    assert ticks[:8] == ["03:00", "06:00", "09:00", "12:00", "15:00", "18:00", "21:00", "Nov-14"]
    assert len(ticks) <= timeline.TICKS and axis.get_major_formatter().get_offset() == "2016-Nov-14"


def test_no_windows_no_runs() -> None:
    empty = np.array([], dtype=np.int64)
    assert all(len(each) == 0 for each in timeline.runs(empty, empty, 30.0))
