import datetime
from contextlib import closing
from decimal import Decimal
from fractions import Fraction

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tidemark.core.errors import InputError
from tidemark.signals.recordings import parquet, parquet_child
from tidemark.signals.recordings.parquet import ParquetSource
from tidemark.signals.recordings.source import NewRows


def opened(path, columns, **options):
    pq.write_table(pa.table(columns), path, **options)
    return ParquetSource(path, "x.parquet")


def test_kinds_and_values(tmp_path):
    source = opened(
        tmp_path / "x.parquet",
        {
            "day": [datetime.date(2024, 1, 7), datetime.date(2024, 1, 14)],
            "written": ["2024-01-07", "2024-01-14"],
            "level": pa.array([1.5, None], pa.float32()),
            "count": pa.array([3, None]),
            "price": pa.array([Decimal("1.25"), None]),
        },
    )
    assert source.kinds == ["date", "text", "float", "integer", "integer"]
    batch = next(source.batches([]))
    week = 7 * 24 * 3600 * 10**6
    assert np.diff(batch.times(0)).tolist() == [week]
    np.testing.assert_array_equal(batch.times(0), batch.times(1))
    for column, value in [(2, 1.5), (3, 3), (4, 1.25)]:
        np.testing.assert_array_equal(batch.numbers(column), [value, np.nan])
    with pytest.raises(InputError, match=r"x\.parquet: column 'written' is of type string; expected numbers"):
        batch.numbers(1)


def test_pieces_join_to_the_whole(tmp_path, monkeypatch):
    monkeypatch.setattr(parquet, "BATCH_VALUES", 1)  # 1024 rows all the same
    source = opened(tmp_path / "x.parquet", {"x": np.arange(10_000.0)}, row_group_size=3000)
    batches = list(source.batches([0]))
    assert [len(batch) for batch in batches] == [1024, 1024, 952] * 3 + [1000]
    np.testing.assert_array_equal(np.concatenate([b.numbers(0) for b in batches]), np.arange(10_000))
    assert batches[1].place(0) == "row 1025"


def test_no_rows(tmp_path):
    with pytest.raises(InputError, match=r"x\.parquet: no rows"):
        opened(tmp_path / "x.parquet", {"x": pa.array([], pa.float64())})


@pytest.mark.parametrize("cut", [0, 3, -20])
def test_not_whole(tmp_path, cut):
    path = tmp_path / "x.parquet"
    pq.write_table(pa.table({"x": np.arange(1000.0)}), path)
    path.write_bytes(path.read_bytes()[:cut])
    with pytest.raises(InputError, match=r"x\.parquet: not a whole Parquet file") as error:
        ParquetSource(path, "x.parquet")
    assert "\n" not in str(error.value)


def test_what_ends_a_process_ends_another_one(tmp_path, monkeypatch):
    path, child = tmp_path / "x.parquet", tmp_path / "child.py"
    pq.write_table(pa.table({"x": np.arange(10.0)}), path)
    child.write_text("import os\nos.abort()\n")
    monkeypatch.setattr(parquet_child, "__file__", str(child))
    with pytest.raises(
        InputError, match=r"x\.parquet: not a whole Parquet file \(decoding it ends with SIGABRT\)"
    ):
        ParquetSource(path, "x.parquet")


def test_memory_that_a_file_asks_for_is_limited(tmp_path, monkeypatch):
    path = tmp_path / "x.parquet"
    pq.write_table(pa.table({"x": ["a" * 2**27] * 2}), path, compression="zstd")
    monkeypatch.setenv("TIDEMARK_MAX_MEMORY", str(2**26))
    with pytest.raises(InputError, match=r"over 50331648 bytes: TIDEMARK_MAX_MEMORY sets more"):
        list(ParquetSource(path, "x.parquet").batches([0]))


def test_long_texts_that_take_few_bytes_in_a_file_come_a_few_at_a_time(tmp_path):
    path, rows = tmp_path / "x.parquet", 20_000
    pq.write_table(pa.table({"x": np.arange(float(rows)), "text": ["a" * 4000] * rows}), path)
    assert path.stat().st_size < 500_000
    source = ParquetSource(path, "x.parquet")
    tables = [batch.table for batch in source.batches([0])]
    assert max(table.nbytes for table in tables) <= parquet_child.PASSED_BYTES * 1.01
    assert pa.Table.from_batches(tables) == pq.read_table(path)


@pytest.mark.parametrize(
    "note",
    [
        b"{",
        b"[1]",
        b'{"columns": 3}',
        b'{"columns": [3]}',
        b'{"columns": [{"field_name": ["x"]}]}',
        b'{"columns": [{"name": "x", "field_name": "x", "pandas_type": "float64"}], "index_columns": []}',
        b'{"columns": [], "index_columns": [Infinity]}',
    ],
)
def test_a_damaged_note_of_pandas_is_left_out(tmp_path, note):
    table = pa.table({"count": [1, 2], "x": [1.5, 2.5]}).replace_schema_metadata(
        {b"pandas": note, b"own": b"1"}
    )
    assert parquet.with_doubles(table.schema, [0]).metadata == {b"own": b"1"}
    assert parquet.part_of(table.schema, [1]).metadata == {b"own": b"1"}
    pq.write_table(table, tmp_path / "x.parquet")
    assert ParquetSource(tmp_path / "x.parquet", "x").schema.metadata == {b"own": b"1"}


def test_a_whole_note_of_pandas_stays(tmp_path):
    frame = pd.DataFrame({"x": [1.5, 2.5]}, index=pd.date_range("2024-01-01", periods=2, tz="Europe/Berlin"))
    frame.to_parquet(tmp_path / "x.parquet")
    source = ParquetSource(tmp_path / "x.parquet", "x")
    with closing(source), closing(source.writer(tmp_path / "y.parquet", [0], 1.0, False)) as writer:
        for batch in source.batches([0]):
            writer.write(batch, {0: batch.numbers(0) + 1})
    pd.testing.assert_frame_equal(pd.read_parquet(tmp_path / "y.parquet"), frame + 1, check_freq=False)


def test_dates_past_9999(tmp_path):
    source = opened(tmp_path / "x.parquet", {"when": pa.array([0, 3 * 10**17], pa.timestamp("us"))})
    with pytest.raises(InputError, match="row 2, column 'when': a date outside the years 1 to 9999"):
        next(source.batches([0])).times(0)


@pytest.mark.parametrize(
    "kind",
    [pa.timestamp("s"), pa.timestamp("s", "Europe/Berlin"), pa.timestamp("ms"), pa.date32(), pa.date64()],
)
def test_dates_so_far_off_that_their_microseconds_would_wrap_around(tmp_path, kind):
    unit = {"s": 10**6}.get(getattr(kind, "unit", ""), parquet.DAY if pa.types.is_date32(kind) else 1000)
    whole = pa.int32() if pa.types.is_date32(kind) else pa.int64()
    near = pa.array([19_700 * parquet.DAY // unit], whole).cast(kind)
    assert next(opened(tmp_path / "x.parquet", {"when": near}).batches([0])).times(0) == [
        19_700 * parquet.DAY
    ]
    for sign in (1, -1):
        far = pa.array([sign * (2**64 // unit + 19_700 * parquet.DAY // unit)], whole).cast(kind)
        source = opened(tmp_path / "x.parquet", {"when": far})
        with pytest.raises(InputError, match="row 1, column 'when': a date outside the years 1 to 9999"):
            next(source.batches([0])).times(0)


@pytest.mark.parametrize(
    ("kind", "last", "next_"),
    [
        (pa.int8(), 126, 127),
        (pa.uint8(), 254, 255),
        (pa.decimal128(3, 0), Decimal(998), Decimal(999)),
        (pa.float16(), 65472.0, 65504.0),
        (pa.timestamp("ns"), 2**63 - 3 * 10**9, 2**63 - 2 * 10**9),
    ],
)
def test_times_that_the_column_cannot_hold_are_not_written(tmp_path, kind, last, next_):
    known = [last, next_]
    stamped = pa.types.is_timestamp(kind)
    when = (
        pa.array(known, pa.int64()).cast(kind)
        if stamped
        else pa.array(np.float16(known) if kind == pa.float16() else known, kind)
    )
    source = opened(tmp_path / "x.parquet", {"when": when, "x": [1.0, 2.0]})
    batch = next(source.batches([0, 1]))
    step = Fraction(next_) - Fraction(last)

    def rows(first):
        times = [(Fraction(first) + step * place) / (1000 if stamped else 1) for place in range(3)]
        return NewRows([1], np.zeros((1, 3)), np.ones(1), 0, times, ["1", "2", "3"])

    source.write_rows(tmp_path / "y.parquet", batch, rows(Fraction(next_) - 2 * step), False)
    written = pq.read_table(tmp_path / "y.parquet")["when"]
    assert written.type == kind
    assert stamped or written[-1] == when[-1]
    with pytest.raises(InputError, match=r"x\.parquet: time column 'when': 3 rows more lead beyond what its"):
        source.write_rows(tmp_path / "z.parquet", batch, rows(next_), False)


def test_damaged_inside(tmp_path):
    path = tmp_path / "x.parquet"
    pq.write_table(pa.table({"x": np.random.default_rng(0).random(1000)}), path, compression="gzip")
    content = bytearray(path.read_bytes())
    content[4:2000] = b"\0" * 1996
    path.write_bytes(content)
    with pytest.raises(InputError, match=r"x\.parquet: damaged after row 0"):
        list(ParquetSource(path, "x.parquet").batches([0]))


def test_a_page_that_does_not_have_its_checksum_is_refused(tmp_path):
    levels = np.arange(1000) / 8
    options = {"write_page_checksum": True, "use_dictionary": False, "compression": "none"}
    pq.write_table(pa.table({"level": levels}), tmp_path / "x.parquet", **options)
    content = bytearray((tmp_path / "x.parquet").read_bytes())
    content[content.index(levels[500:504].tobytes())] ^= 1
    (tmp_path / "x.parquet").write_bytes(content)
    assert pq.read_table(tmp_path / "x.parquet")["level"].to_pylist() != levels.tolist()
    with pytest.raises(InputError, match="damaged after row 0 .*CRC checksum"):
        list(ParquetSource(tmp_path / "x.parquet", "x.parquet").batches([0]))


@pytest.mark.parametrize("kind", [pa.decimal128(20, 4), pa.decimal256(60, 4), pa.decimal128(38, 30)])
def test_a_decimal_is_the_number_nearest_to_it(tmp_path, kind):
    prices = [Decimal(number).scaleb(-4) for number in [*range(-3000, 3000, 7), 4094, 7574]]
    source = opened(tmp_path / "x.parquet", {"price": pa.array([*prices, None], kind)})
    numbers = np.concatenate([batch.numbers(0) for batch in source.batches([0])])
    np.testing.assert_array_equal(numbers, [*map(float, prices), np.nan])
