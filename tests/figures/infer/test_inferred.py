"""Reading what was inferred: by test set, in the order of inference, refused where it makes no sense."""

from pathlib import Path

import numpy as np
import pytest

from support.report_inputs import assert_refused
from tidemark.figures import inferred
from tidemark.figures.views import INFER

HEADER = "test,signal,x,member,context,target,mean,std,path_1,path_2,path_3\n"
ROWS = (
    "test,0,5.5,0,1.25,,,,,,\n"
    "test,0,7.0,1,-2.0,,,,,,\n"
    "test,0,9.0,1,,-1.5,-1.4,0.1,-1.3,-1.2,-1.1\n"
    "test,0,8.0,1,,,-1.6,0.2,-1.7,-1.8,-1.9\n"
    "tail,0,6.0,0,,2.0,2.5,0.5,2.1,2.2,2.3\n"
)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    (tmp_path / "examples.csv").write_text(HEADER + ROWS)
    return tmp_path / "examples.csv"


def test_columns_by_test_set(path: Path) -> None:
    pair, tail = inferred.examples(path, INFER)
    assert (pair.test, tail.test, pair.partner, tail.partner) == ("test", "tail", 0, None)
    nan = np.nan
    np.testing.assert_array_equal(pair.position, [5.5, 7, 9, 8])
    np.testing.assert_array_equal(pair.member, [0, 1, 1, 1])
    np.testing.assert_array_equal(pair.given, [1.25, -2, nan, nan])
    np.testing.assert_array_equal(pair.target, [nan, nan, -1.5, nan])  # asked for, but not known
    np.testing.assert_array_equal(pair.mean, [nan, nan, -1.4, -1.6])
    np.testing.assert_array_equal(pair.std, [nan, nan, 0.1, 0.2])
    np.testing.assert_array_equal(pair.paths[:, 2], [-1.3, -1.2, -1.1])
    np.testing.assert_array_equal(pair.asked, [False, False, True, True])


def test_points_of_a_member_are_sorted_by_position(path: Path) -> None:
    pair, _ = inferred.examples(path, INFER)
    assert pair.of(1, pair.asked).tolist() == [3, 2]
    assert pair.of(0, ~pair.asked).tolist() == [0] and pair.of(0, pair.asked).tolist() == []


def test_no_file_nothing_inferred(tmp_path: Path) -> None:
    assert inferred.examples(tmp_path / "examples.csv", INFER) == []


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (HEADER.replace("std", "sd") + ROWS, "no column std"),
        (HEADER + ROWS.replace("7.0,1,", "7.0,2,"), "row 3, column member: 2; expected 0 or 1"),
        (HEADER + ROWS.replace("7.0,1,", ",1,"), "row 3, column x: nan; expected a finite number"),
        (HEADER + ROWS.replace("-1.4,0.1", ",0.1"), "row 4, column mean: nan; expected a finite number where no"),
        (HEADER + ROWS.replace("-1.6,0.2", "-1.6,0"), "row 5, column std: 0; expected a positive number where no"),
        (HEADER + ROWS.replace("-1.6", "low"), "row 5, column mean: 'low'; expected a number"),
    ],
)  # fmt: skip
def test_bad_tables_are_refused_in_one_line(path: Path, text: str, message: str) -> None:
    assert_refused(lambda path: inferred.examples(path, INFER), path, text, message)
