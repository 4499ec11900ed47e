import gzip
import re
from datetime import datetime

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from support.study_files import at_rest, dictionary, text_of, times, write
from tidemark.classify.studies import blocks
from tidemark.classify.studies.header import read_header
from tidemark.classify.studies.rows import parse_block, read_rows
from tidemark.core import gzipped
from tidemark.core.errors import InputError


def read_back(path, known):
    """What pandas reads: time, values, and the annotations that the scheme has a label for."""
    table = pd.read_csv(path, parse_dates=["time"])
    code = [known.codes.get(text, -1) if isinstance(text, str) else -1 for text in table["annotation"]]
    time = table["time"].to_numpy().astype("datetime64[ns]").astype(np.int64)
    return time, table[["x", "y", "z"]].to_numpy().T.astype(np.float32), np.array(code)


def check_same(path, known):
    rows = read_rows(path, known)
    time, values, code = read_back(path, known)
    np.testing.assert_array_equal(rows.time, time)
    np.testing.assert_allclose(rows.values, values, rtol=1e-6)
    np.testing.assert_array_equal(rows.code, code)


@pytest.mark.parametrize("suffix", [".csv.gz", ".csv"])
@pytest.mark.parametrize("block", [300, 2**20])
@pytest.mark.parametrize("missing", [False, True])
def test_rows_are_what_pandas_reads(tmp_path, monkeypatch, suffix, block, missing):
    monkeypatch.setattr(blocks, "BLOCK", block)
    known = dictionary(tmp_path, "Few")
    values = at_rest(500) * np.linspace(0.1, 30, 500)[:, None]
    if missing:
        values[100, 1] = np.nan
    said = np.random.default_rng(0).choice(["walking", "sitting", "standing", "", "sleeping"], 500)
    check_same(write(tmp_path / f"P001{suffix}", text_of(times(500), values, said)), known)


@settings(max_examples=200, deadline=None)
@given(st.datetimes(datetime(1970, 1, 1), datetime(2200, 12, 31)))
def test_every_time_is_read(time):
    header = read_header(None, b"time,x,y,z", False)
    found = parse_block(f"{time.isoformat(' ', 'microseconds')},1,,-0.5\n".encode(), header, None)
    assert found.time[0] == np.datetime64(time, "us").astype("datetime64[ns]").astype(np.int64)
    np.testing.assert_array_equal(found.values, np.array([[1], [np.nan], [-0.5]], dtype=np.float32))
    assert found.code[0] == -1


@pytest.mark.parametrize(
    "change",
    [
        lambda text: "\ufeff" + text,
        lambda text: text.replace("\n", "\r\n"),
        lambda text: text + "\n\n",
        lambda text: text.rstrip("\n"),
        lambda text: re.sub(r",(\w+)\n", r',"\1"\n', text),
        lambda text: text.replace("walking", "nan"),
        lambda text: text.replace(".000000,", ","),
        lambda text: re.sub(r"(\d)0{4},", r"\1,", text, count=30),
        lambda text: re.sub(r"(?m)$(?=\n)", ",more", text).replace("annotation,more", "annotation,note"),
    ],
    ids=[
        "bom",
        "crlf",
        "blank end",
        "no end",
        "quoted",
        "nan",
        "whole seconds",
        "mixed digits",
        "further column",
    ],
)
def test_other_ways_to_write_a_table(tmp_path, change):
    known = dictionary(tmp_path)
    said = ["walking"] * 60 + ["sitting"] * 60
    check_same(write(tmp_path / "P001.csv", change(text_of(times(120), at_rest(120), said))), known)


def test_joined_and_padded_gzip_files(tmp_path):
    known = dictionary(tmp_path)
    first = text_of(times(100), at_rest(100), ["walking"] * 100)
    path = tmp_path / "P001.csv.gz"
    path.write_bytes(
        gzip.compress(first.encode()) + gzip.compress(b"2016-11-14 00:00:00.000000,1,1,1,\n") + b"\0" * 9
    )
    assert read_rows(path, known).time.shape == (101,)


def test_without_annotations(tmp_path):
    text = text_of(times(10), at_rest(10), ["xyz"] * 10)
    rows = read_rows(write(tmp_path / "P001.csv", text), None)
    assert (rows.code == -1).all()
    bare = re.sub(r",[a-z]*\n", "\n", text)
    np.testing.assert_array_equal(read_rows(write(tmp_path / "b.csv", bare), None).values, rows.values)


BAD = {
    "time": ("2016-11-13 02:18:00.300000", "yesterday", r"row 32: time 'yesterday' is no time"),
    "no time": ("2016-11-13 02:18:00.300000", "", r"row 32: time '' is no time"),
    "zone": ("2016-11-13 02:18:00.300000", "2016-11-13 02:18:00.3+01:00", r"row 32: time .* is no time"),
    "number": (re.compile(r"(00.300000,)[^,]*"), r"\1one", r"row 32: x 'one' is no number"),
    "infinite": (re.compile(r"(00.300000,)[^,]*"), r"\1inf", r"row 32: x 'inf' is no number"),
    "cells": (re.compile(r"(00.300000,)[^,]*,"), r"\1", r"row 32: 4 cells where the header has 5"),
    "blank": (re.compile(r"(.*00.300000,)"), r"\n\1", r"row 32: 0 cells where"),
    "annotation": (
        re.compile(r"(00.300000,.*),walking"),
        r"\1,flying",
        r"row 32: annotation 'flying' is not in annot",
    ),
    "columns": (
        "time,x,y,z,annotation",
        "timestamp,X,Y,Z,label",
        r"row 1: .*found timestamp, X, Y, Z, label",
    ),
}


@pytest.mark.parametrize("kind", BAD)
@pytest.mark.parametrize("suffix", [".csv", ".csv.gz"])
def test_a_bad_row_is_named(tmp_path, monkeypatch, kind, suffix):
    monkeypatch.setattr(blocks, "BLOCK", 1000)
    old, new, message = BAD[kind]
    text = text_of(times(100), at_rest(100), ["walking"] * 100)
    changed = re.sub(re.escape(old) if isinstance(old, str) else old, new, text, count=1)
    assert changed != text
    path = write(tmp_path / f"P001{suffix}", changed)
    with pytest.raises(InputError, match=f"^{re.escape(str(path))}: {message}") as error:
        read_rows(path, dictionary(tmp_path))
    assert "\n" not in str(error.value)


def test_a_damaged_file_is_named_with_the_row_where_it_ends(tmp_path, monkeypatch):
    monkeypatch.setattr(gzipped, "CHUNK", 512)
    known = dictionary(tmp_path)
    path = write(tmp_path / "P001.csv.gz", text_of(times(1000), at_rest(1000), ["walking"] * 1000))
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) // 2])
    with pytest.raises(InputError, match=r"P001.csv.gz: row (\d+): the gzip file ends here") as error:
        read_rows(path, known)
    assert 400 < int(re.search(r"row (\d+)", str(error.value))[1]) < 600
    path.write_bytes(whole[:5000] + b"\xff" * 100 + whole[5100:])
    with pytest.raises(InputError, match=r"row \d+: the gzip file (is damaged|ends) here"):
        read_rows(path, known)
    path.write_text("time,x,y,z,annotation\n")
    with pytest.raises(InputError, match=r"row 1: not compressed by gzip"):
        read_rows(path, known)
    with pytest.raises(InputError, match=r"row 1: the file is empty"):
        read_rows(write(tmp_path / "e.csv.gz", ""), known)
    with pytest.raises(InputError, match=r"row 2: no rows"):
        read_rows(write(tmp_path / "h.csv.gz", "time,x,y,z,annotation\n"), known)
    with pytest.raises(InputError, match=r"none.csv: no such file"):
        read_rows(tmp_path / "none.csv", known)


def test_more_rows_than_the_limit_of_memory_are_refused(tmp_path, monkeypatch):
    path = write(tmp_path / "P001.csv", text_of(times(500), at_rest(500), ["sitting"] * 500))
    monkeypatch.setenv("TIDEMARK_MAX_MEMORY", "10000")
    with pytest.raises(InputError, match=r"P001\.csv: row 501: 18,036 bytes of memory, .* of 10,000;"):
        read_rows(path, None)


@pytest.mark.parametrize("library", ["zlib", "isal.isal_zlib"])
@pytest.mark.parametrize("size", [2**20 - 1, 2**20, 2**20 + 1, 5_000_000])
def test_a_little_of_a_gzip_file_is_unpacked_at_a_time(tmp_path, monkeypatch, library, size):
    monkeypatch.setattr(gzipped, "INFLATE", pytest.importorskip(library))
    text = (b"1,2\n" * (size // 4 + 1))[: size - 1] + b"\n"
    for between, end in ((b"", b""), (b"", b"\0\0"), (b"\0" * 100_000, b"\0" * 200_000)):
        parts = [gzip.compress(text), between, gzip.compress(b"3,4\n"), end]
        (tmp_path / "x.csv.gz").write_bytes(b"".join(parts))
        found = [block for _, block in blocks.blocks(tmp_path / "x.csv.gz")]
        assert b"".join(found) == text + b"3,4\n"
        assert max(map(len, found)) < 3 * blocks.BLOCK
