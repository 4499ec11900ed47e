"""A table as people have it, written anew as the pipeline reads tables; only where it cannot be read as it
is.

Lines before the header are skipped, dates become ISO 8601, numbers that count time since 1970 or in Excel's
days too, numbers get a decimal point and no marks between thousands, a header is added where there is none,
columns without a name and a value are left out.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from tidemark.core.errors import InputError
from tidemark.core.files import check_file
from tidemark.core.gzipped import DamagedError, pieces
from tidemark.core.limits import limit
from tidemark.project import clocks, dates, headings, long, numbers, zones
from tidemark.project.layout import by_blanks, layout, numeric
from tidemark.project.numbers import Style
from tidemark.signals.recordings.cells import MISSING
from tidemark.signals.recordings.columns import TIME_NAMES
from tidemark.signals.recordings.timestamps import are_compact_dates

TEXT = (".csv", ".tsv", ".txt", ".dat", ".asc", ".gz")
TIMES = (*TIME_NAMES, "ds", "day", "month", "year", "hour", "period")
"""Names, in any case, of columns that may be the time."""

PIECE = 2**20
"""Bytes read at once."""
MULTIPLE = 16
"""Bytes of memory that a byte of text takes, about, cut into cells."""
LINE_END = re.compile("\r\n|\r|\n")
"""Not all that `str.splitlines` takes for one: U+0085 is a letter in many files."""


@dataclass(frozen=True)
class Tidied:
    """A table in the form that the pipeline reads."""

    text: str
    notes: Sequence[str]
    """What was changed, for the user."""
    rate: float | None = None
    """Samples a second, where the file's header said so, and this text does not."""
    units: Mapping[str, str] = field(default_factory=dict)
    """Of columns, the same."""
    missing: Sequence[float] = ()
    """Numbers that stood for missing values, which are none any more."""


def tidy(
    path: Path,
    time_column: str | None = None,
    time_format: str | None = None,
    series: Sequence[str] = (),
    time_zone: str | None = None,
) -> Tidied | None:
    """A file of text as a table that the pipeline reads; none where it does so already, or is no text.

    Of a table in the long format `series` are taken, by default all. Dates of a `time_zone` become those in
    UTC. Raises `InputError` where the file is no table, or its dates may be of several formats.
    """
    if path.suffix.lower() not in TEXT:
        return None
    check_file(path)
    try:
        return _tidied(path, time_column, time_format, series, time_zone)
    except csv.Error as error:
        raise InputError(f"{path}: not a table of text ({error}); save it as CSV in UTF-8") from None


def _tidied(
    path: Path,
    time_column: str | None,
    time_format: str | None,
    series: Sequence[str],
    time_zone: str | None,
) -> Tidied | None:
    lines = _lines(path)
    if lines is None:
        return None
    lines, blanks = by_blanks(lines, path)
    separator, first, width = layout(lines, path, blanks)
    rows = [row for row in csv.reader(lines[first:], delimiter=separator) if any(map(str.strip, row))]
    if not rows:
        raise InputError(f"{path}: holds nothing but quotes; expected a header and rows")
    sample = (cell.strip() for row in rows[1:1000] for cell in row)
    style = numbers.find_style(sample, separator, str(path))
    if any("\0" in line for line in lines[:10]):
        raise InputError(f"{path}: not a table of text; save it as CSV in UTF-8")
    header = [name.strip() for name in rows[0]]
    above = next(csv.reader(lines[first - 1 : first], delimiter=separator), []) if first else []
    named = headings.with_units([name.strip() for name in above], header)
    before = first - 1 if named else first
    notes = [f"skipped {before} lines before the header"] if before else []
    if named:
        header, rows[0] = named, named
        notes.append("put units, from the line below the columns' names, behind these")
    values = numeric(rows[1:1000], width)
    numbered = header == [str(place) for place in range(width)]
    headless = len(header) == width and all(numbers.is_number(header[place]) for place in values)
    if values and headless and not numbered:
        header = ["value"] if width == 1 else [f"column{place}" for place in range(width)]
        rows.insert(0, header)
        notes.append("gave its columns names, since it has none")
    wrong = next((place for place, row in enumerate(rows) if len(row) != width), None)
    if wrong is not None:
        raise InputError(
            f"{path}: row {first + wrong + 1} has {len(rows[wrong])} cells, the header {width}; fix it"
        )
    columns = {place: [row[place].strip() for row in rows[1:]] for place in range(width)}
    notes += ["columns are separated by blanks"] if blanks else []
    if time := clocks.joined(header, columns, time_column):
        first, *others = time.places
        header[first], columns[first] = time.name, time.cells
        for each in others:
            del columns[each]
        notes.append(time.said)
    nameless = [place for place in columns if not header[place] and not any(columns[place])]
    for place in nameless:
        del columns[place]
        notes.append("left out a column without a name and a value")
    zoned = False
    for place, cells in columns.items():
        name = header[place]
        chosen = name == time_column
        if time_column is None or chosen:
            form = time_format if chosen or (time_column is None and name.lower() in TIMES) else None
            where = f"{path}: column {name!r}"
            if found := _as_dates(name, cells, style, where, form, chosen, time_zone):
                zoned = zoned or time_zone is not None
                columns[place], note = found
                notes.append(note)
                continue
        columns[place], changed = numbers.column(cells, style)
        if changed:
            notes.append(f"numbers of {name!r}: {changed}")
    if time_zone is not None and not zoned:
        raise InputError(f"{path}: --time-zone {time_zone}: no column of dates; name it with --time-column")
    if time_column is None and not {*TIME_NAMES} & {name.lower() for name in header}:
        for place, cells in columns.items():
            if timed := headings.in_seconds(header[place], cells):
                notes.append(f"{header[place]!r} is the time, in seconds, as {timed[0]!r}")
                header[place], columns[place] = timed
                break
    if long.is_long(header):
        table, said = long.pivot(
            {header[place]: cells for place, cells in columns.items()}, series, str(path)
        )
        return Tidied(_written([*table], [*table.values()]), [*notes, *said])
    if not notes and numbers.read_as_is(style, separator) and path.suffix.lower() in (".csv", ".tsv", ".gz"):
        return None
    names = [header[place] for place in columns]
    return Tidied(_written(names, [*columns.values()]), notes)


def _written(names: Sequence[str], columns: Sequence[Sequence[str]]) -> str:
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(names)
    writer.writerows(zip(*columns, strict=True))
    return stream.getvalue()


def _lines(path: Path) -> list[str] | None:
    """The lines of a file of text; none where it is too large to be written anew in memory."""
    most = limit("memory") // MULTIPLE
    try:
        with path.open("rb") as file:
            parts, size = [], 0
            for part in pieces(file, PIECE):
                parts.append(part)
                size += len(part)
                if size > most:
                    return None
    except DamagedError as error:
        raise InputError(f"{path}: the gzip file {error}; copy it anew") from None
    data = b"".join(parts)
    for encoding in ("utf-16",) if data[:2] in (b"\xff\xfe", b"\xfe\xff") else ("utf-8-sig", "latin-1"):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        lines = LINE_END.split(text)
        return lines if lines[-1] else lines[:-1]
    raise InputError(f"{path}: not a table of text; save it as CSV in UTF-8")


def _as_dates(
    name: str,
    cells: Sequence[str],
    style: Style,
    where: str,
    form: str | None,
    chosen: bool,
    zone: str | None,
) -> tuple[list[str], str] | None:
    """A column of dates that are not in ISO 8601 as such, and what was done; none for any other column."""
    if form is None and all(map(style.is_number, cells[: dates.SAMPLE])):
        if (name.lower() not in TIMES and not chosen) or are_compact_dates(cells[:1000]):
            return None
        try:
            known = dates.counted(np.array([float(style.plain(cell)) for cell in cells]))
        except ValueError:
            return None
    elif form is None and any(cell.lower() in MISSING for cell in cells):
        return None  # text with gaps
    else:
        known = dates.parse(cells, where, form, zone)
    if known is None:
        return None
    utc = ", in UTC" if zones.cut(cells[0])[1] or zone else ""
    return dates.iso(known), f"wrote dates of {name!r} as {dates.iso(known[:1])[0]} for {cells[0]}{utc}"
