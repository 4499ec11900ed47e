"""A trained classifier on lines as they come: a row for each window, as soon as it is complete."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, cast

import numpy as np

from tidemark.classify.prediction.command import (
    check_values,
    check_windows,
    classifying,
    demand_of,
    header,
    table,
    unit_of,
    window_probabilities,
)
from tidemark.classify.prediction.places import Places
from tidemark.classify.studies.checks import FIRST_ROW, GRAVITY, Unit, check_order, check_unit
from tidemark.classify.studies.header import AXES, read_header
from tidemark.classify.studies.rows import Rows, fault_in, parse_block
from tidemark.core.errors import InputError
from tidemark.core.store import Array
from tidemark.prediction.endpoints import file_name_of
from tidemark.prediction.following import Following
from tidemark.prediction.likeness import NOTHING
from tidemark.prediction.lines import StreamLines, standard_output
from tidemark.prediction.output import STANDARD

if TYPE_CHECKING:
    from tidemark.core.trained import Trained

PATH = Path(file_name_of(STANDARD))
"""What messages call the recording."""


def follow(model: Trained, *, units: str | None = None, rescale: bool = False, **options: Any) -> None:
    """Write time, label and probabilities of each window as soon as its last row has come."""
    if rescale:
        raise InputError("--rescale: what 1 g is shows in a whole recording; say --units, or name a file")
    info, classify, demand = model.info.dataset, classifying(model), demand_of(model, options)
    cut = windows(info.length, info.sampling_rate, unit_of(units))
    with standard_output() as stream:
        stream.write(header(info.classes).encode())
        stream.flush()
        for time, window in cut:
            check_windows(demand, info, window[None], str(PATH))
            demand = NOTHING  # the first shows what the input is like
            found = window_probabilities(info, classify, window[None], str(PATH))
            stream.write(table(np.array([time]), found, info.classes).encode())
            stream.flush()


def windows(length: int, rate: float, unit: Unit) -> Iterator[tuple[int, Array]]:
    """Time of the first sample in ns since 1970, and values (3, length) in g, of each window that is whole.

    Windows are those that `studies.windows.cut_windows` makes, one after the other from the first row on.
    Raises `InputError` at the first row that is wrong.
    """
    places: Places | None = None
    values = np.empty((len(AXES), length), dtype=np.float32)
    current, start, filled = -1, 0, 0
    for row, rows in begun(length):
        if places is None:
            check_order(PATH, rows.time)
            last = len(rows.time) - 1 + FIRST_ROW
            check_unit(f"{PATH}: rows {FIRST_ROW} to {last}", rows.values, unit)
            places = Places(PATH, rows.time, rate)
        check_values(PATH, rows.values, row)
        known = rows.values / np.float32(GRAVITY) if unit == "m/s2" else rows.values
        present = ~np.isnan(known.sum(0))
        for number, time in enumerate(rows.time.tolist()):
            place = places.of(time, row + number)
            if place is None:
                continue
            if place // length != current:
                current, start, filled = place // length, time, 0
            if place % length == filled and present[number]:  # else something is missing before it
                values[:, filled] = known[:, number]
                filled += 1
                if filled == length:
                    yield start, values.copy()


def begun(length: int) -> Iterator[tuple[int, Rows]]:
    """Rows as they come, the first `length` and more together: what shows rate and unit; and their number.

    Raises `InputError` where fewer come.
    """
    source, held, count = blocks(), list[Rows](), 0
    for _, rows in source:
        held.append(rows)
        count += len(rows.time)
        if count >= length:
            break
    if count < length:
        raise InputError(f"{PATH}: {count} rows, where a window has {length}; send more")
    together = Rows(
        np.concatenate([rows.time for rows in held]),
        np.concatenate([rows.values for rows in held], axis=1),
        np.concatenate([rows.code for rows in held]),
    )
    yield FIRST_ROW, together
    yield from source


def blocks() -> Iterator[tuple[int, Rows]]:
    """Rows that have come on standard input, and the number of the first of them, as a file counts.

    Raises `InputError` at the first line that is wrong.
    """
    if sys.stdin is None:
        raise InputError(f"{PATH}: is closed; open it")
    lines = StreamLines(cast(BinaryIO, sys.stdin.buffer))
    line = lines.read(1, one=True)
    if not line:
        raise InputError(f"{PATH}: row 1: the file is empty; expected a header and rows")
    known, row = read_header(PATH, line, annotated=False), FIRST_ROW
    while block := lines.read(row):
        whole = block.replace(b"\r\n", b"\n")
        whole += b"" if whole.endswith(b"\n") else b"\n"
        if not whole.strip():  # blank lines at the end
            continue
        try:
            with np.errstate(over="ignore"):
                rows = parse_block(whole, known, None)
        except ValueError:
            raise fault_in(PATH, whole, row, known, None) from None
        yield row, rows
        row += len(rows.time)


FOLLOWING = Following(("units", "rescale", "unchecked"), follow)
