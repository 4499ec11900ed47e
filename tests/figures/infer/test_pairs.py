"""The panels of a pair: means, intervals, truths and given points where they belong."""

from collections.abc import Callable

import numpy as np
import numpy.typing as npt
import pytest
from matplotlib.axes import Axes
from matplotlib.collections import PolyCollection
from matplotlib.lines import Line2D
from matplotlib.patches import PathPatch
from scipy import integrate, stats

from tidemark.figures import pairs
from tidemark.figures.inferred import Inferred
from tidemark.figures.style import INK, Colours
from tidemark.figures.tables import Row

Made = Callable[..., Row]
NAN = np.nan
MEAN, STD = np.array([0.5, -1.0, 2.0]), np.array([0.1, 0.4, 0.2])


def example(
    member: tuple[int, ...] = (0, 0, 1, 1, 1, 1), mean: npt.NDArray[np.float64] = MEAN, test: str = "test"
) -> Inferred:
    """Three points given, then three asked for in the order of positions 9, 7, 8."""
    blank = [NAN] * 3
    return Inferred(
        test,
        np.array([6.0, 5.0, 5.5, 9.0, 7.0, 8.0]),
        np.array(member, dtype=float),
        np.array([1.0, 2.0, 3.0, *blank]),
        np.array([*blank, 0.6, -1.2, NAN]),
        np.array([*blank, *mean]),
        np.array([*blank, *STD]),
        np.array([[*blank, *(mean + n)] for n in (1, 2, 3)]),
    )


def drawn(axes: Axes, width: float) -> list[Line2D]:
    return [line for line in axes.lines if line.get_linewidth() == width and line.get_linestyle() != "None"]


def bands(axes: Axes) -> list[npt.NDArray[np.float64]]:
    """Vertices of the shades, widest first."""
    found = [each.get_paths()[0].vertices for each in axes.collections if isinstance(each, PolyCollection)]
    return sorted((np.asarray(each) for each in found), key=lambda each: -np.ptp(each[:, 1]))


def test_means_truths_and_paths_are_sorted_by_position(row: Made) -> None:
    figure = pairs.figure([pairs.Shown(row("model", "net"), "best model", example())], Colours(["net"]))
    assert figure is not None
    panel, _ = figure.axes
    (mean,), (truth,), paths = drawn(panel, 2.0), drawn(panel, 0.8), drawn(panel, 0.6)
    np.testing.assert_array_equal(mean.get_xdata(), [7, 8, 9])
    np.testing.assert_array_equal(mean.get_ydata(), [-1.0, 2.0, 0.5])
    np.testing.assert_array_equal(truth.get_ydata(), [-1.2, NAN, 0.6])
    assert [list(np.asarray(path.get_ydata())) for path in paths] == [
        [n - 1, n + 2, n + 0.5] for n in (1, 2, 3)
    ]


def test_shades_are_central_intervals_of_the_normal_law(row: Made) -> None:
    figure = pairs.figure([pairs.Shown(row("model", "net"), "best model", example())], Colours(["net"]))
    assert figure is not None
    for share, vertices in zip((0.95, 0.5), bands(figure.axes[0]), strict=True):
        low, high = stats.norm.interval(share, MEAN, STD)
        for x, mean_low, mean_high in zip((9, 7, 8), low, high, strict=True):
            here = vertices[vertices[:, 0] == x, 1]
            np.testing.assert_allclose([here.min(), here.max()], [mean_low, mean_high])


def test_partner_and_given_points_are_apart(row: Made) -> None:
    figure = pairs.figure([pairs.Shown(row("model", "net"), "best model", example())], Colours(["net"]))
    assert figure is not None
    panel = figure.axes[0]
    (partner,) = [each for each in panel.get_children() if isinstance(each, PathPatch)]
    np.testing.assert_allclose(np.asarray(partner.get_path().vertices)[::2], [[5, 2], [6, 1]])
    (given,) = [line for line in panel.lines if line.get_linestyle() == "None"]
    assert (list(given.get_xdata()), list(given.get_ydata())) == ([5.5], [3.0])
    labels = [text.get_text() for text in figure.legends[0].get_texts()]
    assert labels == [
        "the partner, known",
        "given",
        "truth",
        "mean",
        "50 % and 95 % intervals",
        "sample paths",
    ]


@pytest.mark.parametrize(
    ("member", "lines", "given"),
    [((0,) * 6, 1, [5.0, 5.5, 6.0]), ((0, 1, 1, 1, 0, 0), 2, [6.0, 5.0, 5.5])],
    ids=["one sequence", "both asked for"],
)
def test_without_a_partner(row: Made, member: tuple[int, ...], lines: int, given: list[float]) -> None:
    shown = [pairs.Shown(row("model", "net"), "best model", example(member))]
    figure = pairs.figure(shown, Colours(["net"]))
    assert figure is not None
    panel = figure.axes[0]
    assert len(drawn(panel, 2.0)) == lines
    assert [x for line in panel.lines if line.get_linestyle() == "None" for x in line.get_xdata()] == given
    assert "the partner, known" not in [text.get_text() for text in figure.legends[0].get_texts()]


def test_strips_are_relative_to_the_exact_mean_and_hold_its_intervals(row: Made) -> None:
    exact, wild = example(mean=MEAN - 0.25), example(mean=MEAN + 100)
    shown = [
        pairs.Shown(row("model", "net"), "best model", example()),
        pairs.Shown(row("baseline", "gp"), "best baseline", wild),
        pairs.Shown(row("limit", "posterior"), "limit", exact),
    ]
    figure = pairs.figure(shown, Colours(["net"]))
    assert figure is not None and len(figure.axes) == 6
    strips = figure.axes[1::2]
    assert [float(np.asarray(drawn(strip, 2.0)[0].get_ydata())[0]) for strip in strips] == [0.25, 100.25, 0.0]
    np.testing.assert_allclose(
        drawn(strips[2], 0.8)[0].get_ydata(), [0.05, NAN, 0.35]
    )  # truth less exact mean
    assert (
        len({strip.get_ylim() for strip in strips})
        == len({axes.get_ylim() for axes in figure.axes[::2]})
        == 1
    )
    low, high = strips[0].get_ylim()
    assert low == -high and 0.25 + 1.9 * 0.4 < high < 2
    assert strips[0].get_ylabel() == "less the\nexact mean"
    assert [axes.get_title(loc="left") for axes in figure.axes[::2]] == [
        "best model: net", "best baseline: gp", "limit: posterior",
    ]  # fmt: skip
    assert drawn(strips[2], 2.0)[0].get_color() == INK


def test_without_a_limit_the_truth_is_the_reference_and_without_either_there_is_no_strip(row: Made) -> None:
    shown = [pairs.Shown(row("model", "net"), "best model", example())]
    assert [name for name, _ in [pairs.reference(shown) or ("", None)]] == ["truth"]
    blind = example()
    blind.target[:] = NAN
    figure = pairs.figure([pairs.Shown(row("model", "net"), "best model", blind)], Colours(["net"]))
    assert figure is not None and len(figure.axes) == 1
    assert [text.get_text() for text in figure.axes[0].texts] == ["CRPS –"]
    assert pairs.figure([], Colours([])) is None


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
