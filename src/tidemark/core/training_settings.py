"""What a model was trained with and on, as one hash: what was measured of another training is not of it."""

from __future__ import annotations

import hashlib
from pathlib import Path

from tidemark.core.errors import InputError


def settings(model: Path) -> str:
    """A hash of what the model in folder `model` was trained with and on; raises `InputError` for none."""
    total = hashlib.sha256()
    for name in ("model.json", "training.json"):
        try:
            total.update((model / name).read_bytes())
        except FileNotFoundError:
            raise InputError(
                f"{model / name}: no such file; train the model again with `dvc repro`"
            ) from None
    return total.hexdigest()[:16]
