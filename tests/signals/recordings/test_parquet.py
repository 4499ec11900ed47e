import datetime
from decimal import Decimal

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tidemark.core.errors import InputError
from tidemark.signals.recordings import parquet
from tidemark.signals.recordings.parquet import ParquetSource


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


def test_damaged_inside(tmp_path):
    path = tmp_path / "x.parquet"
    pq.write_table(pa.table({"x": np.random.default_rng(0).random(1000)}), path, compression="gzip")
    content = bytearray(path.read_bytes())
    content[4:2000] = b"\0" * 1996
    path.write_bytes(content)
    with pytest.raises(InputError, match=r"x\.parquet: damaged after row 0"):
        list(ParquetSource(path, "x.parquet").batches([0]))
