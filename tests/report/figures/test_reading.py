from pathlib import Path

import numpy as np
import pytest

from tidemark.core.errors import InputError
from tidemark.report.figures.reading import table


def written(folder: Path, text: str) -> Path:
    path = folder / "x.csv"
    path.write_text(text)
    return path


def test_columns_have_the_types_that_they_are_to_have(tmp_path: Path) -> None:
    path = written(tmp_path, "b,a,c,n\n07,1,p,3\nNA,,p,4\n,3,q,5\n")
    found = table(path, {"b": str, "a": float, "n": int})
    assert found["b"].tolist() == ["07", "NA", ""] and found["n"].tolist() == [3, 4, 5]
    np.testing.assert_array_equal(found["a"], [1, np.nan, 3])
    assert "c" not in found
    assert list(table(written(tmp_path, "s,a\n1,2\n"), {"s": int}, others=float).columns) == ["s", "a"]


def test_no_rows(tmp_path: Path) -> None:
    assert len(table(written(tmp_path, "a,b\n"), {"a": str, "b": float})) == 0


@pytest.mark.parametrize("text", ["", "a\n", "a,b\nx,1\ny,1.2.3\n", "a,b\n\xff,\n"])
def test_what_cannot_be_read_is_named_in_one_line(tmp_path: Path, text: str) -> None:
    path = tmp_path / "x.csv"
    path.write_bytes(text.encode("latin-1"))
    with pytest.raises(InputError, match="expected columns a, b: run `dvc repro` again") as caught:
        table(path, {"a": str, "b": float})
    assert "\n" not in str(caught.value) and str(path) in str(caught.value)


def test_missing_file(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="none.csv: no such file; run `dvc repro` first"):
        table(tmp_path / "none.csv", {"a": str})
