"""What a model's folder says beside its weights: what its inputs were like, and how far off it was."""

from __future__ import annotations

import tokenize
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from math import prod
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from tidemark.core.conformal import LEVELS
from tidemark.core.errors import InputError
from tidemark.core.files import check_file
from tidemark.core.likeness import Likeness, from_json
from tidemark.core.replacing import replacing
from tidemark.core.store import Array, DatasetInfo, Split, read_json, write_json

if TYPE_CHECKING:
    from torch import Tensor

INPUTS = "inputs.json"
RESIDUALS = "residuals.npy"
BROKEN = (
    ValueError, TypeError, AttributeError, LookupError, ArithmeticError, OSError, EOFError,
    SyntaxError, RecursionError, tokenize.TokenError,
)  # fmt: skip
"""What reading them raises where they are damaged, at a header of NumPy's above all."""

LONGEST_HEADER = 1000
"""Bytes; an array's takes a hundred; at a damaged one of ten thousand Python's tokenizer takes minutes."""


@dataclass(frozen=True)
class Calibration:
    """Of one trained model."""

    inputs: Likeness
    """What the signals that it was trained on were like."""
    widths: Array | None = None
    """Half widths of intervals of every level, (channels, steps, levels), see `conformal`, in the unit that
    the task has them in; none of a task without intervals."""


@dataclass(frozen=True)
class Calibrating:
    """How a task's models come by a calibration."""

    arrays: Sequence[str]
    """Names of the arrays of training signals that are described; a dataset without them gives none."""
    describe: Callable[[Split, DatasetInfo], Likeness]
    """What training signals are like, in units of the stored values."""
    widths: Callable[[Tensor, Tensor], Array] | None = None
    """From predictions and targets of validation signals to half widths (channels, steps, levels)."""


def write(folder: Path, calibration: Calibration) -> None:
    """Write it into a model's folder, as `inputs.json` and, where there are any, `residuals.npy`."""
    write_json(folder / INPUTS, asdict(calibration.inputs))
    if calibration.widths is None:
        return
    with replacing(folder / RESIDUALS) as temporary, temporary.open("wb") as file:
        np.save(file, calibration.widths, allow_pickle=False)


def read(folder: Path, info: DatasetInfo) -> Calibration | None:
    """That of the model of such signals in `folder`; none of a model from before there was any.

    Raises `InputError` where what is there is damaged, or that of other signals.
    """
    if not (folder / INPUTS).exists():
        return None
    try:
        inputs = from_json(read_json(folder / INPUTS))
        widths = _read_widths(folder / RESIDUALS, info) if (folder / RESIDUALS).exists() else None
    except BROKEN as error:
        reason = " ".join(str(error).split())[:120]
        raise InputError(
            f"{folder}: {INPUTS} and {RESIDUALS} are not what training wrote ({reason}); copy them again"
        ) from None
    return Calibration(inputs, widths)


def _read_widths(path: Path, info: DatasetInfo) -> Array:
    """Half widths (channels, steps, levels) of such signals; raises one of `BROKEN` at any other array.

    Nothing is asked for, in time or memory, that the file does not have.
    """
    check_file(path)
    with path.open("rb") as file:
        if np.lib.format.read_magic(file) != (1, 0):
            raise ValueError("another version of NPY")
        shape, fortran, kind = np.lib.format.read_array_header_1_0(file, LONGEST_HEADER)  # type: ignore[call-arg]
        channels, steps, levels = shape
        fitting = channels in (1, info.channels) and steps in (1, info.length, info.horizon)
        held = path.stat().st_size - file.tell()
        if kind.kind != "f" or not fitting or levels != len(LEVELS) or held != prod(shape) * kind.itemsize:
            raise ValueError(f"half widths of shape {shape} and type {kind}")
        widths = np.fromfile(file, kind).reshape(shape, order="F" if fortran else "C")
    if (np.isinf(widths) | (widths < 0)).any():
        raise ValueError("half widths below 0, or infinite")
    return widths
