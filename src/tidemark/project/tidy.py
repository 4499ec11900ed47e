"""A table as people have it, written anew as the pipeline reads tables; only where it cannot be read as it
is.

Lines before the header are skipped, dates become ISO 8601, numbers that count time since 1970 or in Excel's
days too, numbers get a decimal point and no marks between thousands, a header is added where there is none,
columns without a name and a value are left out.
"""

from __future__ import annotations

import csv
import gzip
import io
import re
import zlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from tidemark.core.errors import InputError
from tidemark.core.files import check_file
from tidemark.core.limits import limit
from tidemark.project import dates, headings, long, numbers
from tidemark.project.numbers import Style
from tidemark.signals.recordings.cells import MISSING, SEPARATORS
from tidemark.signals.recordings.columns import TIME_NAMES
from tidemark.signals.recordings.timestamps import are_compact_dates

TEXT = (".csv", ".tsv", ".txt", ".dat", ".gz")
PREAMBLE, RUN = 100, 3
"""Lines among which the header is looked for, and rows that must follow it."""
TIMES = (*TIME_NAMES, "ds", "day", "month", "year", "hour", "period")
"""Names, in any case, of columns that may be the time."""


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


def tidy(
    path: Path, time_column: str | None = None, time_format: str | None = None, series: Sequence[str] = ()
) -> Tidied | None:
    """A file of text as a table that the pipeline reads; none where it does so already, or is no text.

    Of a table in the long format `series` are taken, by default all. Raises `InputError` where the file is no
    table, or its dates may be of several formats.
    """
    if path.suffix.lower() not in TEXT:
        return None
    check_file(path)
    try:
        return _tidied(path, time_column, time_format, series)
    except csv.Error as error:
        raise InputError(f"{path}: not a table of text ({error}); save it as CSV in UTF-8") from None


def _tidied(
    path: Path, time_column: str | None, time_format: str | None, series: Sequence[str]
) -> Tidied | None:
    lines = _lines(path)
    if lines is None:
        return None
    separator, first, width = _layout(lines, path)
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
    values = _numeric(rows[1:1000], width)
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
    nameless = [place for place in columns if not header[place] and not any(columns[place])]
    for place in nameless:
        del columns[place]
        notes.append("left out a column without a name and a value")
    for place, cells in columns.items():
        name = header[place]
        chosen = name == time_column
        if time_column is None or chosen:
            form = time_format if chosen or (time_column is None and name.lower() in TIMES) else None
            if found := _as_dates(name, cells, style, f"{path}: column {name!r}", form, chosen):
                columns[place], note = found
                notes.append(note)
                continue
        columns[place], changed = numbers.column(cells, style)
        if changed:
            notes.append(f"numbers of {name!r}: {changed}")
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
            zipped = file.read(2) == b"\x1f\x8b"
        with gzip.open(path, "rb") if zipped else path.open("rb") as file:
            data = file.read(most + 1)
    except (EOFError, OSError, zlib.error) as error:
        raise InputError(f"{path}: damaged gzip file ({error}); compress it again") from None
    if len(data) > most:
        return None
    for encoding in ("utf-16",) if data[:2] in (b"\xff\xfe", b"\xfe\xff") else ("utf-8-sig", "latin-1"):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        lines = LINE_END.split(text)
        return lines if lines[-1] else lines[:-1]
    raise InputError(f"{path}: not a table of text; save it as CSV in UTF-8")


def _layout(lines: Sequence[str], path: Path) -> tuple[str, int, int]:
    """Separator, number of lines before the header, number of columns.

    Separator and number are those of most of the last lines; the header is the line above the first of so
    many cells that has numbers where those have them. Raises `InputError` where there is none.
    """
    if not any(line.strip() for line in lines):
        raise InputError(f"{path}: the file is empty; expected a header and rows")
    body = [line for line in lines if line.strip()][-500:]

    def usual(separator: str) -> tuple[int, int]:
        """How many lines have the usual number of cells, and that number."""
        number, count = Counter(len(row) for row in csv.reader(body, delimiter=separator)).most_common(1)[0]
        return (count, number) if number > 1 else (0, 1)

    separator = max((*SEPARATORS, "|"), key=usual)
    width = usual(separator)[1]
    numeric = _numeric([*csv.reader(body, delimiter=separator)], width)
    top = [
        (place, row)
        for place, line in enumerate(lines[:PREAMBLE])
        if line.strip() and not line.startswith("#")
        if len(row := next(csv.reader([line], delimiter=separator), [])) == width
    ]
    values = [
        bool(numeric)
        and all(numbers.is_number(row[each]) or numbers.is_missing(row[each]) for each in numeric)
        for _, row in top
    ]
    for number in range(len(top)):
        if all(values[number : number + RUN]):
            return separator, top[max(number - 1, 0)][0], width
    if top:  # nothing but text below it
        return separator, top[-1 if numeric else 0][0], width
    raise InputError(
        f"{path}: no line among the first {PREAMBLE} has the {width} cells of those below; add a header"
    )


def _numeric(rows: Sequence[Sequence[str]], width: int) -> list[int]:
    """Columns that hold numbers in more than half of some rows."""
    whole = [row for row in rows if len(row) == width]
    return [
        place
        for place in range(width)
        if 2 * sum(numbers.is_number(row[place]) for row in whole) > len(whole)
    ]


def _as_dates(
    name: str, cells: Sequence[str], style: Style, where: str, form: str | None, chosen: bool
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
        known = dates.parse(cells, where, form)
    if known is None:
        return None
    zone = ", in UTC" if dates.has_zone(cells[0]) else ""
    return dates.iso(known), f"wrote dates of {name!r} as {dates.iso(known[:1])[0]} for {cells[0]}{zone}"
