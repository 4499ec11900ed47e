"""Where attention goes: sizes are weights, and nothing later is shown."""

from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest
from matplotlib.axes import Axes
from matplotlib.colors import to_hex
from matplotlib.patches import PathPatch

from tidemark.core.errors import InputError
from tidemark.infer.figures import attention
from tidemark.infer.figures.attention import Attention
from tidemark.report.figures.style import styled

COUNT = 6
MEMBER = np.array([0.0, 0, 1, 1, 1, 1])
POSITION = np.array([5.0, 9, 6, 7, 8, 10])
VALUE = np.array([1.0, -1, 2, 0.5, 0.25, -0.5])


def write(folder: Path, layers: int = 2) -> Path:
    """Two points of the partner and one of its own input, three inferred; the last value is not known."""
    inferred = np.arange(COUNT) >= 3
    weight = np.tril(np.ones((COUNT, COUNT)), -1) + np.eye(COUNT)[:, :1] @ np.eye(COUNT)[:1]
    weight[4] = [0.5, 0.0, 0.25, 0.25, 0, 0]
    folder.mkdir(exist_ok=True)
    np.save(folder / "context.npy", np.stack([POSITION, MEMBER, np.where(inferred, np.nan, VALUE)]))
    np.save(folder / "target.npy", np.where(inferred & (POSITION < 10), VALUE, np.nan))
    for number in range(1, layers + 1):
        np.save(folder / f"attention_layer_{number}.npy", weight / weight.sum(1, keepdims=True))
    return folder


def read(folder: Path) -> Attention:
    found = attention.read(folder)
    assert found is not None
    return found


def dots(axes: Axes) -> list[tuple[float, str, npt.NDArray[np.float64]]]:
    """Diameter, colour and places of each path of dots."""
    return [
        (each.get_linewidth(), to_hex(each.get_edgecolor()), np.asarray(each.get_path().vertices)[::2])
        for each in axes.get_children() if isinstance(each, PathPatch)
    ]  # fmt: skip


def test_arrays_are_read_in_the_order_of_inference(tmp_path: Path) -> None:
    found = read(write(tmp_path))
    np.testing.assert_array_equal(found.value, [1, -1, 2, 0.5, 0.25, np.nan])
    assert found.chosen == [3, 4, 5] and len(found.layers) == 2
    assert attention.read(tmp_path / "none") is None
    assert len(read(write(tmp_path / "one", layers=1)).layers) == 1


def test_without_attention_there_is_nothing(tmp_path: Path) -> None:
    assert attention.read(write(tmp_path, layers=0)) is None


def test_a_panel_for_every_layer_and_point(tmp_path: Path) -> None:
    with styled():
        figure = attention.figure(read(write(tmp_path)))
    assert [axes.get_title(loc="left") for axes in figure.axes] == [
        f"layer {layer}: point {point} of 3" for layer in (1, 2) for point in (1, 2, 3)
    ]


def test_area_is_weight_and_colour_the_sequence(tmp_path: Path) -> None:
    found = read(write(tmp_path))
    axes = attention.figure(found).axes[1]  # layer 1, the point in the middle: number 4
    seen, *attended = dots(axes)
    np.testing.assert_allclose(seen[2], np.stack([POSITION, VALUE], 1)[:4])  # nothing that comes later
    assert len(attended) == 2  # nothing at the point of weight zero
    partner, own = sorted(attended, key=lambda each: attention.MEMBERS.index(each[1]))
    np.testing.assert_allclose(partner[2], [[5, 1]])
    np.testing.assert_allclose(own[2], [[6, 2], [7, 0.5]])
    diameter = np.sqrt(4 * attention.AREA * 0.25 / np.pi)
    assert own[0] == pytest.approx(min(diameter, attention.LARGEST), abs=attention.STEP / 2)
    assert [text.get_text() for text in axes.texts] == ["partner 50%", "own 50%"]
    star = next(line for line in axes.lines if line.get_marker() == "*")
    assert (list(star.get_xdata()), list(star.get_ydata())) == ([8.0], [0.25])


def test_an_unknown_value_is_marked_by_its_position_alone(tmp_path: Path) -> None:
    axes = attention.figure(read(write(tmp_path))).axes[2]
    assert [list(np.asarray(line.get_xdata())) for line in axes.lines] == [[10.0, 10.0]]


def test_of_one_sequence_no_shares_are_written(tmp_path: Path) -> None:
    write(tmp_path)
    np.save(tmp_path / "context.npy", np.stack([POSITION, 0 * MEMBER, np.load(tmp_path / "context.npy")[2]]))
    figure = attention.figure(read(tmp_path))
    assert not figure.axes[0].texts
    assert [text.get_text() for text in figure.legends[0].get_texts()][-1] == "attended to"


@pytest.mark.parametrize(
    ("name", "array", "message"),
    [
        ("context", np.zeros((2, COUNT)), r"shape \(2, 6\); expected \(3, points\)"),
        ("target", np.zeros(COUNT + 1), r"shape \(7,\); expected \(6,\)"),
        ("attention_layer_2", np.zeros((COUNT, 2)), r"shape \(6, 2\); expected \(6, 6\)"),
    ],
)
def test_arrays_that_do_not_fit_are_refused(
    tmp_path: Path, name: str, array: npt.NDArray[np.float64], message: str
) -> None:
    np.save(write(tmp_path) / f"{name}.npy", array)
    with pytest.raises(InputError, match=f"{name}.npy: {message}"):
        attention.read(tmp_path)
    (tmp_path / f"{name}.npy").write_text("no array")
    with pytest.raises(InputError, match="no readable NPY array"):
        attention.read(tmp_path)


def test_nothing_asked_nothing_chosen(tmp_path: Path) -> None:
    write(tmp_path)
    np.save(tmp_path / "context.npy", np.stack([POSITION, MEMBER, VALUE]))
    assert attention.read(tmp_path) is None
