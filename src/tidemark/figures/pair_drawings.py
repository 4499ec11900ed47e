"""The figures that only pairs have, as the page wants them: drawn where there is something to show."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from tidemark.figures import examples, looked_at, pairs, projection, reliability
from tidemark.figures.gallery import Gallery
from tidemark.figures.inferred import Inferred
from tidemark.figures.looked_at import Looks
from tidemark.figures.projection import Projection
from tidemark.figures.reliability import Reliability
from tidemark.figures.set_scores import SetScore
from tidemark.figures.style import Colours
from tidemark.figures.tables import Row
from tidemark.figures.views import View

if TYPE_CHECKING:
    from tidemark.figures.drawings import TaskResults

TEST = "test"
"""The test set that follows the dataset's own law."""
COLOURS = 160
"""Of a picture with shades that lie over one another."""
Figures = list[dict[str, Any]]


def inferred(
    gallery: Gallery,
    name: str,
    rows: Sequence[tuple[Row, str]],
    found: Mapping[str, Sequence[Inferred]],
    scores: Sequence[SetScore],
    colours: Colours,
    view: View,
) -> Figures:
    """What each of `rows`, with their roles, makes of a pair of the set `test`, and of the hardest other set.

    Hardest is that with the largest error of the first of `rows`.
    """
    told = [(row, role, found[row.predictor]) for row, role in rows if found.get(row.predictor)]
    if not told:
        return []
    first = told[0][0].predictor
    error = {
        row.test: row.score.value
        for row in scores
        if row.predictor == first and row.metric == view.headline.name
    }
    drawn = []
    for test in pairs.tests(told[0][2], error):
        shown = [
            pairs.Shown(row, role, pair)
            for row, role, every in told for pair in [pairs.of_test(every, test)] if pair is not None
        ]  # fmt: skip
        shown = [each for each in shown if pairs.alike(each.pair, shown[0].pair)]
        partner = any(each.pair.partner is not None for each in shown)
        what = "Inferred from its partner" if partner else "Inferred from the points given"
        drawn.append(
            gallery.drawing(
                name,
                pairs.figure(shown, colours),
                what if test == TEST else f"{what}: test set {test}",
                _told(shown, partner),
                "pairs" if test == TEST else f"pairs-{test}",
                COLOURS,
            )
        )
    return [figure for figure in drawn if figure]


def _told(shown: Sequence[pairs.Shown], partner: bool) -> str:
    """What is seen in the panels of a pair."""
    roles = ", ".join(f"{each.role} ({each.row.label})" for each in shown)
    given = "Small dots are the partner, known everywhere; large ones" if partner else "Dots are"
    base = pairs.reference(shown)
    strip = (
        f" The strip below each panel is the same less the {base[0]}, magnified: what is far off leaves it."
        if base
        else ""
    )
    limit = any(each.row.kind == "limit" for each in shown)
    best = " A limit's panel is the exact posterior: nobody can say more." if limit else ""
    return (
        f"one signal as seen by {roles}. {given} the given points of the sequence asked for. The darker "
        "shade should hold half of the truth, a thin line, and both shades 95 % of it; thin coloured lines "
        f"are sample paths.{strip}{best}"
    )


def attention(gallery: Gallery, name: str, rows: Sequence[Row], found: Mapping[str, Looks]) -> Figures:
    """Where the best model that attends looks; `rows` are models, best first."""
    attending = [row for row in rows if row.predictor in found][:1]
    drawn = [
        gallery.drawing(
            name,
            looked_at.figure(found[row.predictor]),
            f"What attention looks at: {row.label}",
            "three points asked for in a validation signal, the first, the middle and the last, and the "
            "points seen before each: the area of a dot is its share of the attention. Above each panel, how "
            "much of it goes to the point's own sequence and, if there is one, to its partner.",
            "attention",
            COLOURS,
        )
        for row in attending
    ]
    return [figure for figure in drawn if figure]


def projections(gallery: Gallery, name: str, rows: Sequence[Row], found: Mapping[str, Projection]) -> Figures:
    """The projected layers of the models among `rows`."""
    drawn = []
    for row, layer, each in projection.of_rows(found, rows):
        of = f"{row.label}, {layer.replace('-', ' ').replace('_', ' ')}" if layer else row.label
        drawn.append(
            gallery.drawing(
                name,
                projection.figure(each),
                f"What a layer tells apart: {of}",
                "a layer's output for each point, brought into the plane so that neighbours stay neighbours "
                "(t-SNE); distances between clusters mean nothing.",
                f"projection-{row.label}-{layer}".rstrip("-"),
                COLOURS,
            )
        )
    return [figure for figure in drawn if figure]


def reliability_of(
    gallery: Gallery,
    name: str,
    rows: Sequence[Row],
    found: Mapping[str, Mapping[str, Reliability]],
    colours: Colours,
    shown: str,
) -> dict[str, Any] | None:
    """The reliability of `rows` on the set `test`; `shown` says which these are."""
    on_test = {predictor: tests[TEST] for predictor, tests in found.items() if TEST in tests}
    return gallery.drawing(
        name,
        reliability.figure(rows, on_test, colours),
        "Reliability of intervals",
        "how many of the truths lie within central intervals that should hold so many. On the diagonal they "
        "do; above it intervals are too wide, below it too narrow. Bands and upright lines are 95 % "
        "intervals." + shown,
        "reliability",
        COLOURS,
    )


def wide(
    gallery: Gallery,
    name: str,
    task: TaskResults,
    rows: Sequence[Row],
    scores: Sequence[SetScore],
    known: Sequence[str],
    colours: Colours,
) -> Figures:
    """The figures as wide as the page; of the `known` predictors something is published."""
    told = [row for row in rows if task.inferred.get(row.predictor)]
    chosen = examples.chosen(told, task.view, known)
    models = [row for row in rows if row.kind == "model"]
    return [
        *inferred(gallery, name, chosen, task.inferred, scores, colours, task.view),
        *attention(gallery, name, models, task.looks),
        *projections(gallery, name, models, task.projections),
    ]
