"""What a file may ask for: a few bytes can ask for a million columns, or for all memory there is."""

from __future__ import annotations

import os
from collections.abc import Mapping
from types import MappingProxyType

from tidemark.core.errors import InputError

LIMITS: Mapping[str, int] = MappingProxyType(
    {"columns": 100_000, "rows": 1_000_000_000, "cell": 100_000, "row_bytes": 2**24, "memory": 2**30}
)
"""Columns or channels of a file, rows or samples, characters of a cell, bytes of a row, and bytes of what is
held in memory at once."""
WORDS = {
    "columns": "columns",
    "rows": "rows",
    "cell": "characters in a cell",
    "row_bytes": "bytes in a row",
    "memory": "bytes of memory",
}


def variable(name: str) -> str:
    """The environment variable that sets a limit."""
    return f"TIDEMARK_MAX_{name.upper()}"


def limit(name: str) -> int:
    """A limit of `LIMITS`, or what its variable says; raises `InputError` where that is no number."""
    text = os.environ.get(variable(name))
    if text is None:
        return LIMITS[name]
    if not (text.isascii() and text.isdigit() and int(text[:18]) > 0):
        raise InputError(f"{variable(name)} = {text!r}: expected a number of {WORDS[name]}, at least 1")
    return int(text[:18])


def check_limit(name: str, amount: int, where: str) -> None:
    """Raise `InputError`, naming the place `where`, if a file asks for more than the limit called `name`."""
    if amount > limit(name):
        raise InputError(
            f"{where}: {amount:,} {WORDS[name]}, more than the limit of {limit(name):,}; if it is meant, set "
            f"{variable(name)}={amount}"
        )
