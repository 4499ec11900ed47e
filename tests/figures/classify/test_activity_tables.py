"""Tables by class and by participant."""

import math
from collections.abc import Callable

import numpy as np

from tidemark.figures.activities import Activities
from tidemark.figures.activity_tables import tables
from tidemark.figures.class_scores import ClassScore
from tidemark.figures.participants import Participants
from tidemark.figures.style import Colours
from tidemark.figures.tables import Row
from tidemark.figures.views import CLASSIFY


def people(*names: str) -> Participants:
    numbers = np.arange(len(names), dtype=float)
    return Participants(names, 10 * numbers, *[numbers / 10] * 4)


def test_what_one_predictor_lacks_is_nan(row: Callable[..., Row]) -> None:
    rows = [row("model", "net"), row("baseline", "forest"), row("baseline", "worse")]
    found = Activities(
        classes={"d-net": {("test", False): {"walk": ClassScore(0.1, 0.2, 0.3, 7)}, ("other", True): {}}},
        participants={"d-net": {"test": people("P1", "P2")}, "d-forest": {"test": people("P0", "P2", "P3")},
                      "d-worse": {"test": people("P9")}},
    )  # fmt: skip
    by_class, by_participant = tables("d", found, rows, CLASSIFY, Colours(["net"]))
    assert by_class["lines"][0][:2] == ("walk", 7)
    np.testing.assert_array_equal(by_class["lines"][0][2], [[0.1, 0.2, 0.3, math.nan]])
    assert [group["label"] for group in by_participant["groups"]] == ["net", "forest"]
    names = [name for name, _, _ in by_participant["lines"]]
    assert names == ["P1", "P2", "P0", "P3"]
    np.testing.assert_array_equal(by_participant["lines"][1][2], [[0.1] * 4, [0.1] * 4])
    np.testing.assert_array_equal(by_participant["lines"][0][2], [[0.0] * 4, [math.nan] * 4])


def test_nothing_to_tell(row: Callable[..., Row]) -> None:
    assert tables("d", Activities(), [row("model", "net")], CLASSIFY, Colours([])) == []
