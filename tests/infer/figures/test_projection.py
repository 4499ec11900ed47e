"""Projections: every point twice, in the colour of what it stands for."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from matplotlib import colormaps
from matplotlib.colors import to_hex
from matplotlib.figure import Figure
from matplotlib.patches import PathPatch

from support.figures import results
from support.scored import predictor
from tidemark.core.errors import InputError
from tidemark.infer.figures import projection
from tidemark.infer.figures.view import VIEW
from tidemark.report.figures.colours import CARD

HEADER = "x,member,value,first,second\n"
ROWS = "5,0,1.5,-3,2\n9,1,-1,4,0\n"
MODELS = [predictor(label, "model", crps=0.1) for label in ("net", "net-large", "other")]


def table(*columns: object) -> pd.DataFrame:
    return pd.DataFrame(dict(zip(projection.COLUMNS, columns, strict=True)))


TWO = table([5.0, 9], [0.0, 1], [1.5, -1], [-3.0, 4], [2.0, 0])


def dots(figure: Figure) -> list[tuple[float, str, int]]:
    """Diameter, colour and number of each path of dots, as drawn."""
    return [
        (each.get_linewidth(), to_hex(each.get_edgecolor()), len(each.get_path().vertices) // 2)
        for each in figure.axes[0].get_children() if isinstance(each, PathPatch)
    ]  # fmt: skip


def test_a_file_is_of_the_model_that_begins_its_name(tmp_path: Path) -> None:
    known = results(VIEW, *MODELS, root=tmp_path)
    assert projection.read(known) == []
    folder = known.folder / "projections"
    folder.mkdir(parents=True)
    for name in ("d-net", "d-net-large", "d-net-large-layer_2", "e-net", "d-network"):
        (folder / f"{name}.csv").write_text(HEADER + ROWS)
    (folder / "d-other.csv").write_text(HEADER)
    found = projection.read(known)
    assert [(each.label, layer) for each, layer, _ in found] == [
        ("net", ""), ("net-large", ""), ("net-large", "layer_2"),
    ]  # fmt: skip
    pd.testing.assert_frame_equal(found[0][2], TWO)
    assert [picture.title for picture in projection.draw(known)][
        2
    ] == "What a layer separates: net-large, layer 2"
    (folder / "d-net.csv").write_text(HEADER.replace("value", "y") + ROWS)
    with pytest.raises(InputError, match="d-net.csv: .*value"):
        projection.read(known)


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
    names = [text.get_text() for text in figure.legends[0].get_texts()]
    assert names == ["first sequence", "second sequence"]


def test_places_keep_their_distances() -> None:
    figure = projection.figure(table([1.0, 2, 3], [0.0] * 3, [1.0, 2, 3], [0.0, 4, 0], [0.0, 0, 2]))
    places = np.concatenate([
        np.asarray(each.get_path().vertices)[:1]
        for each in figure.axes[0].get_children() if isinstance(each, PathPatch)
    ][:3])  # fmt: skip
    across, up = places[1] - places[0], places[2] - places[0]
    assert across[0] == pytest.approx(2 * up[1]) and across[1] == up[0] == pytest.approx(0)
    assert not figure.legends


def test_of_very_many_points_some_are_drawn() -> None:
    many = np.linspace(0, 1, 5 * projection.MOST)
    figure = projection.figure(table(many, 0 * many, many, many, many))
    assert sum(count for _, _, count in dots(figure)) == 2 * projection.MOST
    assert len(dots(projection.figure(table(*[[1.0]] * 5)))) == 4
