"""Scores against committed ones: the same, inside their intervals, outside them, or missing."""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path

import pytest

from support import scored, small_pipeline
from support.scored import compared, predictor
from tidemark.core.errors import InputError
from tidemark.evaluation.comparison import Comparison, Score
from tidemark.report.verify import Verdict, compare, verify

FILE = Path("metrics/forecast/d.json")
INTERVAL = Score(1.0, 0.5, 1.5)


def of(**values: object) -> Comparison:
    """One predictor's scores."""
    return compared(predictor("net", "model", **values))


def held(before: Comparison, now: Comparison) -> Verdict:
    return compare({FILE: before}, {FILE: now})


@pytest.mark.parametrize(
    ("interval", "now", "counts", "widths"),
    [
        (INTERVAL, 1.0, (1, 0, 0), 0),
        (INTERVAL, math.nextafter(1.0, 2), (0, 1, 0), 0),
        (INTERVAL, 0.5, (0, 1, 0), 0),
        (INTERVAL, 1.5, (0, 1, 0), 0),
        (INTERVAL, 3.5, (0, 0, 1), 2),  # (3.5 - 1.5) / 1
        (INTERVAL, 0.25, (0, 0, 1), 0.25),  # (0.5 - 0.25) / 1
        (Score(1.0, 1.0, 1.0), 1.0, (1, 0, 0), 0),
        (Score(1.0, 1.0, 1.0), 1.0 + 1e-12, (0, 0, 1), math.inf),
        (Score(2.0, 0.5, 1.5), 2.0, (1, 0, 0), 0),  # the same number is the same, wherever its interval is
    ],
)
def test_a_score_is_the_same_inside_or_outside(
    interval: Score, now: float, counts: tuple[int, int, int], widths: float
) -> None:
    found = held(of(mse=interval), of(mse=Score(now, now, now)))
    assert (found.same, found.inside, len(found.outside)) == counts
    assert [each.widths for each in found.outside] == [widths] * counts[2]
    assert found.missing == []


def test_those_outside_come_farthest_first_with_all_there_is_to_know() -> None:
    before = of(mse=INTERVAL, nll=INTERVAL, skill=Score(2.0, 2.0, 2.0), loud={"mse": INTERVAL})
    now = of(mse=2.0, nll=-1.5, skill=math.nextafter(2.0, 3), loud={"mse": 1.25})
    found = held(before, now)
    assert [str(each) for each in found.outside] == [
        "d-net, test, skill: 2.0 [2.0, 2.0], now 2.0000000000000004: an interval without a width outside",
        "d-net, test, nll: 1 [0.5, 1.5], now -1.5: 2 widths outside",
        "d-net, test, mse: 1 [0.5, 1.5], now 2: 0.5 widths outside",
    ]
    assert found.summary == "4 scores: 0 the same, 1 inside their intervals, 3 outside"


def test_what_one_side_lacks_is_named_once_by_the_largest_part() -> None:
    net, other = (
        predictor("net", "model", mse=1.0, nll=1.0, loud={"mse": 1.0}),
        predictor("old", "model", mse=1.0),
    )
    now = predictor("net", "model", mse=1.0, skill=1.0)
    found = held(compared(net, other), compared(now, predictor("new", "model", mse=1.0, loud={"mse": 2.0})))
    assert sorted(found.missing) == [
        f"{FILE}: d-net, loud: missing now",
        f"{FILE}: d-net, test, nll: missing now",
        f"{FILE}: d-net, test, skill: not committed",
        f"{FILE}: d-new: not committed",
        f"{FILE}: d-old: missing now",
    ]
    assert found.summary == "1 scores: 1 the same, 0 inside their intervals, 0 outside, 5 missing on one side"
    gone = compare({FILE: compared(net)}, {Path("metrics/forecast/e.json"): compared(net)})
    assert gone.missing == [f"{FILE}: missing now", "metrics/forecast/e.json: not committed"]


def test_scores_of_another_scale_are_refused() -> None:
    with pytest.raises(
        InputError, match="scale 'smoke', the committed scores at 'laptop'.*scale: laptop first"
    ):
        held(of(mse=1.0), replace(of(mse=1.0), scale="smoke"))


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A clone of a pipeline with many committed scores."""
    small_pipeline.write(tmp_path)
    scored.write(tmp_path, of(**{f"t{number}": {"mse": INTERVAL} for number in range(30)}, mse=INTERVAL))
    small_pipeline.commit(tmp_path)
    return tmp_path


def test_committed_scores_are_those_of_the_revision(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert verify(root)
    assert capsys.readouterr().out == "31 scores: 31 the same, 0 inside their intervals, 0 outside\n"
    now = of(**{f"t{number}": {"mse": 2.0 + number} for number in range(30)}, mse=1.25)
    scored.write(root, now)
    assert not verify(root)
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 22
    assert lines[0] == "d-net, t29, mse: 1 [0.5, 1.5], now 31: 30 widths outside"
    assert lines[20] == "… and 10 more outside; `tidemark verify --all` names them"
    assert lines[21] == "31 scores: 0 the same, 1 inside their intervals, 30 outside"
    assert not verify(root, everything=True)
    assert len(capsys.readouterr().out.splitlines()) == 31
    small_pipeline.commit(root)
    assert verify(root)
    assert not verify(root, "HEAD~1")


def test_a_pipeline_in_a_folder_of_a_larger_repository(tmp_path: Path) -> None:
    root = small_pipeline.write(tmp_path / "below")
    scored.write(root, of(mse=INTERVAL))
    small_pipeline.commit(tmp_path)
    assert verify(root)
    scored.write(root, of(mse=2.0))
    assert not verify(root)


def test_stale_kept_scores_are_warned_of_and_change_nothing(
    root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    scored.write_paper(root, "d-net", {"test": {"mse": 1.0}})
    assert verify(root)
    warning, summary = capsys.readouterr().out.splitlines()
    assert warning.startswith("warning: metrics/paper: d-net: kept before parameters and code were recorded")
    assert summary.startswith("31 scores: 31 the same")


def test_what_cannot_be_compared_is_one_line(root: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    with pytest.raises(InputError, match="no committed scores at 'nothing'"):
        verify(root, "nothing")
    with pytest.raises(InputError, match="no committed scores at '--help'"):
        verify(root, "--help")
    outside = tmp_path_factory.mktemp("outside")
    scored.write(outside, of(mse=1.0))
    with pytest.raises(InputError, match="no committed scores at 'HEAD' .not a git repository"):
        verify(outside)
    (root / FILE).write_text("{}")
    small_pipeline.commit(root)
    with pytest.raises(InputError, match=rf"HEAD:{FILE}: no comparison of predictors"):
        verify(root)
    (root / FILE).unlink()
    with pytest.raises(InputError, match=r"no scores there; run `tidemark repro`"):
        verify(root, "HEAD~1")
