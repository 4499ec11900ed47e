"""What a caller from Python passes, as plain values: what the command's parser does for the command."""

from __future__ import annotations

import operator
from typing import Any, Protocol, runtime_checkable

import numpy as np

from tidemark.core.errors import InputError
from tidemark.core.store import Array


@runtime_checkable
class Interchangeable(Protocol):
    """A table of any library, by the interchange protocol; NumPy would take its rows for channels."""

    def __dataframe__(self) -> object:
        """The table for other libraries."""
        ...


def as_names(columns: Any) -> list[str] | None:
    """Names of columns, or of one; none where nothing is chosen."""
    return None if columns is None else [str(name) for name in _several(columns)]


def as_missing(numbers: Any) -> list[float] | None:
    """Numbers that stand for missing values; None leaves them to the model's project.

    Raises `InputError` at what is no number.
    """
    return None if numbers is None else [as_number("missing", number) for number in _several(numbers)]


def as_number(name: str, value: Any) -> float:
    """A real number, which an option of that name is; raises `InputError` where it is none."""
    try:
        if isinstance(value, (str, bytes, bool, np.bool_)):
            raise TypeError
        return float(value)
    except (TypeError, ValueError, OverflowError):
        raise InputError(f"{name} = {value!r:.60}: expected a real number") from None


def as_count(name: str, value: Any) -> int | None:
    """A whole number, or none where nothing is chosen; raises `InputError` at anything else."""
    if value is None:
        return None
    try:
        if isinstance(value, (bool, np.bool_)):
            raise TypeError
        return operator.index(value)
    except TypeError:
        raise InputError(f"{name} = {value!r:.60}: expected a whole number") from None


def as_flag(name: str, value: Any) -> bool | None:
    """True, or none where it is not chosen; raises `InputError` at what is neither true nor false."""
    if value is None or isinstance(value, (bool, np.bool_)):
        return True if value else None
    raise InputError(f"{name} = {value!r:.60}: expected True or False")


def as_numbers(data: Any) -> Array:
    """`data` as an array of real numbers, what a mask hides as NaN; raises `InputError` where it is none."""
    if isinstance(data, Interchangeable):
        raise InputError(
            f"array: a {type(data).__name__} of {type(data).__module__.split('.')[0]}; expected an array, or "
            "a table of pandas: give what its to_pandas() returns"
        )
    try:
        array = data if np.ma.isMaskedArray(data) else np.asarray(data)
        array = _floats(array) if array.dtype == object else array
    except (TypeError, ValueError, OverflowError, RuntimeError) as error:
        reason = " ".join(str(error).split())[:120]
        raise InputError(f"array: no numbers ({reason}); use NaN for what is missing") from None
    if array.dtype.kind not in "fiu":
        raise InputError(f"array: values of type {array.dtype}; expected real numbers, NaN where missing")
    return np.asarray(unmasked(array))


def unmasked(data: Any) -> Any:
    """Numbers as they are, those of a masked array as float64, NaN where the mask hides one."""
    return np.ma.filled(data.astype(float), np.nan) if np.ma.isMaskedArray(data) else data


def _floats(objects: Array) -> Array:
    """Objects as float64; Python would make numbers of texts and of yes and no, which raise `TypeError`."""
    for each in np.ma.compressed(objects):
        if isinstance(each, (str, bytes, bool, np.bool_)):
            raise TypeError(f"{each!r:.40} among them")
    return objects.astype(float)


def _several(values: Any) -> list[Any]:
    """Several, or one alone."""
    if isinstance(values, (str, bytes)):
        return [values]
    try:
        return list(values)
    except TypeError:
        return [values]
