"""Tables and arrays that other stages wrote, checked."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pandas as pd

from tidemark.core.errors import InputError
from tidemark.core.store import Array


def table(path: Path, columns: Mapping[str, type], *, others: type | None = None) -> pd.DataFrame:
    """The columns named of a CSV file, each of its type: str, int, or float with NaN where a cell is empty.

    Any `others` are read too, where a type for them is given.

    Raises `InputError` naming a file that is missing, lacks a column or holds something else.
    """
    try:
        if others:
            columns = {**dict.fromkeys(pd.read_csv(path, nrows=0).columns, others), **columns}
        empty = {name: [""] for name, kind in columns.items() if kind is not str}
        return pd.read_csv(
            path, usecols=list(columns), dtype=dict(columns), keep_default_na=False, na_values=empty
        )
    except FileNotFoundError:
        raise InputError(f"{path}: no such file; run `dvc repro` first") from None
    except ValueError as error:
        reason = " ".join(str(error).split())
        raise InputError(
            f"{path}: {reason}; expected columns {', '.join(columns)}: run `dvc repro` again"
        ) from None


def array(path: Path) -> Array:
    """An array as it was stored; raises `InputError` for a file that does not hold one."""
    try:
        result: Array = np.load(path, allow_pickle=False)
    except (OSError, ValueError) as error:
        raise InputError(f"{path}: no readable NPY array ({error}); run `dvc repro` again") from None
    return result
