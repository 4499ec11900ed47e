"""What all figures share: colours, type, the frame, and labels that sit beside their lines."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager

import matplotlib
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import PathPatch
from matplotlib.path import Path as MatplotlibPath
from matplotlib.ticker import FuncFormatter, LogLocator, NullFormatter, NullLocator

from tidemark.core.store import Array

INK = "#1b2430"
MUTED = "#68727e"
RULE = "#d9dde2"
CARD = "#ffffff"
DIM = "#a9b1ba"
"""Of a model that stands back, where a figure has too many for a colour each."""

HASH_SALT = "tidemark"
"""What ids in a drawing are made with; also tells that this page's settings are in force."""
AS_GOOD_AS_ZERO = 1e-6
"""Share of the largest error below which an error is rounding, and has no place on a logarithmic axis."""

# Okabe and Ito's colours (black and yellow left out), then Tol's: told apart with any kind of colour vision.
FAMILIES = {
    "rnn": "#d55e00",
    "bidirectional-rnn": "#e69f00",
    "gru": "#56b4e9",
    "bidirectional-gru": "#0072b2",
    "best": "#009e73",
    # A linear model and its non-linear partner share a hue.
    "sta-linear": "#0072b2",
    "sta-tanh": "#56a5d8",
    "matched-sta-linear": "#3d8f8f",
    "reference-sta-linear": "#d55e00",
    "reference-sta-tanh": "#e8935a",
    "matched-reference-sta-linear": "#c79a1e",
    "autoencoder-linear": "#aa3377",
    "autoencoder-tanh": "#c97ba6",
    "spectrum-autoencoder-linear": "#8a8a2e",
    "spectrum-autoencoder-tanh": "#adad55",
    "principal-components": "#009e73",
}
SPARE = ("#cc79a7", "#882255", "#999933", "#44aa99", "#aa4499", "#117733", "#ddaa33", "#6699cc")
CLASSES = (
    "#0072b2", "#e69f00", "#009e73", "#cc79a7", "#56b4e9", "#d55e00", "#f0e442", "#332288", "#999933",
    "#882255", "#44aa99", "#c9c2b4",
)  # fmt: skip
"""Of classes, as areas beside each other."""
DASHES = ((0, (5, 2)), (0, (1.5, 1.5)), (0, (6, 2, 1.5, 2)), (0, (3, 1.5)), (0, (8, 2)))

RAISED = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")

Dash = tuple[int, tuple[float, ...]]


class Colours:
    """A colour for every label, the same one in every figure."""

    def __init__(self, labels: Iterable[str]) -> None:
        """`labels` are all models' names without their datasets; the order does not matter."""
        found = set(labels)
        others = sorted(found - FAMILIES.keys())
        spare = [*SPARE, *(colour for name, colour in FAMILIES.items() if name not in found)]
        self._colours: dict[str, str] = FAMILIES | {
            name: spare[i % len(spare)] for i, name in enumerate(others)
        }

    def of(self, label: str, kind: str = "model") -> str:
        """The colour of one predictor: models have their own, baselines are grey, limits are ink."""
        if kind == "limit":
            return INK
        return MUTED if kind == "baseline" else self._colours.get(label, SPARE[0])

    def only(self, labels: Iterable[str]) -> Colours:
        """The same colours for the models of these labels, and one pale grey for all others."""
        kept = set(labels)
        dimmed = Colours(())
        dimmed._colours = {name: colour if name in kept else DIM for name, colour in self._colours.items()}
        return dimmed


def class_colours(classes: Sequence[str]) -> dict[str, str]:
    """A colour for every class, in their order; with more than twelve of them, colours come again."""
    return {name: CLASSES[place % len(CLASSES)] for place, name in enumerate(classes)}


@contextmanager
def styled() -> Iterator[None]:
    """Matplotlib's defaults and this page's type, whatever the user's own settings are.

    Inside another `styled` it does nothing: setting all of them takes as long as drawing a line.
    """
    if matplotlib.rcParams["svg.hashsalt"] == HASH_SALT:
        yield
        return
    with matplotlib.rc_context():
        matplotlib.rcdefaults()
        matplotlib.rcParams.update(
            {
                "font.size": 9,
                "axes.titlesize": 9,
                "axes.labelsize": 9,
                "xtick.labelsize": 8,
                "ytick.labelsize": 8,
                "text.color": INK,
                "axes.labelcolor": INK,
                "axes.edgecolor": MUTED,
                "axes.linewidth": 0.8,
                "xtick.color": MUTED,
                "ytick.color": MUTED,
                "axes.spines.top": False,
                "axes.spines.right": False,
                "axes.titlelocation": "left",
                "grid.color": RULE,
                "grid.linewidth": 0.6,
                "axes.axisbelow": True,
                "axes.unicode_minus": True,
                "lines.solid_capstyle": "round",
                "figure.facecolor": CARD,
                "axes.facecolor": "none",
                "svg.fonttype": "none",
                "svg.hashsalt": HASH_SALT,
            }
        )
        yield


def sized(
    width: float, height: float, margins: tuple[float, float, float, float], rows: int = 1, columns: int = 1,
    gap: tuple[float, float] = (0.3, 0.2),
) -> tuple[Figure, list[list[Axes]]]:  # fmt: skip
    """A figure and its grid of axes; every length in inches, `margins` left, right, bottom, top.

    `gap` is the space between columns, then between rows. Margins are fixed, not fitted, so
    that the layout does not hang on how wide a text happens to be drawn.
    """
    left, right, bottom, top = margins
    figure = Figure(figsize=(width, height))
    panel = ((width - left - right - gap[0] * (columns - 1)) / columns,
             (height - bottom - top - gap[1] * (rows - 1)) / rows)  # fmt: skip
    grid = figure.subplots(
        rows, columns, squeeze=False, sharex=True, sharey=True,
        gridspec_kw={
            "left": left / width, "right": 1 - right / width, "bottom": bottom / height,
            "top": 1 - top / height, "wspace": gap[0] / panel[0], "hspace": gap[1] / panel[1],
        },
    )  # fmt: skip
    for axes in grid[:-1].flat:  # their ticks would cost as much as all else
        axes.xaxis.set_visible(False)
    return figure, [list(line) for line in grid]


def dots(
    axes: Axes, time: Array, values: Array, size: float, alpha: float, colour: str = MUTED, order: float = 1
) -> None:
    """Dots, grey or of a colour, of a diameter in points; one path, far smaller and faster than markers.

    A dot is a line next to no length with round ends; a missing value has none.
    """
    kept = np.isfinite(time) & np.isfinite(values)
    ends = np.stack([time, values], axis=1)[kept].repeat(2, axis=0)
    if len(ends):
        ends[1::2, 0] += 1e-4 * float(np.ptp(ends[:, 0]) or 1.0)
        path = MatplotlibPath(ends, np.tile([MatplotlibPath.MOVETO, MatplotlibPath.LINETO], len(ends) // 2))
        path.should_simplify = False
        axes.add_artist(PathPatch(path, fill=False, edgecolor=colour, linewidth=size, alpha=alpha,
                                 zorder=order, capstyle="round", snap=False))  # fmt: skip


def number(value: float, significant: int = 4) -> str:
    """So many significant digits, without an exponent where a reader needs none."""
    if not math.isfinite(value):
        return "–"
    if value == 0:
        return "0"
    digits = significant - 1 - math.floor(math.log10(abs(value)))
    text = f"{value:.{digits}f}" if 0 <= digits <= 8 else f"{value:.{significant}g}"
    return f"−{text[1:]}" if value < 0 else text


def signed(value: float, significant: int = 3) -> str:
    """A difference: its sign and so many significant digits."""
    return f"+{number(value, significant)}" if value >= 0 else number(value, significant)


def fixed(value: float, digits: int) -> str:
    """So many digits after the point, with a true minus sign."""
    return f"{value:.{digits}f}".replace("-", "−") if math.isfinite(value) else "–"


def times(ratio: float) -> str:
    """A multiple, with two digits after the point where they say something."""
    return f"{ratio:.2f}" if ratio < 99.5 else f"{ratio:,.0f}" if math.isfinite(ratio) else "–"


def plain(value: float, small: float = 1e-4) -> str:
    """A number on an axis; what is below `small`, as a power of ten."""
    if not 0 < value < small:
        return f"{value:,.10g}"
    digit, _, power = f"{value:.0e}".partition("e")
    raised = f"10{str(int(power)).translate(RAISED)}"
    return raised if digit == "1" else f"{digit}·{raised}"


def logarithmic(axes: Axes, which: str) -> None:
    """Make one axis logarithmic, with plain numbers at 1, 2 and 5 in each decade."""
    axis = axes.xaxis if which == "x" else axes.yaxis
    (axes.set_xscale if which == "x" else axes.set_yscale)("log")
    low, high = axes.get_xlim() if which == "x" else axes.get_ylim()
    decades = math.log10(high / low) if low > 0 else 3
    crowded = decades > (1.3 if which == "x" else 2.5)
    axis.set_major_locator(LogLocator(subs=(1,) if crowded else (1, 2, 5)))
    axis.set_major_formatter(FuncFormatter(lambda value, _: plain(value)))
    axis.set_minor_locator(LogLocator(subs=(2, 5)) if crowded else NullLocator())
    axis.set_minor_formatter(NullFormatter())


def positive_range(
    values: Iterable[float], margin: float = 1.15, negligible: float = AS_GOOD_AS_ZERO
) -> tuple[float, float] | None:
    """Ends of a logarithmic axis that holds all positive `values`; none if there are none.

    What is below a share `negligible` of the largest is left out: it would squeeze all else into a corner.
    """
    found = np.fromiter(values, dtype=np.float64)
    positive = found[np.isfinite(found) & (found > 0)]
    kept = positive[positive > negligible * positive.max(initial=0.0)]
    return (float(kept.min()) / margin, float(kept.max()) * margin) if len(kept) else None


def spread(wanted: Sequence[float], gap: float, low: float, high: float) -> list[float]:
    """Places nearest to `wanted` (least squares) that keep their order and are `gap` apart.

    Isotonic regression by pooling adjacent violators, then moved inside [low, high].
    """
    order = np.argsort(np.asarray(wanted, dtype=float), kind="stable")
    pools: list[tuple[float, int]] = []
    for rank, index in enumerate(order):
        mean, size = wanted[index] - rank * gap, 1
        while pools and pools[-1][0] > mean:
            other, count = pools.pop()
            mean, size = (mean * size + other * count) / (size + count), size + count
        pools.append((mean, size))
    flat = [mean for mean, size in pools for _ in range(size)]
    highest = max(high - (len(flat) - 1) * gap, low)
    places = [0.0] * len(flat)
    for rank, index in enumerate(order):
        places[index] = min(max(flat[rank], low), highest) + rank * gap
    return places


def gathered(entries: Sequence[tuple[float, str, str]]) -> list[tuple[float, str, str]]:
    """Entries for `label_right`, those of pale models as one, at the mean of their heights.

    The mean is geometric where all are positive, as on a logarithmic axis.
    """
    pale = [height for height, _, colour in entries if colour == DIM]
    kept = [entry for entry in entries if entry[2] != DIM]
    if len(pale) > 1:
        mean = np.exp(np.log(pale).mean()) if min(pale) > 0 else np.mean(pale)
        kept.append((float(mean), f"{len(pale)} other models", DIM))
    return kept if len(pale) > 1 else list(entries)


def label_margin(labels: Iterable[str]) -> float:
    """Inches that `label_right` needs beside the axes for the longest of `labels`."""
    return min(0.25 + 0.068 * max(map(len, labels), default=0), 2.2)


def label_right(axes: Axes, entries: Sequence[tuple[float, str, str]], size: float = 8) -> None:
    """Write (height in data units, text, colour) right of the axes, none over another.

    Call it once the limits of the axes are final.
    """
    entries = [entry for entry in entries if math.isfinite(entry[0])]
    if not entries:
        return
    box = axes.get_position()
    points = box.height * axes.figure.get_figheight() * 72  # type: ignore[union-attr]
    into_axes = axes.transData + axes.transAxes.inverted()
    heights = [float(into_axes.transform((axes.get_xlim()[0], height))[1]) for height, _, _ in entries]
    heights = [min(max(height, 0.0), 1.0) for height in heights]
    places = spread(heights, size * 1.2 / points, 0.0, 1.0)
    for (_, text, colour), height, place in zip(entries, heights, places, strict=True):
        axes.plot([1.005, 1.03], [height, place], transform=axes.transAxes, color=colour, linewidth=0.7,
                  clip_on=False)  # fmt: skip
        axes.text(1.04, place, text, transform=axes.transAxes, color=colour, fontsize=size,
                  va="center_baseline")  # fmt: skip
