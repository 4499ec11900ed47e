"""Recordings in several files, as one table: WFDB records, whose samples stand beside their header."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from tidemark.core.errors import InputError
from tidemark.core.files import is_folder
from tidemark.project.table import Table
from tidemark.project.tidy import Tidied
from tidemark.signals.recordings.columns import find_signal, listed
from tidemark.signals.recordings.formats import SUFFIXES, open_source, suffix_of
from tidemark.signals.recordings.source import values_of

ALONE = ("edf", "wfdb")
"""Kinds of file whose header has a rate and a time of its own: several are no table to be joined."""


def check_alone(files: Sequence[Path]) -> None:
    """Raise `InputError` where several files are to be one recording that cannot be."""
    for file in files:
        kind = SUFFIXES.get(suffix_of(file).lower())
        if len(files) > 1 and kind in ALONE:
            raise InputError(f"{file}: only tables, CSV or Parquet, are joined; add it alone")
        header = file.with_suffix(".hea")
        if file.suffix.lower() == ".dat" and not is_folder(file) and header.exists():
            raise InputError(f"{file}: samples of a WFDB record; name its header, {header}")


def as_table(file: Path, signals: Sequence[str]) -> Tidied | None:
    """A WFDB record's `signals`, by default all, as a table; none for a file of any other kind.

    Raises `InputError` where it cannot be read, or signals have different rates.
    """
    if SUFFIXES.get(suffix_of(file).lower()) != "wfdb":
        return None
    with open_source(file) as source:
        every = [*range(len(source.names))]
        places = find_signal(source, signals, None, None, "--column") if signals else every
        names = [source.names[place] for place in places]
        rate = source.rate_of(places)
        parts = [values_of(source, batch, places) for batch in source.batches(places)]
        units = {name: source.units[name] for name in names}
    table = Table(names, np.concatenate(parts, axis=1), None, np.zeros(0))
    said = f"WFDB record: wrote {listed(names)} as a table, {rate:g} samples a second"
    return Tidied(table.text(), [said], rate, units)
