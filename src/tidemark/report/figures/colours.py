"""A colour for every predictor and every class, distinguishable with any kind of colour vision."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from tidemark.evaluation.comparison import Predictor

INK = "#1b2430"
MUTED = "#68727e"
RULE = "#d9dde2"
CARD = "#ffffff"
TOLD = "#8a6a3c"
"""Of what is told the law and is no limit."""
DIM = "#a9b1ba"
"""Of a model that stands back, where a figure has too many for a colour each."""

# Okabe and Ito's and Tol's.
SPARE = (
    "#cc79a7", "#882255", "#999933", "#44aa99", "#aa4499", "#117733", "#ddaa33", "#6699cc", "#d55e00",
    "#e69f00", "#56b4e9", "#0072b2", "#009e73",
)  # fmt: skip
CLASSES = (
    "#0072b2", "#e69f00", "#009e73", "#cc79a7", "#56b4e9", "#d55e00", "#f0e442", "#332288", "#999933",
    "#882255", "#44aa99", "#c9c2b4",
)  # fmt: skip
"""Of classes, as areas beside each other."""


class Colours:
    """A colour for every label, the same one in every figure."""

    def __init__(self, labels: Iterable[str], known: Mapping[str, str]) -> None:
        """`labels` of all models; those not `known` get a spare colour, whatever their order."""
        others = sorted(set(labels) - known.keys())
        spare = [colour for colour in SPARE if colour not in known.values()] or SPARE
        self._colours = {**known, **{name: spare[i % len(spare)] for i, name in enumerate(others)}}

    def of(self, predictor: Predictor) -> str:
        """Models have their own, baselines are grey, oracles brown, limits are ink."""
        known = {"limit": INK, "oracle": TOLD, "baseline": MUTED}
        return known.get(predictor.kind) or self._colours.get(predictor.label, SPARE[0])

    def only(self, predictors: Iterable[Predictor]) -> Colours:
        """The same colours for these models, and one pale grey for all others."""
        coloured = {each.label for each in predictors}
        return Colours(
            (), {name: colour if name in coloured else DIM for name, colour in self._colours.items()}
        )


def class_colours(classes: Sequence[str]) -> dict[str, str]:
    """A colour for every class, in their order; with more than twelve of them, colours come again."""
    return {name: CLASSES[place % len(CLASSES)] for place, name in enumerate(classes)}
