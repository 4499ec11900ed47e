"""Both ends of intervals, in columns of their own after those of a file."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from tidemark.core.conformal import at_level
from tidemark.core.errors import InputError
from tidemark.core.store import Array
from tidemark.signals.recordings.source import Source

if TYPE_CHECKING:
    from pandas import DataFrame

    from tidemark.core.trained import Trained

ENDINGS = ("low", "high")


def widths_of(model: Trained, options: dict[str, Any]) -> Array | None:
    """Half widths (channels, steps) of the level that the option `interval` asks for, scaled; none without.

    The option is taken out of `options`. Raises `InputError` where the model cannot have them.
    """
    if (level := options.pop("interval", None)) is None:
        return None
    if model.calibration is None or model.calibration.widths is None:
        raise InputError(
            f"--interval {level:g}: the model has no stored residuals to tell how sure it is; train it "
            "again, or leave it out"
        )
    return at_level(model.calibration.widths, level)


def names_of_ends(source: Source[Any], columns: Sequence[int]) -> list[str]:
    """`<name>-low` and `<name>-high` of each column; raises `InputError` where the file has such a column."""
    names = [f"{source.names[column]}-{ending}" for column in columns for ending in ENDINGS]
    for name in names:
        if name in source.names:
            raise InputError(f"{source.file_name}: has a column {name!r} already; rename it")
    return names


class Ends:
    """Where the ends of intervals go: below and above each column, behind all columns of the file."""

    def __init__(self, source: Source[Any], columns: Sequence[int]) -> None:
        """Of `columns` of a file; raises `InputError` where it has columns of those names."""
        self.names = names_of_ends(source, columns)
        self._place = {
            column: len(source.names) + len(ENDINGS) * number for number, column in enumerate(columns)
        }

    def of(self, columns: Sequence[int], estimates: Array, widths: Array) -> dict[int, Array]:
        """Values, (rows,), by column of the new file: `estimates` and half `widths` are (columns, rows)."""
        found: dict[int, Array] = {}
        for column, middle, half in zip(columns, estimates, widths, strict=True):
            found[self._place[column]], found[self._place[column] + 1] = middle - half, middle + half
        return found


def ends_of_frame(result: DataFrame, data: Any) -> tuple[DataFrame, DataFrame]:
    """Lower and upper ends among a table's columns, called as what they are ends of, but those of `data`."""
    own = {str(name) for name in (data.columns if data.ndim == 2 else ())}
    found = []
    for ending in ENDINGS:
        suffix = f"-{ending}"
        chosen = [name for name in map(str, result.columns) if name.endswith(suffix) and name not in own]
        found.append(result[chosen].set_axis([name.removesuffix(suffix) for name in chosen], axis=1))
    return found[0], found[1]
