"""One participant's file, cut into windows."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from tidemark.classify.studies.checks import FIRST_ROW, Unit, at_one_g, check_order, check_unit
from tidemark.classify.studies.dictionary import Dictionary
from tidemark.classify.studies.grid import on_grid
from tidemark.classify.studies.rows import read_rows
from tidemark.classify.studies.windows import Windows, cut_windows
from tidemark.core.errors import InputError


def cut_participant(
    path: Path,
    dictionary: Dictionary | None,
    *,
    length: int,
    rate: float,
    unit: Unit = "g",
    overlap: float = 0.0,
    rescale: bool = False,
) -> Windows:
    """Windows of `length` samples, `rate` a second, from a file with columns time, x, y, z, annotation.

    `overlap` is the share of a window that the next one repeats. Without dictionary annotations are not read,
    and every window that is complete is kept. `rescale` takes values in any unit, see `at_one_g`. Raises
    `InputError`, naming file and row, where the file is damaged, its columns, times, rate or unit are not as
    they should be, or no window is left.
    """
    rows = read_rows(path, dictionary)
    last = len(rows.time) - 1 + FIRST_ROW
    check_order(path, rows.time)
    where = f"{path}: rows {FIRST_ROW} to {last}"
    if rescale:
        rows, unit = replace(rows, values=at_one_g(where, rows.values)), "g"
    check_unit(where, rows.values, unit)
    if last == FIRST_ROW:
        raise InputError(f"{path}: row {FIRST_ROW}: the only one; a window has {length} samples")
    samples = on_grid(path, rows, rate, unit, length)
    del rows
    hop = max(1, round(length * (1 - overlap)))
    windows = cut_windows(samples, length, hop, None if dictionary is None else dictionary.label)
    if not len(windows.time):
        reasons = ", ".join(f"{reason} in {number}" for reason, number in windows.dropped.items())
        raise InputError(
            f"{path}: rows {FIRST_ROW} to {last}: no valid window of {length} samples ({reasons}); "
            "leave this participant out, or set a shorter window"
        )
    return windows
