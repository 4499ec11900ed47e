import gzip
from contextlib import ExitStack, closing

import numpy as np
import pytest

from tidemark.core.errors import InputError
from tidemark.signals.recordings import delimited_lines
from tidemark.signals.recordings.delimited import DelimitedSource


@pytest.fixture
def opened(tmp_path):
    """Opens a table of given content; closes it after the test."""
    with ExitStack() as stack:

        def opened(content):
            path = tmp_path / "x.csv"
            path.write_bytes(content.encode() if isinstance(content, str) else content)
            return stack.enter_context(closing(DelimitedSource(path, "x.csv")))

        yield opened


def column(source, index):
    return np.concatenate([batch.numbers(index) for batch in source.batches([index])])


@pytest.mark.parametrize(
    "content",
    [
        "t,value\n0,1.5\n1,\n2,-2e3\n",
        b"\xef\xbb\xbft,value\r\n0,1.5\r\n1,NaN\r\n2,-2e3",
        "t;value\n0;1,5\n1;NA\n2;-2e3\n",
        "t;value\n0;1.5\n1;n/a\n2;-2000.0\n",
        "t\tvalue\n0\t1.5\n1\tnull\n2\t-2000\n",
        't,"value"\n0,"1.5"\n\n1," "\n2, -2000\n\n\n',
        gzip.compress(b"t,value\n0,1.5\n1,\n2,-2000\n", mtime=0),
    ],
)
def test_ways_to_write_the_same_table(opened, content):
    source = opened(content)
    assert source.names == ["t", "value"]
    assert source.kinds == ["integer", "float"]
    np.testing.assert_array_equal(column(source, 1), [1.5, np.nan, -2000.0])


def test_blank_lines_are_missing_values_only_between_rows_of_one_column(opened):
    source = opened("value\n1\n\n\n2\n\n")
    np.testing.assert_array_equal(column(source, 0), [1, np.nan, np.nan, 2])


def test_batches_hold_every_row_once(opened, monkeypatch):
    monkeypatch.setattr(delimited_lines, "BATCH_BYTES", 50)
    rows = "".join(f'{i},"a, ""b""\nc {i}",{i / 4}\n' for i in range(200))
    source = opened("n,text,value\n" + rows)
    batches = list(source.batches([2]))
    assert len(batches) > 10
    assert [row for batch in batches for row in batch.rows] == list(range(2, 202))
    np.testing.assert_array_equal(np.concatenate([b.numbers(2) for b in batches]), np.arange(200) / 4)


def test_names_outside_utf8_are_read(opened):
    source = opened("T (°C);ok\n1,5;2\n".encode("cp1252"))
    assert source.names == ["T (°C)", "ok"]


def test_kinds_of_columns(opened):
    content = "day,when,count,level,note,empty\n" + "20240107,2024-01-07T12:30:00Z,1,2.5,ab,\n" * 3
    source = opened(content)
    assert source.kinds == ["integer", "date", "integer", "float", "text", "float"]
    batch = next(source.batches([]))
    seconds = (batch.times(1) - batch.times(0)) / 1e6
    np.testing.assert_array_equal(seconds, 12.5 * 3600)  # eight digits are a date where a time is asked for


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("", "x.csv: the file is empty; expected a header and rows"),
        ("a,b\n", "x.csv: no rows below the header"),
        ("a,b\n\n\n", "x.csv: no rows below the header"),
        ("\na,b\n", "x.csv: row 1 is blank; expected the names of columns"),
        ("1.5,2.5\n3,4\n", "x.csv: row 1: expected names of columns, got numbers; add a header row"),
        ("a,b\n1,2\n1,2,3\n", "x.csv: row 3 has 3 cells, the header 2; fix it"),
        ("a,b\n1,2\n\n1\n", "x.csv: row 4 has 1 cells, the header 2; fix it"),
        ('a,b\n1,2\n1,"2\n3,4\n', "x.csv: row 3: a quote is opened and never closed; close it"),
        ('a,"b\n1,2\n', "x.csv: row 1: a quote is opened and never closed; close it"),
        (b"\x80" * 2**24, "x.csv: row 1 has over 16777216 bytes; not a CSV file"),
        (b"\xff\xfea\0,\0b\0\n\0", "x.csv: not a table of text; save it as CSV in UTF-8"),
        (
            gzip.compress(b"a,b\n" + b"1,2\n" * 100, mtime=0)[:-12],
            "x.csv: row 2 or behind it: the gzip file ends",
        ),
        (
            b"\x1f\x8b\x08\x80" + gzip.compress(b"a,b\n1,2\n", mtime=0)[4:],
            "x.csv: row 1 or behind it: the gzip file is dam",
        ),
    ],
)
def test_bad_tables(opened, content, message):
    with pytest.raises(InputError) as error:
        list(opened(content).batches([0]))
    assert str(error.value).startswith(message)
    assert "\n" not in str(error.value)


@pytest.mark.parametrize(
    ("cell", "message"),
    [
        ("abc", "x.csv: row 5, column 'b': expected a number, got 'abc'; leave the cell empty"),
        ("1_000", "x.csv: row 5, column 'b': expected a number, got '1_000'"),
        ('"line\nbreak"', "x.csv: row 5, column 'b': expected a number, got 'line\\nbreak'"),
        ("1,5", "x.csv: row 5 has 3 cells"),
    ],
)
def test_text_among_numbers(opened, cell, message):
    content = f"a,b\n1,2.5\n1,2.5\n\n1,{cell}\n1,2.5\n"
    with pytest.raises(InputError) as error:
        column(opened(content), 1)
    assert str(error.value).startswith(message)
    assert "\n" not in str(error.value)


def test_a_long_quote_is_given_up(opened, monkeypatch):
    monkeypatch.setenv("TIDEMARK_MAX_ROW_BYTES", "1000")
    monkeypatch.setattr(delimited_lines, "BATCH_BYTES", 100)
    source = opened("a,b\n1,2\n" * 50 + '1,5"\n' + "1,2\n" * 1000)
    with pytest.raises(InputError, match=r"row 101: a quote is opened and never closed"):
        list(source.batches([0]))


def test_rows_of_empty_cells_are_missing_values(opened):
    source = opened("a\tb\n\t\n1\t2\n")
    np.testing.assert_array_equal(column(source, 1), [np.nan, 2])


def test_numbered_columns_are_names(opened):
    assert opened("0,1\n5,6\n").names == ["0", "1"]


@pytest.mark.parametrize("beside", ["1.5", "NA", '"1.5"', ""])
def test_a_sign_before_nan_says_the_same_beside_any_other_cell(opened, beside):
    values = column(opened(f"t,value\n0,+nan\n1,-nan\n2,{beside}\n3,2.5\n4,2.5\n5,2.5\n"), 1)
    np.testing.assert_array_equal(values[[0, 1, 3]], [np.nan, np.nan, 2.5])
