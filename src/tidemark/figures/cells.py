"""Columns of a CSV file as text and numbers; what cannot be read is named by file, row and column."""

from __future__ import annotations

import csv
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from tidemark.core.errors import InputError
from tidemark.core.store import Array


@dataclass(frozen=True)
class Columns:
    """Some columns of a file; all are equally long."""

    path: Path
    text: Mapping[str, Sequence[str]]
    numbers: Mapping[str, Array]
    """Float64, NaN where a cell is empty."""

    def __len__(self) -> int:
        return max(max(map(len, self.text.values())), *map(len, self.numbers.values()))

    def check(self, column: str, expected: Sequence[str]) -> None:
        """Raise `InputError` unless each cell of a text column is one of `expected`."""
        for row, value in enumerate(self.text[column], start=2):
            if value not in expected:
                raise InputError(
                    f"{self.path}, row {row}, column {column}: {value!r}; "
                    f"expected one of {', '.join(expected)}"
                )

    def refuse(self, column: str, wrong: Array, expected: str) -> None:
        """Raise `InputError` at the first number of a column that is `wrong`, (rows,) bool."""
        if wrong.any():
            row = int(np.argmax(wrong))
            value = self.numbers[column][row]
            raise InputError(f"{self.path}, row {row + 2}, column {column}: {value:g}; expected {expected}")

    def groups(self, *columns: str) -> dict[tuple[str, ...], Array]:
        """Numbers of the rows that agree in some text columns, by what stands there, in the file's order."""
        found: dict[tuple[str, ...], list[int]] = {}
        for row, key in enumerate(zip(*(self.text[column] for column in columns), strict=True)):
            found.setdefault(key, []).append(row)
        return {key: np.array(rows) for key, rows in found.items()}


def read(path: Path, text: Sequence[str], numbers: Sequence[str]) -> Columns:
    """Read the columns named.

    Raises `InputError` for a missing file or column, and for a cell that is no number.
    """
    try:
        with path.open(newline="", encoding="utf-8") as file:
            lines = csv.reader(file)
            header = next(lines, [])
            rows = [line for line in lines if line]
    except FileNotFoundError:
        raise InputError(f"{path}: no such file; run `dvc repro` first") from None
    except (UnicodeDecodeError, csv.Error) as error:
        raise InputError(f"{path}: not a CSV file ({error}); run `dvc repro` again") from None
    if missing := [column for column in [*text, *numbers] if column not in header]:
        raise InputError(f"{path}: no column {', '.join(missing)}; run `dvc repro` again")
    for number, row in enumerate(rows, start=2):
        if len(row) != len(header):
            raise InputError(f"{path}, row {number}: {len(row)} cells; expected {len(header)}")
    columns = dict(zip(header, zip(*rows, strict=True), strict=True)) if rows else dict.fromkeys(header, ())
    return Columns(
        path,
        {column: columns[column] for column in text},
        {column: _numbers(path, column, columns[column]) for column in numbers},
    )


def _numbers(path: Path, column: str, cells: Iterable[str]) -> Array:
    try:
        return np.array([float(cell) if cell else math.nan for cell in cells], dtype=np.float64)
    except ValueError:
        for row, cell in enumerate(cells, start=2):
            try:
                float(cell or "nan")
            except ValueError:
                raise InputError(f"{path}, row {row}, column {column}: {cell!r}; expected a number") from None
        raise
