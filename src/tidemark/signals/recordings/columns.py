"""Which columns of a recording are the signal, and which is the time."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from tidemark.core.errors import InputError
from tidemark.signals.recordings.source import Source

TIME_NAMES = ("time", "timestamp", "timestamps", "date", "datetime", "t")
"""Names, in any case, that make a column of numbers a time column without being told."""


def find_column(source: Source[Any], name: str) -> int:
    """Index of the column called `name`; raises `InputError` listing the columns there are."""
    places = [index for index, known in enumerate(source.names) if known == name]
    if not places:
        raise InputError(f"{source.file_name}: no {source.noun} {name!r}; there are {listed(source.names)}")
    if len(places) > 1:
        raise InputError(f"{source.file_name}: {len(places)} columns are called {name!r}; rename all but one")
    return places[0]


def find_time(source: Source[Any], name: str | None) -> int | None:
    """Index of the time column: the one called `name`, else the first of dates, else by `TIME_NAMES`."""
    if name is not None:
        if not source.has_table:
            raise InputError(f"{source.file_name}: this kind of file has no time column; leave {name!r} out")
        return find_column(source, name)
    if "date" in source.kinds:
        return list(source.kinds).index("date")
    for index, (known, kind) in enumerate(zip(source.names, source.kinds, strict=True)):
        if source.has_table and known.strip().lower() in TIME_NAMES and kind != "text":
            return index
    return None


def find_signal(
    source: Source[Any], names: Sequence[str], time: int | None, channels: int | None, option: str
) -> list[int]:
    """Indices of the signal's columns.

    Those called `names`; without names, all channels of a WAV or NPY file, and of a table its `channels`
    columns of numbers with a decimal point, else its `channels` columns of numbers. `option` is how the
    user names columns. Raises `InputError` where that leaves a choice.
    """
    if names:
        chosen = [find_column(source, name) for name in names]
        for name, index in zip(names, chosen, strict=True):
            if chosen.count(index) > 1:
                raise InputError(f"{source.file_name}: column {name!r} is named twice; name it once")
            if index == time:
                raise InputError(f"{source.file_name}: column {name!r} is the time column; name the signal's")
        return chosen
    if not source.has_table:
        return list(range(len(source.names)))
    kinds = [None if index == time else kind for index, kind in enumerate(source.kinds)]
    floating = [index for index, kind in enumerate(kinds) if kind == "float"]
    numeric = [index for index, kind in enumerate(kinds) if kind in ("float", "integer")]
    wanted = channels or 1
    for candidates in (floating, numeric):
        if len(candidates) == wanted:
            return candidates
    if not numeric:
        raise InputError(f"{source.file_name}: no column of numbers among {listed(source.names)}")
    names = listed([source.names[index] for index in numeric])
    raise InputError(
        f"{source.file_name}: {len(numeric)} columns of numbers ({names}) "
        f"where {wanted} {'is' if wanted == 1 else 'are'} expected; choose with {option}"
    )


def listed(names: Sequence[str]) -> str:
    """Names for a message, the first ten of many; a column may have none."""
    more = f" and {len(names) - 10} more" if len(names) > 10 else ""
    return ", ".join(name or "''" for name in names[:10]) + more
