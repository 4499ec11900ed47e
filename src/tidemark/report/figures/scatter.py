"""Score against size: what a model's parameters buy, and how far from the best any method could do."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.transforms import Bbox

from tidemark.evaluation.comparison import Predictor
from tidemark.report.figures.colours import DIM, INK, Colours
from tidemark.report.figures.labels import label_margin, label_right
from tidemark.report.figures.outlying import least_error, outlying
from tidemark.report.figures.picture import Picture
from tidemark.report.figures.results import Results
from tidemark.report.figures.style import DASHES, logarithmic, positive_range, sized


def draw(results: Results) -> Iterator[Picture]:
    """The picture, if there is a model."""
    if (drawn := figure(results)) is not None:
        below = "." if least_error(results) is None else ", and no method can reach the shaded area."
        yield Picture(
            "parameters",
            drawn,
            "How far from the best any method could do",
            f"{results.view.error} against number of parameters; dashed lines are baselines, oracles and "
            f"limits{below}{outlying(results).text}{results.few.coloured}",
        )


def figure(results: Results) -> Figure | None:
    """Error against number of parameters, both logarithmic; all others as lines.

    What is far away from all models is but named. None if there is no model with an error.
    """
    colours, score = results.few.colours, results.score
    models = [each for each in results.models if each.parameters > 0 and score(each).value > 0]
    sizes = positive_range((each.parameters for each in models), margin=2.2)
    sorted_ = outlying(results)
    span = positive_range((score(each).value for each in sorted_.near), 1.3, results.view.negligible)
    if sizes is None or span is None:
        return None
    far = sorted_.arrows(span, colours)
    references = [each for each in results.predictors if each.kind != "model"]
    margin = label_margin([*(each.label for each in references), *(label for _, label, _ in far)])
    result, [[axes]] = sized(4.9, 3.4, (0.72, margin, 0.45, 0.12))
    axes.set_xlim(sizes)
    axes.set_ylim(span)
    logarithmic(axes, "x")
    logarithmic(axes, "y")
    axes.grid(axis="y")
    lowest = least_error(results)
    if lowest is not None and lowest > span[0]:
        axes.axhspan(span[0], lowest, color=INK, alpha=0.08, linewidth=0)
    lines = []
    for number, each in enumerate(each for each in references if each in sorted_.near):
        error, colour = score(each).value, colours.of(each)
        axes.axhline(error, color=colour, linewidth=1.1, linestyle=DASHES[number % len(DASHES)])
        lines.append((error, each.label, colour))
    for each in models:
        colour, interval = colours.of(each), score(each)
        above = 0 if colour == DIM else 2
        axes.plot([each.parameters] * 2, [interval.low, interval.high], color=colour, linewidth=1.6,
                  zorder=3 + above)  # fmt: skip
        axes.plot(each.parameters, interval.value, marker="o", markersize=8, color=colour, zorder=4 + above)
    axes.set_xlabel("parameters")
    axes.set_ylabel(results.units.error)
    label_right(axes, [*lines, *far])
    _name_points(axes, models, results, colours)
    return result


def _name_points(axes: Axes, models: Sequence[Predictor], results: Results, colours: Colours) -> None:
    """Write each model's name beside its point, at the first of eight places that is free.

    Pale points have none.
    """
    ends = [axes.transData.transform((each.parameters, results.score(each).value)) for each in models]
    taken = [Bbox.from_extents(x - 7, y - 7, x + 7, y + 7) for x, y in ends]
    inside = axes.bbox
    for each, (x, y) in zip(models, ends, strict=True):
        if colours.of(each) == DIM:
            continue
        # Widths are estimated, not measured: the page draws the text in the reader's own typeface.
        width, height = 6.0 * len(each.label), 13.0
        places = [(9, -height / 2), (-9 - width, -height / 2), (-width / 2, 9), (-width / 2, -9 - height),
                  (7, 7), (-7 - width, 7), (7, -7 - height), (-7 - width, -7 - height)]  # fmt: skip
        boxes = [Bbox.from_bounds(x + dx, y + dy, width, height) for dx, dy in places]
        free = [
            box for box in boxes
            if box.x0 >= inside.x0 and box.x1 <= inside.x1 and box.y0 >= inside.y0 and box.y1 <= inside.y1
            and not any(box.overlaps(other) for other in taken)
        ]  # fmt: skip
        box = (free or boxes)[0]
        taken.append(box)
        left, bottom = axes.transData.inverted().transform((box.x0, box.y0 + height / 2))
        axes.text(left, bottom, each.label, color=colours.of(each), fontsize=8, va="center_baseline")
