"""What a model's folder says beside its weights: what its inputs were like, and how far off it was."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from tidemark.core.errors import InputError
from tidemark.core.files import check_file
from tidemark.core.likeness import Likeness, from_json
from tidemark.core.replacing import replacing
from tidemark.core.store import Array, DatasetInfo, Split, read_json, write_json

if TYPE_CHECKING:
    from torch import Tensor

INPUTS = "inputs.json"
RESIDUALS = "residuals.npy"


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


def read(folder: Path) -> Calibration | None:
    """That of the model in `folder`; none of a task without, or of a model from before there was any."""
    if not (folder / INPUTS).exists():
        return None
    try:
        inputs = from_json(read_json(folder / INPUTS))
        widths = None
        if (folder / RESIDUALS).exists():
            check_file(folder / RESIDUALS)
            widths = np.load(folder / RESIDUALS, allow_pickle=False)
    except (TypeError, ValueError, AttributeError, OSError, EOFError, MemoryError) as error:
        reason = " ".join(str(error).split())[:120]
        raise InputError(
            f"{folder}: {INPUTS} and {RESIDUALS} are not what training wrote ({reason}); copy them again"
        ) from None
    return Calibration(inputs, widths)
