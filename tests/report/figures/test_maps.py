import pytest

from tidemark.report.figures import maps


def test_first_row_is_on_top() -> None:
    _, _, boxes = maps.grid(2, 3, (1.0, 2.0))
    assert boxes[0][0].bottom > boxes[1][0].bottom and boxes[0][1].left > boxes[0][0].left
    assert boxes[1][0].extent == pytest.approx(
        (maps.MARGINS[0], maps.MARGINS[0] + 1, maps.MARGINS[2], maps.MARGINS[2] + 2)
    )


@pytest.mark.parametrize(
    ("label", "lines"),
    [("sta-linear", "sta-linear"), ("matched-reference-sta-linear", "matched-reference-\nsta-linear"),
     ("anamewithoutanyhyphen", "anamewithoutanyhyphen")],
)  # fmt: skip
def test_long_labels_break_at_a_hyphen(label: str, lines: str) -> None:
    assert maps.wrapped(label) == lines
