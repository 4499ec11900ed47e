"""What a model's folder says beside its weights: what its inputs were like, and how far off it was."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np

from tidemark.core.errors import InputError
from tidemark.core.likeness import Likeness, from_json
from tidemark.core.replacing import replacing
from tidemark.core.store import Array, read_json, write_json

INPUTS = "inputs.json"
RESIDUALS = "residuals.npy"


@dataclass(frozen=True)
class Calibration:
    """Of one trained model."""

    inputs: Likeness
    """What the signals that it was trained on were like."""
    widths: Array
    """Half widths of intervals, see `conformal.half_widths`, in units of the stored values."""


def write(folder: Path, calibration: Calibration) -> None:
    """Write it into a model's folder, as `inputs.json` and `residuals.npy`."""
    write_json(folder / INPUTS, asdict(calibration.inputs))
    with replacing(folder / RESIDUALS) as temporary, temporary.open("wb") as file:
        np.save(file, calibration.widths, allow_pickle=False)


def read(folder: Path) -> Calibration | None:
    """That of the model in `folder`; none of a task without, or of a model from before there was any."""
    if not (folder / INPUTS).exists():
        return None
    try:
        inputs = from_json(read_json(folder / INPUTS))
        widths = np.load(folder / RESIDUALS, allow_pickle=False)
    except (TypeError, ValueError, AttributeError, OSError) as error:
        reason = " ".join(str(error).split())[:120]
        raise InputError(
            f"{folder}: {INPUTS} and {RESIDUALS} are not what training wrote ({reason}); copy them again"
        ) from None
    return Calibration(inputs, widths)
