"""What a model was trained with and on, as one hash: what was measured of another training is not of it."""

from __future__ import annotations

import hashlib
from pathlib import Path

from tidemark.core.errors import InputError
from tidemark.core.store import json_text, read_json

NAMES = "columns"
"""Of a dataset's description, what a recording calls its signals: no training depends on it."""


def settings(model: Path) -> str:
    """A hash of what the model in folder `model` was trained with and on; raises `InputError` for none."""
    total = hashlib.sha256()
    for name in ("model.json", "training.json"):
        if not (model / name).exists():
            raise InputError(f"{model / name}: no such file; train the model again with `dvc repro`")
        content = read_json(model / name)
        if isinstance(content.get("dataset"), dict):
            content["dataset"].pop(NAMES, None)
        total.update(json_text(content).encode())
    return total.hexdigest()[:16]
