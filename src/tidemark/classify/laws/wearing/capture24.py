"""A study's files as CAPTURE-24 has them: a gzipped table for each participant, and a dictionary of labels.

Source: Chan Chang et al., "CAPTURE-24: A large dataset of wrist-worn activity tracker data collected in the
wild for human activity recognition", Scientific Data 11, 2024.
"""

from __future__ import annotations

import csv
import gzip
from pathlib import Path

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray
from pyarrow import csv as arrow_csv

from tidemark.classify.laws.wearing.activities import ACTIVITIES, SCHEMES

DICTIONARY = "annotation-label-dictionary.csv"
COLUMNS = ("time", "x", "y", "z", "annotation")
CHUNK = 1 << 20
"""Rows that are text at a time."""


def write_recording(
    path: Path, time: NDArray[np.int64], xyz: NDArray[np.floating], activity: NDArray[np.integer]
) -> None:
    """Write one participant's rows to a `.csv.gz`; the same ones are always the same bytes.

    `time` (rows,) in ns since 1970 is written to the microsecond, `xyz` (rows, 3) in g to six decimals;
    `activity` (rows,) is the annotation's number in `ACTIVITIES`, −1 where there is none.
    """
    # Only what is quoted needs a quote, and nothing does: no annotation holds a comma.
    options = arrow_csv.WriteOptions(include_header=False, quoting_style="none", batch_size=1 << 16)
    texts = pa.array([activity.annotation for activity in ACTIVITIES])
    with path.open("wb") as file, gzip.GzipFile("", "wb", 1, file, mtime=0) as zipped:
        zipped.write((",".join(COLUMNS) + "\n").encode())
        for start in range(0, len(time), CHUNK):
            rows = slice(start, start + CHUNK)
            code = activity[rows]
            columns = [
                pa.array(time[rows] // 1000).cast(pa.timestamp("us")),
                *(_six_decimals(axis) for axis in xyz[rows].T),
                texts.take(pa.array(code, mask=code < 0)),
            ]
            arrow_csv.write_csv(pa.table(columns, names=list(COLUMNS)), zipped, options)


def _six_decimals(values: NDArray[np.floating]) -> pa.Array:
    """Numbers as decimals, which are printed twice as fast as floats and all alike."""
    millionths = np.rint(values.astype(np.float64) * 1e6).astype(np.int64)
    return pa.Array.from_buffers(pa.decimal64(18, 6), len(values), [None, pa.py_buffer(millionths)])


def write_dictionary(path: Path) -> None:
    """Write what label each annotation stands for in each scheme, one row an annotation, sorted."""
    with path.open("w", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["annotation", *(f"label:{scheme}" for scheme in SCHEMES)])
        writer.writerows(sorted((activity.annotation, *activity.labels) for activity in ACTIVITIES))
