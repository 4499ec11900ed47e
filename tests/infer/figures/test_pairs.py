"""Pairs as they were inferred: by test set, in the order of inference."""

from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest
from matplotlib.axes import Axes
from matplotlib.collections import PolyCollection
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import PathPatch
from scipy import integrate, stats

from support.figures import results
from support.scored import predictor
from tidemark.infer.figures import pairs, panels
from tidemark.infer.figures.pairs import Pair
from tidemark.infer.figures.view import VIEW
from tidemark.report.figures.colours import INK
from tidemark.report.figures.results import Shown
from tidemark.report.figures.style import styled

NAN = np.nan
MEAN, STD = np.array([0.5, -1.0, 2.0]), np.array([0.1, 0.4, 0.2])
ROWS = (
    "test,signal,x,member,context,target,mean,std,path_1,path_2,path_3\n"
    "test,0,5.5,0,1.25,,,,,,\n"
    "test,0,7.0,1,-2.0,,,,,,\n"
    "test,0,9.0,1,,-1.5,-1.4,0.1,-1.3,-1.2,-1.1\n"
    "test,0,8.0,1,,,-1.6,0.2,-1.7,-1.8,-1.9\n"
    "tail,0,6.0,0,,2.0,2.5,0.5,2.1,2.2,2.3\n"
)
NET = Shown(predictor("net", "model", crps=0.2), "best model")
GP = Shown(predictor("gp", "baseline", crps=0.3), "best baseline")
POSTERIOR = Shown(predictor("posterior", "limit", crps=0.1), "limit")


@pytest.fixture
def read(tmp_path: Path) -> list[Pair]:
    known = results(VIEW, NET.predictor, GP.predictor, root=tmp_path)
    path = known.details_of(NET.predictor) / "examples.csv"
    path.parent.mkdir(parents=True)
    path.write_text(ROWS)
    assert list(pairs.read(known)) == ["d-net"]
    return pairs.read(known)["d-net"]


def test_columns_by_test_set(read: list[Pair]) -> None:
    pair, tail = read
    assert (pair.test, tail.test, pair.partner, tail.partner) == ("test", "tail", 0, None)
    np.testing.assert_array_equal(pair.position, [5.5, 7, 9, 8])
    np.testing.assert_array_equal(pair.member, [0, 1, 1, 1])
    np.testing.assert_array_equal(pair.input, [1.25, -2, NAN, NAN])
    np.testing.assert_array_equal(pair.target, [NAN, NAN, -1.5, NAN])  # inferred, but not known
    np.testing.assert_array_equal(pair.mean, [NAN, NAN, -1.4, -1.6])
    np.testing.assert_array_equal(pair.std, [NAN, NAN, 0.1, 0.2])
    np.testing.assert_array_equal(pair.paths[:, 2], [-1.3, -1.2, -1.1])
    np.testing.assert_array_equal(pair.inferred, [False, False, True, True])


def test_points_of_a_member_are_sorted_by_position(read: list[Pair]) -> None:
    pair, _ = read
    assert pair.of(1, pair.inferred).tolist() == [3, 2]
    assert pair.of(0, ~pair.inferred).tolist() == [0] and pair.of(0, pair.inferred).tolist() == []


def example(
    member: tuple[int, ...] = (0, 0, 1, 1, 1, 1), mean: npt.NDArray[np.float64] = MEAN, test: str = "test"
) -> Pair:
    """Three points of input, then three inferred in the order of positions 9, 7, 8."""
    blank = [NAN] * 3
    return Pair(
        test,
        np.array([6.0, 5.0, 5.5, 9.0, 7.0, 8.0]),
        np.array(member, dtype=float),
        np.array([1.0, 2.0, 3.0, *blank]),
        np.array([*blank, 0.6, -1.2, NAN]),
        np.array([*blank, *mean]),
        np.array([*blank, *STD]),
        np.array([[*blank, *(mean + n)] for n in (1, 2, 3)]),
    )


def figure(*shown: tuple[Shown, Pair]) -> Figure:
    with styled():
        return panels.figure(results(VIEW, *(each.predictor for each, _ in shown)), shown)


def drawn(axes: Axes, width: float) -> list[Line2D]:
    return [line for line in axes.lines if line.get_linewidth() == width and line.get_linestyle() != "None"]


def test_means_truths_and_paths_are_sorted_by_position() -> None:
    panel, _ = figure((NET, example())).axes
    (mean,), (truth,), paths = drawn(panel, 2.0), drawn(panel, 0.8), drawn(panel, 0.6)
    np.testing.assert_array_equal(mean.get_xdata(), [7, 8, 9])
    np.testing.assert_array_equal(mean.get_ydata(), [-1.0, 2.0, 0.5])
    np.testing.assert_array_equal(truth.get_ydata(), [-1.2, NAN, 0.6])
    assert [list(np.asarray(path.get_ydata())) for path in paths] == [
        [n - 1, n + 2, n + 0.5] for n in (1, 2, 3)
    ]


def test_shades_are_central_intervals_of_the_normal_law() -> None:
    axes = figure((NET, example())).axes[0]
    shades = [each.get_paths()[0].vertices for each in axes.collections if isinstance(each, PolyCollection)]
    widest_first = sorted((np.asarray(each) for each in shades), key=lambda each: -np.ptp(each[:, 1]))
    for share, vertices in zip((0.95, 0.5), widest_first, strict=True):
        low, high = stats.norm.interval(share, MEAN, STD)
        for x, mean_low, mean_high in zip((9, 7, 8), low, high, strict=True):
            here = vertices[vertices[:, 0] == x, 1]
            np.testing.assert_allclose([here.min(), here.max()], [mean_low, mean_high])


def test_partner_and_input_points_are_marked_differently() -> None:
    found = figure((NET, example()))
    (partner,) = [each for each in found.axes[0].get_children() if isinstance(each, PathPatch)]
    np.testing.assert_allclose(np.asarray(partner.get_path().vertices)[::2], [[5, 2], [6, 1]])
    (points,) = [line for line in found.axes[0].lines if line.get_linestyle() == "None"]
    assert (list(points.get_xdata()), list(points.get_ydata())) == ([5.5], [3.0])
    labels = [text.get_text() for text in found.legends[0].get_texts()]
    assert labels == [
        "the partner, known",
        "input",
        "truth",
        "mean",
        "50 % and 95 % intervals",
        "sample paths",
    ]


@pytest.mark.parametrize(
    ("member", "lines", "points"),
    [((0,) * 6, 1, [5.0, 5.5, 6.0]), ((0, 1, 1, 1, 0, 0), 2, [6.0, 5.0, 5.5])],
    ids=["one sequence", "both inferred"],
)
def test_without_a_partner(member: tuple[int, ...], lines: int, points: list[float]) -> None:
    found = figure((NET, example(member)))
    panel = found.axes[0]
    assert len(drawn(panel, 2.0)) == lines
    assert [x for line in panel.lines if line.get_linestyle() == "None" for x in line.get_xdata()] == points
    assert "the partner, known" not in [text.get_text() for text in found.legends[0].get_texts()]


def test_lower_panels_are_relative_to_the_exact_mean_and_hold_its_intervals() -> None:
    exact, wild = example(mean=MEAN - 0.25), example(mean=MEAN + 100)
    axes = figure((NET, example()), (GP, wild), (POSTERIOR, exact)).axes
    upper, lower = axes[::2], axes[1::2]
    assert len(axes) == 6
    assert [float(np.asarray(drawn(each, 2.0)[0].get_ydata())[0]) for each in lower] == [0.25, 100.25, 0.0]
    truth = drawn(lower[2], 0.8)[0].get_ydata()
    np.testing.assert_allclose(truth, [0.05, NAN, 0.35])  # less the exact mean
    assert len({each.get_ylim() for each in lower}) == len({each.get_ylim() for each in upper}) == 1
    low, high = lower[0].get_ylim()
    assert low == -high and 0.25 + 1.9 * 0.4 < high < 2
    assert lower[0].get_ylabel() == "less the\nexact mean"
    assert [each.get_title(loc="left") for each in upper] == [
        "best model: net", "best baseline: gp", "limit: posterior",
    ]  # fmt: skip
    assert drawn(lower[2], 2.0)[0].get_color() == INK


def test_without_a_limit_the_truth_is_the_reference_and_without_either_there_is_no_lower_panel() -> None:
    reference = panels.reference([(NET, example())])
    assert reference is not None and reference[0] == "truth"
    blind = example()
    blind.target[:] = NAN
    (axes,) = figure((NET, blind)).axes
    assert [text.get_text() for text in axes.texts] == ["CRPS –"]


def test_score_is_the_integral_that_defines_it() -> None:
    def integral(mean: float, std: float, truth: float) -> float:
        law = stats.norm(mean, std)
        ends = (mean - 12 * std, truth, mean + 12 * std)
        below, _ = integrate.quad(lambda y: law.cdf(y) ** 2, ends[0], ends[1])
        above, _ = integrate.quad(lambda y: law.sf(y) ** 2, ends[1], ends[2])
        return float(below + above)

    wanted = (integral(0.5, 0.1, 0.6) + integral(-1.0, 0.4, -1.2)) / 2
    assert pairs.score(example()) == pytest.approx(wanted, rel=1e-6)


def test_the_hardest_other_test_set_is_shown() -> None:
    found = [example(test=test) for test in ("gaps", "test", "tail", "gaps")]
    assert pairs.tests(found, {"gaps": 0.1, "tail": 0.3, "test": 9.0}) == ["test", "tail"]
    assert pairs.tests(found, {}) == ["test", "gaps"] and pairs.tests(found[:1], {}) == ["gaps"]
    assert pairs.tests([], {}) == []
    assert pairs.of_test(found, "tail") is found[2] and pairs.of_test(found, "none") is None


def test_only_the_same_points_are_alike() -> None:
    assert pairs.alike(example(), example(mean=MEAN + 1))
    other = example()
    other.position[0] += 1
    assert not pairs.alike(example(), other)
