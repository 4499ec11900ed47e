"""Plain rows decoded as blocks are what the same rows are, cell by cell; Python's own CSV reader agrees."""

from __future__ import annotations

import csv
import io
import time
from contextlib import ExitStack, closing
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from tidemark.core.errors import InputError
from tidemark.signals.recordings import delimited_lines
from tidemark.signals.recordings.delimited import DelimitedSource
from tidemark.signals.recordings.delimited_blocks import BlockBatch

ROWS = 3000
RANDOM = np.random.default_rng(0)
VALUES = RANDOM.normal(0, 1, ROWS) * 10.0 ** RANDOM.integers(-300, 300, ROWS)
WAYS = ["{:.17g}", "{:+.3e}", "{:.0f}.", " {:.6f}", "{:.1E}"]


def cells(separator: str, decimal: str) -> list[list[str]]:
    rows = []
    for row, value in enumerate(VALUES.tolist()):
        number = (
            "NA" if row % 97 == 3 else WAYS[row % 5].format(value if row % 5 in (0, 1, 4) else value % 1e6)
        )
        date = str(np.datetime64("2024-01-01T00:00:00") + row)
        rows.append([date, number.replace(".", decimal), f"é {row}"])
    return rows


@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize(("separator", "decimal"), [(",", "."), (";", ","), ("\t", ".")])
@pytest.mark.parametrize("encoding", ["utf-8", "latin-1"])
def test_blocks_are_their_rows(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, ending: str, separator: str, decimal: str, encoding: str
) -> None:
    monkeypatch.setattr(delimited_lines, "BATCH_BYTES", 10_000)
    rows = [["date", "value", "text"], *cells(separator, decimal)]
    text = "".join(separator.join(row) + ending for row in rows)
    (tmp_path / "x.csv").write_bytes(text.encode(encoding))
    parts, times, output = [], [], tmp_path / "y.csv"
    with closing(DelimitedSource(tmp_path / "x.csv", "x.csv")) as source, ExitStack() as stack:
        writer = stack.enter_context(closing(source.writer(output, [1], 1.0, False)))
        for batch in source.batches([1]):
            assert isinstance(batch, BlockBatch) == bool(parts and ending != "\r")
            parts.append(batch.numbers(1))
            times.append(batch.times(0))
            assert batch.dates(0, slice(-1, None)) == [batch.cells[-1][0]]
            writer.write(batch, {1: np.where(np.arange(len(batch)) % 2, np.nan, 0.25)})
    expected = [np.nan if "NA" in row[1] else float(row[1].replace(decimal, ".")) for row in rows[1:]]
    np.testing.assert_array_equal(np.concatenate(parts), expected)
    seconds = np.concatenate(times) / 1e6
    np.testing.assert_array_equal(np.diff(seconds), 1)
    written = list(
        csv.reader(io.StringIO(output.read_bytes().decode(encoding), newline=""), delimiter=separator)
    )
    assert [row[::2] for row in written] == [row[::2] for row in rows]
    assert {row[1] for row in written[1:]} == {f"0{decimal}250000", *(row[1] for row in rows[1:])} & {
        row[1] for row in written
    }
    assert output.read_bytes().count(ending.encode()) == len(rows)


@pytest.mark.parametrize("cell", ["0.5", "", "1_0", "１", '"0.5"'])
def test_many_columns_are_read_row_by_row_alike(tmp_path: Path, cell: str) -> None:
    table = RANDOM.normal(size=(20, 300))
    rows = [[f"{value:.9f}" for value in row] for row in table.tolist()]
    rows[7][11] = cell
    text = "".join(",".join(row) + "\n" for row in [[f"c{place}" for place in range(300)], *rows])
    (tmp_path / "x.csv").write_text(text)
    columns = [*range(299, -1, -1)]
    with closing(DelimitedSource(tmp_path / "x.csv", "x.csv")) as source:
        batch = next(source.batches(columns))
        if cell in ("1_0", "１"):
            with pytest.raises(InputError, match="row 9, column 'c11': expected a number"):
                batch.numbers_of(columns)
            return
        expected = np.array([[float(cell.strip('"') or "nan") for cell in row] for row in rows]).T[columns]
        np.testing.assert_array_equal(batch.numbers_of(columns), expected)


@pytest.mark.parametrize("ending", ["\n", "\r\n"])
def test_no_more_rows_are_taken_to_cells_than_show_what_the_columns_hold(tmp_path: Path, ending: str) -> None:
    """However short: a quarter of a megabyte once was a hundred thousand of them, and seconds each time."""
    (tmp_path / "x.csv").write_text(ending.join(["value", *map(str, range(100_000)), ""]), newline="")
    with closing(DelimitedSource(tmp_path / "x.csv", "x.csv")) as source:
        batches = list(source.batches([0]))
    assert [isinstance(batch, BlockBatch) for batch in batches] == [False] + [True] * (len(batches) - 1)
    assert len(batches[0]) == 1000
    assert batches[1].place(0) == "row 1002"
    np.testing.assert_array_equal(np.concatenate([batch.numbers(0) for batch in batches]), range(100_000))


@pytest.mark.parametrize("cell", ["1_0", "nan(1)", "１２", "0x10", "1,5x", "1e400"])
def test_what_is_no_number_is_none_in_a_block_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, cell: str
) -> None:
    monkeypatch.setattr(delimited_lines, "BATCH_BYTES", 1000)
    (tmp_path / "x.csv").write_text("value;n\n" + "1.5;2\n" * 500 + f"{cell};2\n" + "1.5;2\n" * 500)
    with closing(DelimitedSource(tmp_path / "x.csv", "x.csv")) as source:
        if cell == "1e400":
            assert np.isinf(np.concatenate([batch.numbers(0) for batch in source.batches([0])])).sum() == 1
            return
        with pytest.raises(InputError, match="row 502, column 'value': expected a number"):
            for batch in source.batches([0]):
                batch.numbers(0)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("a,b\n" + '5" wide,1.5\n' * 2, "a quote (in a cell|is opened)"),
        ("a,b\n" + '5" wide 6" long,1.5\n', "row 2: a quote in a cell; write it twice"),
        ("a,b\nx\ry,1.5\n", "row 2 has 1 cells"),
        ("a,b\n" + "x" * 200_000 + ",1\n", "row 2: 200,000 characters in a cell, .*TIDEMARK_MAX_CELL=200000"),
    ],
)
def test_rows_that_readers_disagree_on(tmp_path: Path, content: str, said: str) -> None:
    (tmp_path / "x.csv").write_bytes(content.encode())
    with pytest.raises(InputError, match=said):
        DelimitedSource(tmp_path / "x.csv", "x.csv")


def test_a_quote_after_a_tab_is_a_stray_one_as_for_other_readers(tmp_path: Path) -> None:
    text = 'a,b\n1,"2"\n3,\t"4"\n'
    assert (
        list(csv.reader(io.StringIO(text)))[2] == pd.read_csv(io.StringIO(text)).loc[1].astype(str).tolist()
    )
    (tmp_path / "x.csv").write_text(text)
    with (
        pytest.raises(InputError, match="row 3: a quote in a cell"),
        closing(DelimitedSource(tmp_path / "x.csv", "x.csv")) as source,
    ):
        list(source.batches([0, 1]))
    spaced = text.replace("\t", " ")
    (tmp_path / "x.csv").write_text(spaced)
    with closing(DelimitedSource(tmp_path / "x.csv", "x.csv")) as source:
        read = np.concatenate([batch.numbers(1) for batch in source.batches([1])])
    np.testing.assert_array_equal(read, pd.read_csv(io.StringIO(spaced), skipinitialspace=True)["b"])


@pytest.mark.parametrize("end", ["", "\n", "\n\n", "\n\n\n", '\n""', '\n""\n', '\n""\n\n'])
def test_a_file_of_one_column_ends_where_it_ends_for_other_readers(tmp_path: Path, end: str) -> None:
    text = f"a\n1.5\n2{end}"
    (tmp_path / "x.csv").write_text(text)
    with closing(DelimitedSource(tmp_path / "x.csv", "x.csv")) as source:
        read = np.concatenate([batch.numbers_of([0])[0] for batch in source.batches([0])])
    np.testing.assert_array_equal(read, pd.read_csv(io.StringIO(text))["a"])
    rows = [row for row in csv.reader(io.StringIO(text)) if row][1:]
    assert len(read) == len(rows)


def test_a_long_cell_of_digits_takes_no_long_look(tmp_path: Path) -> None:
    (tmp_path / "x.csv").write_text("a,b\n1,2\n3," + "7" * 99_990 + "x\n")
    start = time.process_time()
    with (
        pytest.raises(InputError, match=r"row 3, column 'b': expected a number, got '777"),
        closing(DelimitedSource(tmp_path / "x.csv", "x.csv")) as source,
    ):
        np.concatenate([batch.numbers(1) for batch in source.batches([1])])
    assert time.process_time() - start < 2  # 20 s once
