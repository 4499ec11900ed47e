"""Numbers as people write them, against pandas, which is told how they are written."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from tidemark.core.errors import InputError
from tidemark.project.tidy import tidy

VALUES = np.random.default_rng(0).normal(0, 20_000, 300).round(2)


def table(path: Path, thousands: str, decimal: str, separator: str) -> str:
    """VALUES with these marks, quoted where a mark is the separator."""
    swap = str.maketrans({",": thousands, ".": decimal})
    cells = [f"{value:,.2f}".translate(swap) for value in VALUES]
    if separator in (thousands, decimal):
        cells = [f'"{cell}"' for cell in cells]
    text = f"row{separator}v [m]\n" + "".join(f"{row}{separator}{cell}\n" for row, cell in enumerate(cells))
    path.write_text(text, encoding="utf-8")
    return text


@pytest.mark.parametrize(
    ("thousands", "decimal", "separator"),
    [
        (",", ".", ";"),
        (",", ".", ","),
        (",", ".", "\t"),
        (".", ",", ";"),
        (".", ",", ","),
        (" ", ",", ";"),
        ("\u202f", ",", ";"),
        ("'", ".", ","),
        ("", ",", ","),
        ("", ".", "|"),
    ],
)
def test_marks_between_thousands_and_decimals(
    tmp_path: Path, thousands: str, decimal: str, separator: str
) -> None:
    text = table(tmp_path / "x.csv", thousands, decimal, separator)
    known = text.replace("\u202f", " ")  # pandas takes one byte
    expected = pd.read_csv(
        io.StringIO(known), sep=separator, thousands=thousands.replace("\u202f", " ") or None, decimal=decimal
    )
    np.testing.assert_array_equal(expected["v [m]"], VALUES)
    tidied = tidy(tmp_path / "x.csv")
    assert tidied is not None
    pd.testing.assert_frame_equal(pd.read_csv(io.StringIO(tidied.text)), expected)


@pytest.mark.parametrize(
    ("cells", "values"),
    [
        (["1,5", "1,234", "-0,5"], [1.5, 1.234, -0.5]),
        (["1,234,567", "1,234", "12"], [1234567, 1234, 12]),
        (["1.234.567", "1.234", "12"], [1234567, 1234, 12]),
        (["1.234", "1.250", "12.5"], [1.234, 1.25, 12.5]),
        (["1 234", "12", "13"], [1234, 12, 13]),
        (["1.234", "12,5", "1.000"], [1234, 12.5, 1000]),
        (["1,234", "12.5", "1,000"], [1234, 12.5, 1000]),
        (["1,5e3", "-", "2,25"], [1500, np.nan, 2.25]),
    ],
)
def test_a_mark_means_what_the_other_cells_say(tmp_path: Path, cells: list[str], values: list[float]) -> None:
    path = tmp_path / "x.txt"  # which the pipeline does not read, whatever is in it
    path.write_text("a;b\n" + "".join(f"{cell};x\n" for cell in cells))
    tidied = tidy(path)
    assert tidied is not None
    np.testing.assert_array_equal(pd.read_csv(io.StringIO(tidied.text))["a"].astype(float), values)


def test_signs_for_missing_values_beside_numbers(tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    path.write_text("v,kind\n?,?\n1.5,a\n-,-\n2.5,b\n---,c\n3,d\n4,?\n5,e\n")
    tidied = tidy(path)
    assert tidied is not None and tidied.notes == ["numbers of 'v': '?' is missing, 3 times"]
    frame = pd.read_csv(io.StringIO(tidied.text))
    np.testing.assert_array_equal(frame["v"], [np.nan, 1.5, np.nan, 2.5, np.nan, 3, 4, 5])
    assert [*frame["kind"]] == ["?", "a", "-", "b", "c", "d", "?", "e"]  # text stays as it is


def test_what_may_be_a_thousand_or_a_decimal_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    path.write_text('a,b\n1,"12,345"\n2,"12,346"\n3,"12,347"\n')
    with pytest.raises(InputError) as error:
        tidy(path)
    assert str(error.value) == (
        f"{path}: '12,345' may be a thousand or a decimal; write numbers without marks between thousands, and "
        "with a decimal point"
    )
