from pathlib import Path

import numpy as np
import pytest

from tidemark.core.errors import InputError
from tidemark.figures import cells


def written(folder: Path, text: str) -> Path:
    path = folder / "x.csv"
    path.write_text(text)
    return path


def test_columns_by_name_and_rows_by_group(tmp_path: Path) -> None:
    found = cells.read(written(tmp_path, "b,a,c\nx,1,p\ny,,p\nx,3,q\n"), ["b"], ["a"])
    assert list(found.text["b"]) == ["x", "y", "x"] and len(found) == 3
    np.testing.assert_array_equal(found.numbers["a"], [1, np.nan, 3])
    assert {key: rows.tolist() for key, rows in found.groups("b").items()} == {("x",): [0, 2], ("y",): [1]}


def test_no_rows(tmp_path: Path) -> None:
    found = cells.read(written(tmp_path, "a,b\n"), ["a"], ["b"])
    assert len(found) == 0 and found.groups("a") == {}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "no column a, b"),
        ("a\n", "no column b"),
        ("a,b\nx\n", "row 2: 1 cells; expected 2"),
        ("a,b\nx,1\ny,1.2.3\n", "row 3, column b: '1.2.3'; expected a number"),
    ],
)
def test_what_cannot_be_read_is_named(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(InputError, match=message):
        cells.read(written(tmp_path, text), ["a"], ["b"])


def test_missing_file_and_no_text(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no such file"):
        cells.read(tmp_path / "none.csv", ["a"], [])
    (tmp_path / "x.csv").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(InputError, match="not a CSV file"):
        cells.read(tmp_path / "x.csv", ["a"], [])


def test_unexpected_word(tmp_path: Path) -> None:
    found = cells.read(written(tmp_path, "a,b\nx,1\nz,1\n"), ["a"], ["b"])
    with pytest.raises(InputError, match="row 3, column a: 'z'; expected one of x, y"):
        found.check("a", ["x", "y"])
