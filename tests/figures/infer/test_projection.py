"""Projections: every point twice, in the colour of what it stands for."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from matplotlib import colormaps
from matplotlib.colors import to_hex
from matplotlib.figure import Figure
from matplotlib.patches import PathPatch

from tidemark.core.errors import InputError
from tidemark.figures import projection
from tidemark.figures.projection import Projection
from tidemark.figures.style import CARD
from tidemark.figures.tables import Row

HEADER = "x,member,value,first,second\n"
ROWS = "5,0,1.5,-3,2\n9,1,-1,4,0\n"
TWO = Projection(*(np.array(each) for each in ([5.0, 9], [0.0, 1], [1.5, -1], [-3.0, 4], [2.0, 0])))


def dots(figure: Figure) -> list[tuple[float, str, int]]:
    """Diameter, colour and number of each path of dots, as drawn."""
    return [
        (each.get_linewidth(), to_hex(each.get_edgecolor()), len(each.get_path().vertices) // 2)
        for each in figure.axes[0].get_children() if isinstance(each, PathPatch)
    ]  # fmt: skip


def test_read_by_name(tmp_path: Path) -> None:
    assert projection.read(tmp_path / "none") == {}
    (tmp_path / "d-net.csv").write_text(HEADER + ROWS)
    (tmp_path / "d-empty.csv").write_text(HEADER)
    found = projection.read(tmp_path)
    assert list(found) == ["d-net"]
    for name, wanted in vars(TWO).items():
        np.testing.assert_array_equal(getattr(found["d-net"], name), wanted)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (HEADER + ROWS.replace("9,1", "9,3"), "row 3, column member: 3; expected 0 or 1"),
        (HEADER + ROWS.replace("4,0", "4,"), "row 3, column second: nan; expected a finite number"),
        (HEADER.replace("value", "y") + ROWS, "no column value"),
    ],
)
def test_bad_tables_are_refused(tmp_path: Path, text: str, message: str) -> None:
    (tmp_path / "d-net.csv").write_text(text)
    with pytest.raises(InputError, match=message):
        projection.read(tmp_path)


def test_a_file_is_of_the_predictor_that_begins_its_name(row: Callable[..., Row]) -> None:
    rows = [row("model", "net"), row("model", "net-large"), row("model", "other")]
    found = {name: TWO for name in ("d-net", "d-net-large", "d-net-large-layer_2", "e-net", "d-network")}
    assert [(each.label, layer) for each, layer, _ in projection.of_rows(found, rows)] == [
        ("net", ""), ("net-large", ""), ("net-large", "layer_2"),
    ]  # fmt: skip


def test_colours_are_positions_then_values_and_the_second_sequence_has_rings() -> None:
    figure = projection.figure(TWO)

    def ends(name: str) -> list[str]:
        return [to_hex(colormaps[name](share)) for share in (0.0, projection.BRIGHTEST)]

    (first, last), (low, high) = ends("viridis"), ends("plasma")
    disc, ring, hole = projection.DOT, projection.DOT, projection.DOT / 2
    assert dots(figure) == [
        (disc, first, 1), (ring, last, 1), (hole, CARD, 1),  # positions 5, then 9
        (ring, low, 1), (hole, CARD, 1), (disc, high, 1),  # values −1, then 1.5
    ]  # fmt: skip
    texts = [text.get_text() for text in figure.axes[0].texts]
    assert {"coloured by position", "coloured by value", "5", "9", "−1", "1.5"} <= set(texts)
    assert [text.get_text() for text in figure.legends[0].get_texts()] == [
        "first sequence",
        "second sequence",
    ]


def test_places_keep_their_distances() -> None:
    square = Projection(
        *(np.array(each) for each in ([1.0, 2, 3], [0.0] * 3, [1.0, 2, 3], [0.0, 4, 0], [0.0, 0, 2]))
    )
    figure = projection.figure(square)
    places = np.concatenate([
        np.asarray(each.get_path().vertices)[:1]
        for each in figure.axes[0].get_children() if isinstance(each, PathPatch)
    ][:3])  # fmt: skip
    across, up = places[1] - places[0], places[2] - places[0]
    assert across[0] == pytest.approx(2 * up[1]) and across[1] == up[0] == pytest.approx(0)
    assert not figure.legends


def test_of_very_many_points_some_are_drawn() -> None:
    many = np.linspace(0, 1, 5 * projection.MOST)
    figure = projection.figure(Projection(many, 0 * many, many, many, many))
    assert sum(count for _, _, count in dots(figure)) == 2 * projection.MOST
    one = np.ones(1)
    assert len(dots(projection.figure(Projection(one, one, one, one, one)))) == 4
