"""Rows of a participant's file as arrays."""

from __future__ import annotations

from dataclasses import dataclass

from tidemark.core.store import Array


@dataclass(frozen=True)
class Rows:
    """Successive rows of a file; index 0 of a whole file is its row 2."""

    time: Array
    """(rows,) int64 nanoseconds since 1970, as the file writes them"""
    values: Array
    """(3, rows) float32 acceleration along x, y, z in the file's unit; NaN is missing"""
    code: Array
    """(rows,) int32 place among the dictionary's annotations; -1 where there is none with a label"""
