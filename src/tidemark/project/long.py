"""Nixtla's long format, `unique_id, ds, y`: a row for each series and time, pivoted to a column a series."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from tidemark.core.errors import InputError
from tidemark.core.limits import check_limit
from tidemark.signals.recordings.columns import listed
from tidemark.signals.recordings.timestamps import are_compact_dates, parse_date

ID, TIME, VALUE = "unique_id", "ds", "y"
"""Names of the three columns (https://nixtlaverse.nixtla.io/statsforecast/docs/getting-started)."""


def is_long(header: Sequence[str]) -> bool:
    """Whether a table with these columns is in the long format."""
    return {ID, TIME, VALUE} <= {*header}


def pivot(
    table: Mapping[str, Sequence[str]], wanted: Sequence[str], where: str
) -> tuple[dict[str, list[str]], list[str]]:
    """A long table, cells by column, as a column `ds` and one for each series; and what was done.

    Rows are the times of any of the `wanted` series, by default of all, in order; a series has an empty cell
    where it has no row. Whole numbers for times count samples, and become rows without a time column. Raises
    `InputError` where a series has two rows of one time, a time is none, or a wanted series is not there.
    """
    known = list(dict.fromkeys(table[ID]))
    if not known:
        raise InputError(f"{where}: no rows below the header")
    if lacking := [name for name in wanted if name not in known]:
        raise InputError(f"{where}: no series {lacking[0]!r} in column {ID!r}; there are {listed(known)}")
    chosen = list(dict.fromkeys(wanted)) or known
    rows = {name: place for place, name in enumerate(chosen)}
    moments = _moments(table[TIME], where)
    taken = [place for place, name in enumerate(table[ID]) if name in rows]
    times = sorted({moments[place] for place in taken})
    counted = not are_compact_dates(table[TIME]) and all(cell.isdecimal() for cell in table[TIME])
    count = times[-1] - times[0] + 1 if counted else len(times)
    check_limit("memory", 64 * count * len(chosen), f"{where}: {len(chosen)} series of {count:,} times")
    if counted:
        times = [*range(times[0], times[-1] + 1)]
    at = {moment: place for place, moment in enumerate(times)}
    texts = [""] * len(times)
    cells = [[""] * len(times) for _ in chosen]
    seen = np.zeros((len(chosen), len(times)), dtype=bool)
    for place in taken:
        series, row = rows[table[ID][place]], at[moments[place]]
        if seen[series, row]:
            raise InputError(
                f"{where}: series {table[ID][place]!r} has two rows for {table[TIME][place]}; keep one "
                "row for each time"
            )
        seen[series, row] = True
        cells[series][row], texts[row] = table[VALUE][place], table[TIME][place]
    columns = dict(zip(chosen, cells, strict=True))
    result = columns if counted else {TIME: texts, **columns}
    lengths = seen.sum(axis=1)
    size = f"of {lengths.min():,} rows" if lengths.min() == lengths.max() else \
        f"of {lengths.min():,} to {lengths.max():,} rows, missing where a series has none"  # fmt: skip
    among = f"{len(chosen)} of {len(known)} series taken, a column each," if wanted else \
        f"a column for each of {len(known)} series"  # fmt: skip
    notes = [f"long format: {among} {size}, {len(times):,} times"]
    if others := [name for name in table if name not in (ID, TIME, VALUE)]:
        notes.append(f"left out columns beside {VALUE!r}: {listed(others)}")
    return result, notes


def _moments(cells: Sequence[str], where: str) -> list[int]:
    """Times: dates in microseconds since 1970, or whole numbers."""
    result, compact = [], are_compact_dates(cells)
    for row, cell in enumerate(cells):
        try:
            result.append(int(cell) if cell.isdecimal() and not compact else parse_date(cell))
        except ValueError:
            raise InputError(
                f"{where}: row {row + 2}, column {TIME!r}: expected a date or a whole number, got {cell!r}; "
                "say the format of dates with --time-format"
            ) from None
    return result
